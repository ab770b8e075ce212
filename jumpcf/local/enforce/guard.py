"""The gate's question, with `--enforce`: may this caller make this call?"""

from typing import Any

from jumpcf.local import devices
from jumpcf.local.enforce import callers, calls, things, verdict
from jumpcf.local.enforce.asked import Asked
from jumpcf.local.enforce.callers import Caller, Context
from jumpcf.local.enforce.calls import Call
from jumpcf.local.refusals import Denied
from jumpcf.local.world import World

_ON_DEVICES = ("iam:EnableMFADevice", "iam:DeactivateMFADevice")
_BY_PASSWORD_POLICY = ("iam:ChangePassword", "iam:GetAccountPasswordPolicy")


def check(world: World, environ: dict[str, Any], service: str, account: str, key: str) -> None:
    """Raise Denied for what is not allowed, NotImplementedHere for what cannot be judged.

    The accounts' fixed keys are their administrators', who are not judged.
    """
    call = calls.read(environ, service)
    caller = callers.who(world, account, key, call.region)
    judge(world, call, caller, calls.source_ip(environ), environ.get("HTTP_USER_AGENT", ""))


def judge(world: World, call: Call, caller: Caller, address: str, agent: str = "") -> None:
    """The same of a call that was read, from an address."""
    if caller.is_administrator:
        return
    _check_session_token(call, caller)
    context = _context(world, call, caller, address, agent)
    for one in things.asked(world, call, caller):
        about = callers.organization("aws:Resource", one.account, call.region)
        verdict.check(one, caller, context | about, own_password=_own_password(caller, one))
    _check_second_device(call, caller)


def _check_session_token(call: Call, caller: Caller) -> None:
    """What a session of GetSessionToken may not call, whatever the policies say (STS API reference)."""
    if caller.user is None or caller.session is None or caller.session.console:
        return
    if call.service == "iam" and caller.session.mfa_at is None:
        raise Denied("The security token included in the request is invalid: IAM needs a session with MFA.")


def _check_second_device(call: Call, caller: Caller) -> None:
    """Who has a device shows it to add or remove one, whatever the policies say (bulletin AWS-2023-001)."""
    if call.action not in _ON_DEVICES or caller.user is None or not caller.user.mfa_devices:
        return
    own = call.text("UserName") in ("", caller.user.name)
    if own and (caller.session is None or caller.session.mfa_at is None):
        raise Denied("MFA is needed to add or remove an MFA device of a user who has one.")


def _context(world: World, call: Call, caller: Caller, address: str, agent: str) -> Context:
    """The condition keys of the moment (reference_policies_condition-keys)."""
    now = world.clock()
    context: Context = {
        "aws:CurrentTime": callers.moment(world, now),
        "aws:EpochTime": str(int(now)),
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": call.region,
        "aws:SecureTransport": "true",  # the endpoint plays AWS's, which speaks TLS
        "aws:SourceIp": address,
        "aws:UserAgent": agent,
        "aws:ViaAWSService": "false",
    }
    if call.action == "sts:AssumeRole" and call.text("SerialNumber"):
        devices.present(caller.iam, caller.user, call.text("SerialNumber"), call.text("TokenCode"), now)
        context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}
    return context


def _own_password(caller: Caller, one: Asked) -> bool:
    """AllowUsersToChangePassword stands for a policy (IAM User Guide, "Permit IAM users to change their own
    passwords")."""
    policy = caller.iam.account_password_policy
    if caller.user is None or policy is None or not policy.allow_users_to_change_password:
        return False
    return one.action in _BY_PASSWORD_POLICY and one.resource in ("*", caller.user.arn)
