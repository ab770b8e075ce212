"""The five built-in levels."""

from jumpcf.artifacts.marks import PARTNER_TAG
from jumpcf.errors import Mark
from jumpcf.estate.model import Level, Statement

Conditions = dict[str, dict[str, tuple[str, ...]]]

BUILT_IN = Mark("(built-in)")
NAMES = ("Admin", "Power", "PowerAndIam", "Read", "SSM")
SSM = "SSM"
SSM_TAG = (PARTNER_TAG, "${jump:partner}")
"""Key and value of the tag that opens an instance to a partner, unless `defaults.ssm_tag` says otherwise."""

_MANAGED = {
    "Admin": ("AdministratorAccess",),
    "Power": ("PowerUserAccess",),
    "PowerAndIam": ("IAMFullAccess", "PowerUserAccess"),
    "Read": ("ReadOnlyAccess",),
    "SSM": (),
}
# Shell, SSH and port forwarding; not the documents that run a command as root or reach through to other hosts.
_SESSION_DOCUMENTS = ("AWS-StartPortForwardingSession", "AWS-StartSSHSession", "SSM-SessionManagerRunShell")


def built_in(partition: str, ssm_tag: tuple[str, str] = SSM_TAG) -> dict[str, Level]:
    """The built-in levels with the ARNs of a partition, by name; `ssm_tag` is the key and value for SSM."""
    return {name: _level(name, partition, ssm_tag) for name in NAMES}


def _level(name: str, partition: str, ssm_tag: tuple[str, str]) -> Level:
    return Level(
        name=name,
        managed_policies=tuple(f"arn:{partition}:iam::aws:policy/{policy}" for policy in _MANAGED[name]),
        statements=_statements(name, partition, ssm_tag),
        boundary="strict",
        accept_escalation=None,
        session=None,
        mfa_max_age=None,
        builtin=True,
        mark=BUILT_IN,
    )


def _statements(name: str, partition: str, ssm_tag: tuple[str, str]) -> tuple[Statement, ...]:
    if name == "Read":
        return (_no_credentials(),)
    return _session_manager(partition, *ssm_tag) if name == SSM else ()


def _no_credentials() -> Statement:
    """ReadOnlyAccess allows Get*, and some reads give out credentials that work outside the fence, and write
    (Service Authorization Reference of these services)."""
    return Statement(
        effect="Deny",
        actions=(
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
            "connect:GetFederationToken",
            "gamelift:GetComputeAccess",
            "gamelift:GetInstanceAccess",
            "license-manager:GetAccessToken",
            "s3:GetDataAccess",
            "ssm:GetAccessToken",
        ),
        resources=("*",),
        conditions={},
        mark=BUILT_IN,
    )


def _session_manager(partition: str, tag_key: str, tag_value: str) -> tuple[Statement, ...]:
    """Session Manager on instances that carry the tag, and nothing else.

    The document check makes StartSession need the session document too; without it a caller who leaves the
    document out, or names any other, passes (Systems Manager User Guide, "Start a session with a document by
    specifying the session documents in IAM policies": it must stand in every Allow of StartSession).
    One's own sessions are told by the tag that Session Manager puts on them: a role session has no
    aws:username, and session ids begin with the role session's name, not with aws:userid (same guide,
    "Allow a user to end only sessions they started", method 2).
    """
    checked: Conditions = {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": ("true",)}}
    reads = (
        "ec2:DescribeInstances",
        "ssm:DescribeInstanceInformation",
        "ssm:DescribeInstanceProperties",
        "ssm:DescribeSessions",
        "ssm:GetConnectionStatus",
        "ssm:ListDocuments",
    )
    tag: Conditions = {"StringEquals": {f"ssm:resourceTag/{tag_key}": (tag_value,)}}
    own: Conditions = {"StringEquals": {"ssm:resourceTag/aws:ssmmessages:session-id": ("${aws:userid}",)}}
    documents = tuple(f"arn:{partition}:ssm:*:*:document/{name}" for name in _SESSION_DOCUMENTS)
    instances = (f"arn:{partition}:ec2:*:*:instance/*", f"arn:{partition}:ssm:*:*:managed-instance/*")
    return (
        _allow(reads, ("*",), {}),
        _allow(("ssm:DescribeDocument", "ssm:GetDocument"), documents, {}),
        _allow(("ssm:StartSession",), instances, {**tag, **checked}),
        _allow(("ssm:StartSession",), documents, checked),
        # The client opens the session's channel with a token from StartSession; the action knows no resources
        # (Service Authorization Reference, Amazon Session Manager Message Gateway Service).
        # assumed, not verified on AWS: that the client's own credentials are asked for it; live check
        _allow(("ssmmessages:OpenDataChannel",), ("*",), {}),
        _allow(("ssm:ResumeSession", "ssm:TerminateSession"), (f"arn:{partition}:ssm:*:*:session/*",), own),
    )


def _allow(actions: tuple[str, ...], resources: tuple[str, ...], conditions: Conditions) -> Statement:
    return Statement(
        effect="Allow", actions=actions, resources=resources, conditions=conditions, mark=BUILT_IN
    )
