"""With --enforce: what the caller's policies allow, and the refusals in AWS's words.

Sources: IAM User Guide, reference_policies_evaluation-logic, troubleshoot_access-denied,
id_credentials_mfa_configure-api-require and reference_policies_condition-keys; facts/iam.md 1, 2 and 4.
Every refusal stands beside a call that is allowed and differs in one thing.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jumpcf.estate.model import Estate
from jumpcf.local.accounts import access_key_id, secret_access_key
from jumpcf.local.credentials import clean_session
from jumpcf.local.session import LocalAws, serve
from tests.local.people import (
    INSIDE,
    NETWORK,
    OUTSIDE,
    Clock,
    Person,
    allow,
    deny,
    enrol,
    make_role,
    make_user,
    policy,
    trust,
)
from tests.local.support import CORP, DEV, JUMP, OTHER, REGION, SANDBOX, WORKLOADS, refused

TARGET = "300000000002"  # in Dev
USER = f"arn:aws:iam::{JUMP}:user/partner/acme/taro.yamada"
ROLES = "arn:aws:iam::*:role/jump/*"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
SELF = (
    allow(["iam:CreateVirtualMFADevice"], f"arn:aws:iam::{JUMP}:mfa/*"),
    allow(
        ["iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices"],
        f"arn:aws:iam::{JUMP}:user/partner/acme/${{aws:username}}",
    ),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=0, clock=clock, enforce=True) as started:
        yield started


def denied(call: Any, *arguments: Any, **given: Any) -> str:
    """What follows the resource in the refusal that the call must meet."""
    code, message = refused(call, *arguments, **given)
    assert code in ("AccessDenied", "AccessDeniedException"), message
    return message.partition(" on resource: ")[2].partition(" ")[2]


def test_an_administrators_key_is_not_judged(aws: LocalAws) -> None:
    assert aws.client("iam", JUMP).list_users()["Users"] == []


@pytest.mark.parametrize("enforce", [True, False])
def test_a_server_is_told_to_enforce(tmp_path: Path, estate: Estate, enforce: bool) -> None:
    """What `jumpcf local serve --enforce` calls; without it a user without a policy may list roles."""
    end, codes = threading.Event(), []

    def say(line: str) -> None:
        if not end.is_set():
            endpoint = re.search(r"http://[0-9.:]+", line)
            assert endpoint is not None
            iam = make_user(Served(endpoint[0])).client("iam")
            codes.append(code_of(iam.list_roles))
        end.set()

    serve(tmp_path, estate, 0, enforce=enforce, announce=lambda _line: None, say=say, stopped=end)
    assert codes == ["AccessDenied" if enforce else ""]


@dataclass
class Served:
    """An endpoint, with an administrator's clients as `LocalAws` gives them."""

    endpoint: str

    def client(self, service: str, account: str) -> Any:
        keys = {
            "aws_access_key_id": access_key_id(account),
            "aws_secret_access_key": secret_access_key(account),
        }
        return clean_session().client(service, region_name=REGION, endpoint_url=self.endpoint, **keys)


def code_of(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_a_user_without_a_policy_may_do_nothing_but_ask_who_he_is(aws: LocalAws) -> None:
    person = make_user(aws)
    assert person.client("sts").get_caller_identity()["Arn"] == USER
    code, message = refused(person.client("iam").get_user, UserName="taro.yamada")
    assert code == "AccessDenied"
    assert message == (
        f"User: {USER} is not authorized to perform: iam:GetUser on resource: {USER} "
        "because no identity-based policy allows the iam:GetUser action"
    )


def test_a_groups_inline_and_managed_policies_count_and_a_deny_wins(aws: LocalAws) -> None:
    person = make_user(aws, allow("iam:List*"))
    person.client("iam").list_roles()
    iam = aws.client("iam", JUMP)
    made = iam.create_policy(PolicyName="no", PolicyDocument=policy(deny("iam:ListRoles")))["Policy"]
    iam.attach_group_policy(GroupName="acme", PolicyArn=made["Arn"])
    person.client("iam").list_users()
    assert denied(person.client("iam").list_roles) == "with an explicit deny in an identity-based policy"


def test_the_default_version_of_a_managed_policy_counts(aws: LocalAws) -> None:
    person, iam = make_user(aws), aws.client("iam", JUMP)
    made = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("iam:ListRoles")))["Policy"]
    iam.attach_user_policy(UserName="taro.yamada", PolicyArn=made["Arn"])
    person.client("iam").list_roles()
    iam.create_policy_version(
        PolicyArn=made["Arn"], PolicyDocument=policy(allow("iam:ListUsers")), SetAsDefault=True
    )
    assert "no identity-based policy" in denied(person.client("iam").list_roles)


