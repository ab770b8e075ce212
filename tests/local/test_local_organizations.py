"""Organizations, STS and the door of the embedded AWS: who may ask what, and with which key."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from jumpcf.estate.model import Estate
from jumpcf.local.accounts import access_key_id
from jumpcf.local.session import LocalAws
from tests.local.people import make_role, trust
from tests.local.support import (
    ADMIN,
    CORP,
    DEV,
    JUMP,
    OTHER,
    PRINCIPAL,
    REGION,
    ROOT,
    SUSPENDED,
    WORKLOADS,
    StackSets,
    refused,
)


def test_the_tree_has_the_ids_of_the_estate(organizations: Any) -> None:
    found = organizations.describe_organization()["Organization"]
    assert (found["Id"], found["MasterAccountId"]) == ("o-corp0example", CORP)
    assert [root["Id"] for root in organizations.list_roots()["Roots"]] == [ROOT]
    units = organizations.list_organizational_units_for_parent(ParentId=WORKLOADS)["OrganizationalUnits"]
    assert [(unit["Id"], unit["Name"]) for unit in units] == [(DEV, "Dev")]
    accounts = organizations.list_accounts_for_parent(ParentId=DEV)["Accounts"]
    assert sorted(row["Id"] for row in accounts) == [
        "300000000002",
        "300000000004",
        SUSPENDED,
        "300000000006",
    ]
    assert {row["Id"]: row["State"] for row in accounts}[SUSPENDED] == "SUSPENDED"


def test_a_delegated_administrator_may_read_and_not_write(aws: LocalAws) -> None:
    admin = aws.client("organizations", ADMIN)
    assert len(admin.list_accounts()["Accounts"]) == 9
    found = admin.list_delegated_administrators(ServicePrincipal=PRINCIPAL)["DelegatedAdministrators"]
    assert [row["Id"] for row in found] == [ADMIN]
    code, _ = refused(
        admin.move_account, AccountId="300000000002", SourceParentId=DEV, DestinationParentId=WORKLOADS
    )
    assert code == "AccessDeniedException"


def test_disabling_service_access_ends_trusted_access_and_enabling_does_not_begin_it(
    aws: LocalAws, organizations: Any
) -> None:
    """Organizations User Guide, services that can integrate: "You can only enable trusted access using AWS
    CloudFormation StackSets"; DisableAWSServiceAccess ends it."""
    cloudformation = aws.client("cloudformation", CORP)
    assert cloudformation.describe_organizations_access()["Status"] == "ENABLED"
    organizations.disable_aws_service_access(ServicePrincipal=PRINCIPAL)
    assert cloudformation.describe_organizations_access()["Status"] == "DISABLED"
    _, message = refused(StackSets(cloudformation).create, "one")
    assert "must enable organizations access" in message
    organizations.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    assert cloudformation.describe_organizations_access()["Status"] == "DISABLED"
    cloudformation.activate_organizations_access()
    assert cloudformation.describe_organizations_access()["Status"] == "ENABLED"


def test_an_account_outside_any_organization_is_told_so(aws: LocalAws) -> None:
    code, _ = refused(aws.client("organizations", JUMP).describe_organization)
    assert code == "AWSOrganizationsNotInUseException"


def test_lists_come_in_pages_of_twenty_at_most(organizations: Any) -> None:
    """Organizations API reference, MaxResults 1 to 20: a caller that does not page misses accounts."""
    for number in range(15):
        organizations.create_account(AccountName=f"new-{number}", Email=f"new-{number}@local.example")
    first = organizations.list_accounts()
    assert len(first["Accounts"]) == 20
    pages = organizations.get_paginator("list_accounts").paginate()
    assert len({row["Id"] for page in pages for row in page["Accounts"]}) == 24
    assert refused(organizations.list_accounts, MaxResults=21)[0] == "InvalidInputException"


def test_organizations_do_not_see_each_other(aws: LocalAws) -> None:
    accounts = {row["Id"] for row in aws.client("organizations", OTHER).list_accounts()["Accounts"]}
    assert accounts == {OTHER, "500000000001", "500000000002"}


def test_every_account_has_its_own_key(aws: LocalAws) -> None:
    for account in (JUMP, CORP, "300000000002", "500000000001"):
        assert aws.client("sts", account).get_caller_identity()["Account"] == account
    assert len(access_key_id("999999999999")) == 20


