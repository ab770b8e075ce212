"""What the embedded AWS does not do fails loudly, with the name of the call or service."""

from typing import Any

import pytest

from jumpcf.local.session import LocalAws
from tests.local.support import CORP, JUMP, refused

BUCKET = {"Bucket": "one"}


@pytest.mark.parametrize(
    ("service", "call", "given", "words"),
    [
        ("lambda", "list_functions", {}, "the service lambda"),
        ("ec2", "describe_instances", {}, "the service ec2"),
        ("dynamodb", "list_tables", {}, "the service dynamodb (ListTables)"),
        ("route53", "list_hosted_zones", {}, "the service route53"),
        ("cloudformation", "list_types", {}, "list_types"),
        (
            "organizations",
            "create_gov_cloud_account",
            {"Email": "a@b.example", "AccountName": "x"},
            "gov_cloud",
        ),
        ("sts", "decode_authorization_message", {"EncodedMessage": "x"}, "decode_authorization_message"),
        ("kms", "create_custom_key_store", {"CustomKeyStoreName": "x"}, "create_custom_key_store"),
        ("ssm", "start_session", {"Target": "i-1"}, "start_session"),
        ("s3", "list_bucket_analytics_configurations", BUCKET, "?analytics"),
        ("s3", "get_bucket_metadata_table_configuration", BUCKET, "?metadataTable"),
        ("s3", "list_directory_buckets", {}, "the service s3express"),
    ],
)
def test_it_says_so_and_names_it(aws: LocalAws, service: str, call: str, given: Any, words: str) -> None:
    client = aws.client(service, CORP if service == "organizations" else JUMP)
    code, text = refused(getattr(client, call), **given)
    assert code == "NotImplemented"
    assert text.startswith("The embedded AWS")
    assert words in text