def test_own_things_are_known_by_name_and_path(aws: LocalAws) -> None:
    """facts/iam.md 2.3, trap 2: ${aws:username} has no path."""
    person = make_user(aws, *SELF)
    aws.client("iam", JUMP).create_user(UserName="hanako.sato", Path="/partner/acme/")
    iam = person.client("iam")
    assert iam.get_user()["User"]["UserName"] == iam.get_user(UserName="taro.yamada")["User"]["UserName"]
    denied(iam.get_user, UserName="hanako.sato")
    aws.client("iam", JUMP).update_user(UserName="taro.yamada", NewPath="/")
    denied(iam.get_user, UserName="taro.yamada")


class TestMfa:
    """A code beside the call, a session with a code, and neither (facts/iam.md 2.1)."""

    def test_a_role_is_taken_with_a_code_and_not_without(self, aws: LocalAws, clock: Clock) -> None:
        person = make_user(aws, *SELF, allow("sts:AssumeRole", ROLES))
        role = make_role(aws, TARGET, "acme-dev-Read", trust(**MFA))
        device = enrol(person, clock)
        why = denied(person.assume, role)
        assert why == "because no role trust policy allows the sts:AssumeRole action"
        person.assume(role, **device.shown())

    def test_a_session_with_mfa_takes_it_as_well(self, aws: LocalAws, clock: Clock) -> None:
        person = make_user(aws, *SELF, allow("sts:AssumeRole", ROLES))
        role = make_role(aws, TARGET, "acme-dev-Read", trust(**MFA))
        device = enrol(person, clock)
        sts = person.client("sts")
        denied(person.using(sts.get_session_token()["Credentials"]).assume, role)
        person.using(sts.get_session_token(**device.shown())["Credentials"]).assume(role)

    def test_mfa_has_an_age(self, aws: LocalAws, clock: Clock) -> None:
        young = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
        person = make_user(aws, *SELF, allow("sts:AssumeRole", ROLES))
        role = make_role(aws, TARGET, "acme-dev-Read", trust(**MFA, **young))
        device = enrol(person, clock)
        session = person.using(person.client("sts").get_session_token(**device.shown())["Credentials"])
        clock.pass_(3599)
        session.assume(role)
        clock.pass_(1)
        denied(session.assume, role)

    def test_a_wrong_code_a_used_code_and_a_foreign_device_are_refused(
        self, aws: LocalAws, clock: Clock
    ) -> None:
        person = make_user(aws, *SELF, allow("sts:AssumeRole", ROLES))
        role = make_role(aws, TARGET, "acme-dev-Read", trust(**MFA))
        device = enrol(person, clock)
        shown = device.shown()
        person.assume(role, **shown)
        wrong = "000000" if shown["TokenCode"] != "000000" else "000001"
        for given in (shown, shown | {"TokenCode": wrong}):
            code, message = refused(person.assume, role, **given)
            assert (code, message) == (
                "AccessDenied",
                "MultiFactorAuthentication failed with invalid MFA one time pass code.",
            )
        code, message = refused(person.assume, role, SerialNumber=f"{device.serial}2", TokenCode="123456")
        assert "verify your MFA serial number is valid" in message

    def test_enrolling_needs_two_codes_in_a_row(self, aws: LocalAws, clock: Clock) -> None:
        """IAM API reference, EnableMFADevice: InvalidAuthenticationCode."""
        person = make_user(aws, *SELF)
        iam = person.client("iam")
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
        given = {"UserName": "taro.yamada", "SerialNumber": made["SerialNumber"]}
        codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
        assert refused(iam.enable_mfa_device, **given, **codes)[0] == "InvalidAuthenticationCode"
        assert iam.list_mfa_devices(UserName="taro.yamada")["MFADevices"] == []

    def test_who_has_a_device_needs_it_to_add_another(self, aws: LocalAws, clock: Clock) -> None:
        """Security bulletin AWS-2023-001 (facts/iam.md 2.3, trap 6): whatever the policies say."""
        person = make_user(aws, allow("iam:*"))
        device = enrol(person, clock)
        code, message = refused(enrol, person, clock, "second")
        assert (code, "MFA is needed" in message) == ("AccessDenied", True)
        given = person.client("sts").get_session_token(**device.shown())["Credentials"]
        enrol(person.using(given), clock, "third")

    def test_a_roles_session_has_no_mfa(self, aws: LocalAws, clock: Clock) -> None:
        person = make_user(aws, *SELF, allow("sts:AssumeRole", ROLES))
        asks = allow("iam:ListRoles", **MFA)
        role = make_role(aws, TARGET, "acme-dev-Read", trust(**MFA), asks, allow("iam:ListUsers"))
        session = person.assume(role, **enrol(person, clock).shown())
        session.client("iam").list_users()
        denied(session.client("iam").list_roles)

    def test_a_denial_without_mfa_hits_long_term_keys(self, aws: LocalAws, clock: Clock) -> None:
        """BoolIfExists false: absent and false (facts/iam.md 2.1)."""
        without = deny("iam:ListRoles", BoolIfExists={"aws:MultiFactorAuthPresent": "false"})
        person = make_user(aws, *SELF, allow("iam:ListRoles"), without)
        assert "explicit deny" in denied(person.client("iam").list_roles)
        device = enrol(person, clock)
        given = person.client("sts").get_session_token(**device.shown())["Credentials"]
        person.using(given).client("iam").list_roles()

    def test_iam_takes_no_session_without_mfa(self, aws: LocalAws) -> None:
        """STS API reference, GetSessionToken."""
        person = make_user(aws, allow("iam:ListRoles"))
        person.client("iam").list_roles()
        session = person.using(person.client("sts").get_session_token()["Credentials"])
        assert refused(session.client("iam").list_roles)[0] == "AccessDenied"