@pytest.mark.parametrize("service", ["iam", "sts", "organizations", "cloudformation", "s3", "kms", "ssm"])
def test_an_unknown_key_opens_nothing(aws: LocalAws, service: str) -> None:
    """moto would take it for account 123456789012 and write there."""
    stranger = boto3.client(
        service,
        region_name=REGION,
        endpoint_url=aws.endpoint,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="x" * 40,
    )
    calls = {
        "iam": "list_users",
        "sts": "get_caller_identity",
        "organizations": "list_roots",
        "cloudformation": "list_stacks",
        "s3": "list_buckets",
        "kms": "list_keys",
        "ssm": "describe_parameters",
    }
    code, message = refused(getattr(stranger, calls[service]))
    assert code in ("InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException")
    assert "AKIAIOSFODNN7EXAMPLE" in message


def test_a_service_that_is_not_there_says_so(aws: LocalAws) -> None:
    code, message = refused(aws.client("sqs", JUMP).list_queues)
    assert (code, "sqs" in message) == ("NotImplemented", True)


def test_a_role_of_a_known_account_can_be_assumed(aws: LocalAws) -> None:
    sts = aws.client("sts", JUMP)
    arn = make_role(aws, CORP, "jumpcf-deploy", trust())
    given = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)
    assert session.client("sts", endpoint_url=aws.endpoint).get_caller_identity()["Account"] == CORP


def test_a_role_of_an_unknown_account_cannot(aws: LocalAws) -> None:
    arn = "arn:aws:iam::999999999999:role/jumpcf-deploy"
    code, message = refused(aws.client("sts", JUMP).assume_role, RoleArn=arn, RoleSessionName="test")
    assert (code, arn in message) == ("AccessDenied", True)


class TestErrors:
    """Codes of botocore's Organizations model, each beside the call that succeeds."""

    def test_the_management_account_stays_and_a_delegated_administrator_too(self, organizations: Any) -> None:
        remove = organizations.remove_account_from_organization
        assert refused(remove, AccountId=CORP)[0] == "MasterCannotLeaveOrganizationException"
        assert refused(organizations.close_account, AccountId=CORP)[0] == "ConstraintViolationException"
        assert refused(remove, AccountId=ADMIN)[0] == "ConstraintViolationException"
        organizations.deregister_delegated_administrator(AccountId=ADMIN, ServicePrincipal=PRINCIPAL)
        remove(AccountId=ADMIN)

    def test_an_administrator_of_nothing_is_none(self, aws: LocalAws, organizations: Any) -> None:
        """A refused registration leaves nothing behind, and a member still may not list."""
        wrong = {"AccountId": "300000000002", "ServicePrincipal": "nothing.amazonaws.com"}
        assert refused(organizations.register_delegated_administrator, **wrong)[0] == "InvalidInputException"
        member = aws.client("organizations", "300000000002")
        assert refused(member.list_accounts)[0] == "AccessDeniedException"
        wrong["ServicePrincipal"] = PRINCIPAL
        for call, given in (
            ("deregister_delegated_administrator", wrong),
            ("list_delegated_services_for_account", {"AccountId": "300000000002"}),
        ):
            assert refused(getattr(organizations, call), **given)[0] == "AccountNotRegisteredException"

    def test_a_taken_address_fails_the_creation_of_an_account(self, organizations: Any) -> None:
        """CreateAccountStatus: State FAILED with a FailureReason."""
        made = organizations.create_account(AccountName="x", Email="300000000002@local.example")
        status = made["CreateAccountStatus"]
        assert (status["State"], status["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")


def test_paths_can_be_switched_off(tmp_path: Path, estate: Estate) -> None:
    """Account.Paths and OrganizationalUnit.Path are in the API since March 2026; regions may lag."""
    for paths in (True, False):
        with LocalAws(tmp_path, estate, speed=0, paths=paths) as aws:
            client = aws.client("organizations", CORP)
            assert ("Paths" in client.describe_account(AccountId=ADMIN)["Account"]) is paths
            units = client.list_organizational_units_for_parent(ParentId=ROOT)["OrganizationalUnits"]
            assert ("Path" in units[0]) is paths
