"""Rows on what all partners share in the jump account, and on the whole way: groups, trust, session."""

from tests.battery.rows import Row, actions, rows, starting
from tests.battery.rows_people import TAKE
from tests.battery.rows_sessions import MINE, WORK
from tests.battery.scenes import Scene

STAFF = Scene(path="none", tag="absent", account="jump", action="kms:Decrypt", resource="*")
READ = starting(STAFF, home="admin", action="s3:GetObject", resource="artifact")

SHARED: list[Row] = [
    *rows(
        "key",
        STAFF,
        [
            (
                "the jump account's own staff uses the key of initial passwords",
                "",
                "",
                "allow",
                "AccountDecides",
            ),
            ("a partner's user never", "path", "own", "deny", "NeverPartners"),
            ("another partner's user never", "path", "other partner", "deny", "NeverPartners"),
            ("nobody of another account", "home", "stranger", "nothing", ""),
            ("staff manages the key", "action", "kms:PutKeyPolicy", "allow", "AccountDecides"),
        ],
    ),
    *actions(
        "key",
        starting(STAFF, action="kms:Encrypt"),
        "*",
        "kms:DescribeKey kms:ScheduleKeyDeletion",
        says="allow",
    ),
    *actions("key", starting(STAFF, action="kms:Encrypt"), "", "s3:GetObject", says="nothing"),
    *rows(
        "key",
        starting(STAFF, path="none", action="kms:PutKeyPolicy"),
        [("a partner's user never changes the key", "path", "own", "deny", "NeverPartners")],
    ),
    *rows(
        "bucket",
        READ,
        [
            (
                "an organization's admin account reads a template",
                "",
                "",
                "allow",
                "AdminAccountsReadTemplates",
            ),
            ("not without TLS", "key", "aws:SecureTransport=false", "deny", "TlsOnly"),
            ("no account of a stranger", "home", "stranger", "nothing", ""),
            ("no journals or plans", "resource", "journal", "nothing", ""),
            ("it writes none", "action", "s3:PutObject", "nothing", ""),
            ("it deletes none", "action", "s3:DeleteObject", "nothing", ""),
            ("it does not list the bucket", "resource", "bucket", "nothing", ""),
        ],
    ),
    *rows(
        "bucket of staff",
        starting(READ, home="jump", action="s3:ListBucket", resource="bucket"),
        [
            ("the bucket's policy leaves the jump account's staff alone", "", "", "allow", "*"),
            ("but for TLS on the bucket", "key", "aws:SecureTransport=false", "deny", "TlsOnly"),
        ],
    ),
]

# The resource control policy that an organization's owner attaches: an identity of the organization takes a role
# that a partner made.  It denies; beside it everything is allowed.
INSIDER = starting(TAKE, home="stranger", resource="delegated role", key="aws:PrincipalOrgID={organization}")
SERVICE = starting(INSIDER, key="aws:PrincipalIsAWSService=true")
FEDERATED = starting(INSIDER, action="sts:AssumeRoleWithSAML", resource="old role")
_PERIMETER = "IdentityPerimeter"
_FEDERATION = "NoFederationToPartners"

# What outlives a contract (docs/security.md): a role that the partner made carries the boundary and no date.
MADE = starting(WORK, caller="chained session")
SURVIVES: list[Row] = [
    *rows(
        "boundary",
        MADE,
        [
            ("survives the end: a role that the partner made works", "", "", "allow", "*"),
            ("survives the end: it works on years after", "time", "years-after end", "allow", "*"),
            ("survives the end: it works from anywhere", "network", "outside", "allow", "*"),
        ],
    ),
    *rows(
        "boundary",
        starting(MADE, action="iam:CreateRole", resource="mine", boundary="own", time="years-after end"),
        [
            ("survives the end: it makes roles with its boundary", "", "", "allow", "*"),
            ("does not survive: it makes none without", "boundary", "", "deny", "OnlyWithBoundary"),
        ],
    ),
    *rows(
        "rcp",
        starting(INSIDER, time="years-after end"),
        [
            ("survives the end: the organization's own people may take it", "", "", "allow", "*"),
            ("does not survive the guardrail: outsiders", "key", "", "deny", _PERIMETER),
        ],
    ),
    *rows(
        "fence",
        WORK,
        [("does not survive: a jump role's session", "time", "years-after end", "deny", "DenyAfterEnd")],
    ),
]