class TestOwnPassword:
    """AllowUsersToChangePassword stands for a policy, and an explicit Deny still wins (facts/iam.md 2.3, trap 5)."""

    def test_the_accounts_policy_lets_users_change_their_own(self, aws: LocalAws) -> None:
        person, iam = make_user(aws), aws.client("iam", JUMP)
        iam.create_login_profile(UserName="taro.yamada", Password="Correct-Horse-1")
        iam.update_account_password_policy(AllowUsersToChangePassword=False)
        change = {"OldPassword": "Correct-Horse-1", "NewPassword": "Another-Horse-2"}
        denied(person.client("iam").change_password, **change)
        denied(person.client("iam").get_account_password_policy)
        iam.update_account_password_policy(AllowUsersToChangePassword=True)
        person.client("iam").get_account_password_policy()
        person.client("iam").change_password(**change)
        bounded = policy(allow("s3:*"))
        boundary = iam.create_policy(PolicyName="b", PolicyDocument=bounded)["Policy"]["Arn"]
        iam.put_user_permissions_boundary(UserName="taro.yamada", PermissionsBoundary=boundary)
        denied(person.client("iam").get_account_password_policy)
        iam.delete_user_permissions_boundary(UserName="taro.yamada")
        never = policy(deny("iam:ChangePassword"))
        iam.put_group_policy(GroupName="acme", PolicyName="never", PolicyDocument=never)
        denied(person.client("iam").change_password, **change)


