"""What the embedded AWS does not do fails loudly, with the name of the call or service."""

import logging
from typing import Any

import pytest

from jumpcf.local.accounts import access_key_id
from jumpcf.local.gate import Environ, Gate, StartResponse
from jumpcf.local.session import LocalAws
from tests.local.support import CORP, JUMP, REGION, refused

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


def test_a_fault_of_the_embedded_aws_itself_names_the_call(
    aws: LocalAws, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to guess which of a deploy's calls it was."""

    def broken(environ: Environ, start_response: StartResponse) -> list[bytes]:
        raise ZeroDivisionError("out of order")

    key = access_key_id(JUMP)
    environ = {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={key}/20270115/{REGION}/iam/aws4_request",
        "jumpcf.operation": "CreateRole",
    }
    with caplog.at_level(logging.CRITICAL):
        body = Gate(broken, aws.world, lambda: None)(environ, lambda status, headers: None)
    text = b"".join(body).decode()
    assert "<Code>EmulatorFailure</Code>" in text
    assert "failed at CreateRole of iam: ZeroDivisionError: out of order" in text