PERIMETER: list[Row] = [
    *rows(
        "rcp",
        INSIDER,
        [
            ("an identity of the organization takes a role", "", "", "allow", "*"),
            ("none of another organization", "key", "aws:PrincipalOrgID=o-stranger00", "deny", _PERIMETER),
            ("none of no organization", "key", "", "deny", _PERIMETER),
            ("none whose id goes on", "key", "aws:PrincipalOrgID={organization}x", "deny", _PERIMETER),
            ("none with the id in capitals", "key", "aws:PrincipalOrgID={ORGANIZATION}", "deny", _PERIMETER),
            ("no federation into a partner's role", "action", "sts:AssumeRoleWithSAML", "deny", _FEDERATION),
        ],
    ),
    *rows(
        "rcp",
        starting(TAKE, resource="delegated role"),
        [
            ("the jump account may come from outside", "", "", "allow", "*"),
            ("no other account from outside may", "home", "stranger", "deny", _PERIMETER),
        ],
    ),
    *rows(
        "rcp",
        SERVICE,
        [
            ("an AWS service takes its role", "", "", "allow", "*"),
            ("who is none does not", "key", "aws:PrincipalIsAWSService=false", "deny", _PERIMETER),
            ("nor who lets one call for him", "key", "aws:ViaAWSService=true", "deny", _PERIMETER),
        ],
    ),
    *[
        row
        for action in ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
        for row in rows(
            "rcp",
            starting(FEDERATED, action=action),
            [
                (f"{action} into a role of the company's", "", "", "allow", "*"),
                (f"{action} into a partner's role", "resource", "delegated role", "deny", _FEDERATION),
                (
                    f"{action} into any partner's role",
                    "resource",
                    "{arn}:iam::{account}:role/partner/other-partner/x",
                    "deny",
                    _FEDERATION,
                ),
            ],
        )
    ],
    *rows(
        "rcp",
        starting(INSIDER, key="", action="s3:GetObject", resource="object"),
        [
            ("other things of a stranger's are left alone", "", "", "allow", "*"),
            ("but he takes no role", "action", "sts:AssumeRole", "deny", _PERIMETER),
        ],
    ),
]

WHOLE: list[Row] = [
    *rows(
        "whole",
        TAKE,
        [
            (
                "the partner's user takes the role: both accounts allow",
                "",
                "",
                "allow",
                "PartnerUsersWithMfa",
            ),
            ("by a session with MFA", "credentials", "session token with MFA", "allow", "*"),
            ("by aws login with MFA", "credentials", "aws login with MFA", "allow", "*"),
            ("not by a long-term key", "credentials", "long-term key", "deny", "DenyWithoutMfa"),
            (
                "not from the console without MFA",
                "credentials",
                "console without MFA",
                "deny",
                "DenyWithoutMfa",
            ),
            (
                "not by aws login without MFA",
                "credentials",
                "aws login without MFA",
                "deny",
                "DenyWithoutMfa",
            ),
            ("not on another path, although in the group", "path", "other partner", "nothing", "trust"),
            ("not without the tag, although in the group", "tag", "absent", "nothing", "trust"),
            ("not with another tag, although in the group", "tag", "other", "nothing", "trust"),
            (
                "not under somebody else's session name",
                "session",
                "somebody else",
                "nothing",
                "trust",
                "named",
            ),
            ("not another partner's role", "resource", "other partner's role", "nothing", "policies"),
            ("not another grant's role", "resource", "other grant's role", "nothing", "policies"),
            ("not in an account of another OU", "unit", "other", "nothing", "policies", "org-paths"),
            ("not in another organization", "organization", "other", "nothing", "policies", "org"),
            ("in an OU that was moved", "unit", "moved", "allow", "*"),
            ("not in a protected account", "account", "protected", "deny", "DenyProtected*"),
            ("not in an excepted account", "account", "excepted", "deny", "DenyExcepted*", "excepted"),
            ("not when the contract is over", "time", "contract end", "deny", "DenyAfterContract"),
            (
                "not when the user's own time is over",
                "time",
                "user end",
                "deny",
                "DenyEndedUsers*",
                "ends-earlier",
            ),
            (
                "not from outside where the trust is fenced",
                "network",
                "outside",
                "deny",
                "DenyOutsideNetworks",
                "trust-fence",
            ),
        ],
    ),
    *rows(
        "session",
        WORK,
        [
            ("the session works", "", "", "allow", "*", "wide"),
            ("not outside the network", "network", "outside", "deny", "DenyOutsideNetworks", "session-fence"),
            (
                "not through a VPC endpoint",
                "network",
                "vpc endpoint",
                "deny",
                "DenyOutsideNetworks",
                "session-fence",
            ),
            ("not after the end", "time", "end", "deny", "DenyAfterEnd"),
            (
                "not when its user's own time is over",
                "time",
                "user end",
                "deny",
                "DenyEndedUsers*",
                "ends-earlier",
            ),
        ],
        when="wide",
    ),
    *rows(
        "session",
        starting(MINE, action="iam:CreateRole"),
        [
            ("it makes a role with its own boundary", "", "", "allow", "*"),
            ("not without", "boundary", "", "deny", "OnlyWithBoundary"),
            ("not outside the delegated path", "resource", "old role", "deny", "DelegatedOnly", "strict"),
        ],
        when="wide",
    ),
    *actions(
        "session",
        starting(WORK, action="iam:GetRole", resource="*"),
        "No*",
        "iam:CreateUser iam:CreateAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile iam:AddUserToGroup"
        " iam:AttachUserPolicy iam:AttachGroupPolicy iam:PutUserPolicy iam:PutGroupPolicy sts:AssumeRoot",
        when="wide",
    ),
]