class TestTrust:
    """Both sides must allow, and every condition is one value away from holding."""

    @pytest.fixture
    def person(self, aws: LocalAws) -> Person:
        return make_user(aws, allow("sts:AssumeRole", ROLES))

    def test_both_sides_must_allow(self, aws: LocalAws, person: Person) -> None:
        role = make_role(aws, TARGET, "acme-dev-Read", trust())
        person.assume(role)
        stranger = make_role(aws, TARGET, "acme-dev-Power", trust(account=OTHER))
        assert (
            denied(person.assume, stranger) == "because no role trust policy allows the sts:AssumeRole action"
        )
        aws.client("iam", JUMP).delete_group_policy(GroupName="acme", PolicyName="rights")
        assert (
            denied(person.assume, role) == "because no identity-based policy allows the sts:AssumeRole action"
        )

    @pytest.mark.parametrize(
        ("held", "not_held"),
        [
            (
                {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}},
                {"StringEquals": {"sts:RoleSessionName": "x${aws:username}"}},
            ),
            (
                {"StringEquals": {"aws:PrincipalTag/jump-partner": "acme"}},
                {"StringEquals": {"aws:PrincipalTag/jump-partner": "globex"}},
            ),
            ({"StringEquals": {"aws:PrincipalType": "User"}}, {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}),
            (
                {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{JUMP}:user/partner/acme/*"}},
                {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{JUMP}:user/partner/acme2/*"}},
            ),
            ({"IpAddress": {"aws:SourceIp": NETWORK}}, {"NotIpAddress": {"aws:SourceIp": NETWORK}}),
            (
                {"DateLessThan": {"aws:CurrentTime": "2027-01-15T08:00:01Z"}},
                {"DateLessThan": {"aws:CurrentTime": "2027-01-15T08:00:00Z"}},
            ),
            ({"Null": {"aws:PrincipalOrgID": "true"}}, {"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
            ({"StringEquals": {"aws:userid": "${aws:userid}"}}, {"StringLike": {"aws:userid": "AROA*"}}),
            ({"Null": {"sts:ExternalId": "true"}}, {"StringEquals": {"sts:ExternalId": "secret"}}),
        ],
    )  # fmt: skip
    def test_a_condition_lets_in_and_shuts_out(
        self, aws: LocalAws, person: Person, held: dict[str, Any], not_held: dict[str, Any]
    ) -> None:
        person.assume(make_role(aws, TARGET, "acme-dev-Read", trust(**held)))
        denied(person.assume, make_role(aws, TARGET, "acme-dev-Power", trust(**not_held)))

    def test_a_person_plays_an_address(self, aws: LocalAws, person: Person) -> None:
        """The SDKs' application id; of an IPv6 address they make dashes; without one it is the loopback."""
        role = make_role(
            aws, TARGET, "acme-dev-Read", trust(IpAddress={"aws:SourceIp": [NETWORK, "2001:db8:10::/48"]})
        )
        for address in (INSIDE, "2001:db8:10::7"):
            person.at(address).assume(role)
        for address in (OUTSIDE, "2001:db8:11::7", "my-own-tool", None):
            denied(person.at(address).assume, role)

    def test_another_users_session_name_is_refused(self, aws: LocalAws, person: Person) -> None:
        role = make_role(
            aws, TARGET, "acme-dev-Read", trust(StringEquals={"sts:RoleSessionName": "${aws:username}"})
        )
        denied(person.assume, role, RoleSessionName="hanako.sato")

    def test_a_tag_is_read_at_each_call(self, aws: LocalAws, person: Person) -> None:
        role = make_role(
            aws, TARGET, "acme-dev-Read", trust(StringEquals={"aws:PrincipalTag/jump-partner": "acme"})
        )
        person.assume(role)
        aws.client("iam", JUMP).untag_user(UserName="taro.yamada", TagKeys=["jump-partner"])
        denied(person.assume, role)


class TestScope:
    """Where a role may be: aws:ResourceAccount, aws:ResourceOrgID, aws:ResourceOrgPaths (facts/iam.md 5)."""

    @pytest.mark.parametrize(
        ("condition", "account"),
        [
            ({"StringEquals": {"aws:ResourceAccount": TARGET}}, "300000000001"),
            ({"StringEquals": {"aws:ResourceOrgID": "o-corp0example"}}, "500000000001"),
            ({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": f"o-corp0example/*/{WORKLOADS}/*"}}, "300000000009"),
            ({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": f"o-corp0example/*/{DEV}/*"}}, "300000000001"),
        ],
    )  # fmt: skip
    def test_a_role_elsewhere_is_refused(
        self, aws: LocalAws, condition: dict[str, Any], account: str
    ) -> None:
        person = make_user(aws, allow("sts:AssumeRole", ROLES, **condition))
        person.assume(make_role(aws, TARGET, "acme-dev-Read", trust()))
        denied(person.assume, make_role(aws, account, "acme-dev-Read", trust()))

    def test_an_account_that_moves_out_is_out_at_once(self, aws: LocalAws) -> None:
        inside = {"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": f"o-corp0example/*/{WORKLOADS}/*"}}
        person = make_user(aws, allow("sts:AssumeRole", ROLES, **inside))
        role = make_role(aws, TARGET, "acme-dev-Read", trust())
        person.assume(role)
        aws.move_account(TARGET, SANDBOX)
        denied(person.assume, role)

    def test_an_excepted_account_is_refused(self, aws: LocalAws) -> None:
        closed = deny("sts:AssumeRole", f"arn:aws:iam::{TARGET}:role/jump/*")
        person = make_user(aws, allow("sts:AssumeRole", ROLES), closed)
        person.assume(make_role(aws, "300000000001", "acme-dev-Read", trust()))
        why = denied(person.assume, make_role(aws, TARGET, "acme-dev-Read", trust()))
        assert why == "with an explicit deny in an identity-based policy"


class TestRoleSessions:
    """A role's session: its policies, its boundary, its session policies, and its own network."""

    @pytest.fixture
    def person(self, aws: LocalAws) -> Person:
        return make_user(aws, allow("sts:AssumeRole", ROLES))

    def bounded(self, aws: LocalAws, *statements: dict[str, Any]) -> str:
        iam = aws.client("iam", TARGET)
        made = iam.create_policy(PolicyName="b", Path="/jump/acme/", PolicyDocument=policy(*statements))
        return str(made["Policy"]["Arn"])

    def test_a_boundary_cuts_what_the_policies_allow(self, aws: LocalAws, person: Person) -> None:
        boundary = self.bounded(aws, allow("iam:Get*"), allow("iam:List*"), deny("iam:ListUsers"))
        role = make_role(aws, TARGET, "r", trust(), allow("iam:*"), PermissionsBoundary=boundary)
        iam = person.assume(role).client("iam")
        iam.list_roles()
        why = denied(iam.create_user, UserName="backdoor")
        assert why == "because no permissions boundary allows the iam:CreateUser action"
        assert denied(iam.list_users) == "with an explicit deny in a permissions boundary"

    def test_a_role_is_made_with_the_boundary_only(self, aws: LocalAws, person: Person) -> None:
        """iam:PermissionsBoundary: the one that is given, or the one that the role has (facts/iam.md 4.2)."""
        boundary = self.bounded(aws, allow("iam:*"))
        only = deny(
            ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRole", "iam:PutRolePermissionsBoundary"],
            StringNotEquals={"iam:PermissionsBoundary": boundary},
        )
        iam = person.assume(make_role(aws, TARGET, "r", trust(), allow("iam:*"), only)).client("iam")
        given = {"AssumeRolePolicyDocument": trust(account=TARGET)}
        denied(iam.create_role, RoleName="app", **given)
        denied(
            iam.create_role,
            RoleName="app",
            **given,
            PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess",
        )
        iam.create_role(RoleName="app", **given, PermissionsBoundary=boundary)
        rights = {"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"))}
        iam.put_role_policy(RoleName="app", **rights)
        denied(iam.put_role_policy, RoleName="r", **rights)

    def test_the_fence_holds_at_every_call(self, aws: LocalAws, person: Person) -> None:
        fence = deny("*", NotIpAddress={"aws:SourceIp": NETWORK})
        session = person.assume(make_role(aws, TARGET, "r", trust(), allow("iam:List*"), fence))
        session.client("iam").list_roles()
        assert (
            denied(session.at(OUTSIDE).client("iam").list_roles)
            == "with an explicit deny in an identity-based policy"
        )

    def test_a_session_policy_narrows(self, aws: LocalAws, person: Person) -> None:
        role = make_role(aws, TARGET, "r", trust(), allow("iam:List*"))
        session = person.assume(role, Policy=policy(allow("iam:ListRoles")))
        session.client("iam").list_roles()
        assert (
            denied(session.client("iam").list_users)
            == "because no session policy allows the iam:ListUsers action"
        )

    def test_a_role_takes_the_next_by_its_own_policies(self, aws: LocalAws, person: Person) -> None:
        """Chaining: the first role's policies count, and a trust in users alone shuts it out (facts/iam.md 2.1)."""
        onward = allow("sts:AssumeRole", f"arn:aws:iam::{TARGET}:role/jump/next*")
        first = person.assume(make_role(aws, TARGET, "first", trust(), onward))
        opened = make_role(aws, TARGET, "next", trust(account=TARGET), allow("iam:ListRoles"))
        first.assume(opened).client("iam").list_roles()
        users_only = trust(account=TARGET, StringEquals={"aws:PrincipalType": "User"})
        denied(first.assume, make_role(aws, TARGET, "next-2", users_only))
        denied(first.assume, make_role(aws, TARGET, "other", trust(account=TARGET)))

    def test_aws_managed_policies_have_their_content(self, aws: LocalAws, person: Person) -> None:
        role = make_role(aws, TARGET, "r", trust())
        iam = aws.client("iam", TARGET)
        iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        mine = person.assume(role).client("iam")
        mine.list_roles()
        denied(mine.create_group, GroupName="x")

    def test_an_aws_managed_policy_of_unknown_content_stops_the_call(
        self, aws: LocalAws, person: Person
    ) -> None:
        role = make_role(aws, TARGET, "r", trust())
        aws.client("iam", TARGET).attach_role_policy(
            RoleName="r", PolicyArn="arn:aws:iam::aws:policy/NoSuchThing"
        )
        code, message = refused(person.assume(role).client("iam").list_roles)
        assert (code, "NoSuchThing" in message) == ("NotImplemented", True)

    def test_a_deleted_roles_session_ends_although_one_of_its_name_is_made(
        self, aws: LocalAws, person: Person
    ) -> None:
        session = person.assume(make_role(aws, TARGET, "r", trust(), allow("iam:List*")))
        session.client("iam").list_roles()
        iam = aws.client("iam", TARGET)
        iam.delete_role_policy(RoleName="r", PolicyName="rights")
        iam.delete_role(RoleName="r")
        make_role(aws, TARGET, "r", trust(), allow("iam:List*"))
        assert refused(session.client("iam").list_roles)[0] == "AccessDenied"

    def test_a_revoked_session_ends(self, aws: LocalAws, person: Person, clock: Clock) -> None:
        """AWSRevokeOlderSessions: DateLessThan aws:TokenIssueTime (facts/iam.md 1.3)."""
        role = make_role(aws, TARGET, "r", trust(), allow("iam:List*"))
        session = person.assume(role)
        clock.pass_(10)
        older = deny("*", DateLessThan={"aws:TokenIssueTime": "2027-01-15T08:00:10Z"})
        aws.client("iam", TARGET).put_role_policy(
            RoleName="r", PolicyName="Revoke", PolicyDocument=policy(older)
        )
        denied(session.client("iam").list_roles)
        person.assume(role).client("iam").list_roles()


class TestOtherServices:
    """What else a partner or an operator's role may touch."""

    def test_s3_objects_and_buckets(self, aws: LocalAws) -> None:
        admin = aws.client("s3", JUMP)
        admin.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
        admin.put_object(Bucket="artifacts", Key="templates/a.json", Body=b"{}")
        admin.put_object(Bucket="artifacts", Key="journal/a.json", Body=b"{}")
        person = make_user(
            aws,
            allow("s3:GetObject", "arn:aws:s3:::artifacts/templates/*"),
            allow("s3:ListBucket", "arn:aws:s3:::artifacts"),
        )
        s3 = person.client("s3")
        assert s3.get_object(Bucket="artifacts", Key="templates/a.json")["Body"].read() == b"{}"
        assert s3.list_objects_v2(Bucket="artifacts")["KeyCount"] == 2
        denied(s3.get_object, Bucket="artifacts", Key="journal/a.json")
        denied(s3.put_object, Bucket="artifacts", Key="templates/a.json", Body=b"{}")
        denied(s3.list_buckets)

    def test_a_buckets_policy_denies_and_opens_to_another_account(self, aws: LocalAws) -> None:
        admin = aws.client("s3", CORP)
        admin.create_bucket(Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": REGION})
        admin.put_object(Bucket="theirs", Key="a", Body=b"a")
        s3 = make_user(aws, allow("s3:*")).client("s3")
        assert (
            denied(s3.get_object, Bucket="theirs", Key="a")
            == "because no resource-based policy allows the s3:GetObject action"
        )
        opened = allow("s3:GetObject", "arn:aws:s3:::theirs/*") | {
            "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"}
        }
        admin.put_bucket_policy(Bucket="theirs", Policy=policy(opened))
        s3.get_object(Bucket="theirs", Key="a")
        admin.put_bucket_policy(
            Bucket="theirs", Policy=policy(opened, deny("s3:*", "arn:aws:s3:::theirs/*") | {"Principal": "*"})
        )
        assert (
            denied(s3.get_object, Bucket="theirs", Key="a")
            == "with an explicit deny in a resource-based policy"
        )

    def test_a_secure_parameter_needs_its_key(self, aws: LocalAws) -> None:
        """The key's policy decides with the account's (KMS Developer Guide, key-policy-default)."""
        kms, ssm = aws.client("kms", JUMP), aws.client("ssm", JUMP)
        everybody = allow("kms:*") | {"Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"}}
        partners = deny("kms:*", ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{JUMP}:user/partner/*/*"})
        key = kms.create_key(Policy=policy(everybody))["KeyMetadata"]["KeyId"]
        ssm.put_parameter(Name="/jump/acme/password", Value="secret", Type="SecureString", KeyId=key)
        person = make_user(aws, allow(["ssm:*", "kms:*"]))
        read = {"Name": "/jump/acme/password", "WithDecryption": True}
        assert person.client("ssm").get_parameter(**read)["Parameter"]["Value"] == "secret"
        kms.put_key_policy(
            KeyId=key, PolicyName="default", Policy=policy(everybody, partners | {"Principal": "*"})
        )
        assert (
            denied(person.client("ssm").get_parameter, **read)
            == "with an explicit deny in a resource-based policy"
        )
        person.client("ssm").get_parameter(Name="/jump/acme/password")  # its ciphertext
        denied(person.client("kms").describe_key, KeyId=key)

    def test_stacks_are_read_by_policy_and_changed_by_administrators_only(self, aws: LocalAws) -> None:
        person = make_user(aws, allow("cloudformation:*"))
        assert person.client("cloudformation").list_stacks()["StackSummaries"] == []
        code, message = refused(
            person.client("cloudformation").create_stack, StackName="s", TemplateBody="{}"
        )
        assert (code, "cloudformation:CreateStack" in message) == ("NotImplemented", True)

    def test_the_organization_is_read_by_policy(self, aws: LocalAws) -> None:
        role = make_role(aws, CORP, "r", trust(), allow("organizations:ListRoots"))
        session = make_user(aws, allow("sts:AssumeRole", ROLES)).assume(role)
        session.client("organizations").list_roots()
        denied(session.client("organizations").list_accounts)

    def test_a_unit_is_read_by_its_arn(self, aws: LocalAws) -> None:
        unit = f"arn:aws:organizations::{CORP}:ou/o-corp0example/{DEV}"
        role = make_role(aws, CORP, "r", trust(), allow("organizations:ListAccountsForParent", unit))
        client = make_user(aws, allow("sts:AssumeRole", ROLES)).assume(role).client("organizations")
        client.list_accounts_for_parent(ParentId=DEV)
        denied(client.list_accounts_for_parent, ParentId=SANDBOX)


class TestNothingIsGuessed:
    """What cannot be judged is refused by name (facts: nothing may pass by not being there)."""

    @pytest.mark.parametrize(
        ("service", "call", "given", "named"),
        [
            ("iam", "list_server_certificates", {}, "iam:ListServerCertificates"),
            ("kms", "list_grants", {"KeyId": "k"}, "kms:ListGrants"),
            ("ssm", "list_documents", {}, "ssm:ListDocuments"),
            ("organizations", "list_policies", {"Filter": "TAG_POLICY"}, "organizations:ListPolicies"),
            ("s3", "get_bucket_cors", {"Bucket": "acls"}, "cors"),
            ("sts", "get_federation_token", {"Name": "me"}, "sts:GetFederationToken"),
        ],
    )  # fmt: skip
    def test_an_unknown_call(
        self, aws: LocalAws, service: str, call: str, given: dict[str, Any], named: str
    ) -> None:
        code, message = refused(getattr(make_user(aws, allow("*")).client(service), call), **given)
        assert (code, named in message, "--enforce" in message) == ("NotImplemented", True, True)

    def test_a_condition_key_of_which_nothing_is_known(self, aws: LocalAws) -> None:
        aws.client("s3", JUMP).create_bucket(
            Bucket="acls", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        person = make_user(
            aws, allow("s3:*"), deny("s3:PutObject", StringNotEquals={"s3:x-amz-acl": "private"})
        )
        code, message = refused(person.client("s3").put_object, Bucket="acls", Key="k", Body=b"")
        assert (code, "s3:x-amz-acl" in message) == ("NotImplemented", True)

    def test_a_policy_that_the_evaluator_does_not_know(self, aws: LocalAws) -> None:
        person = make_user(aws, allow("iam:*", StringEquals={"aws:NoSuchKey": "x"}))
        code, message = refused(person.client("iam").list_roles)
        assert (code, "aws:NoSuchKey" in message, "acme/rights" in message) == ("NotImplemented", True, True)

    def test_a_role_of_the_own_account_that_only_its_trust_opens(self, aws: LocalAws) -> None:
        person = make_user(aws)
        named = allow("sts:AssumeRole") | {"Principal": {"AWS": USER}}
        del named["Resource"]
        code, message = refused(person.assume, make_role(aws, JUMP, "r", policy(named)))
        assert (code, "within one account" in message) == ("NotImplemented", True)
        role = make_role(aws, JUMP, "s", trust())
        denied(person.assume, role)
        aws.client("iam", JUMP).put_group_policy(
            GroupName="acme", PolicyName="p", PolicyDocument=policy(allow("sts:AssumeRole"))
        )
        person.assume(role)
