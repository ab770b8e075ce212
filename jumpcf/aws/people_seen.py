"""Everybody below /partner/ in the jump account: what he has, and when he used it.

Groups and policies of all come by GetAccountAuthorizationDetails (a few calls), the last sign-in by ListUsers; a
person is asked for one at a time for what no list has: whether a password must be changed, the kind of MFA, and of
those who have keys their use.  The credential report has when a password was changed, and who has keys at all.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from jumpcf.artifacts.instants import utc
from jumpcf.artifacts.marks import PARTNER_PATH, PARTNER_TAG, is_freeze
from jumpcf.artifacts.people import MfaKind, SeenKey, SeenPeople, SeenUser
from jumpcf.aws.api import Api
from jumpcf.aws.credential_report import Report, read_report
from jumpcf.aws.organizations import Mapper
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.tags import tag_dict
from jumpcf.aws.users import users_below

PAGE = 1000  # the most that the list gives at once


def see_people(iam: Api, parallel: Mapper, waiter: Waiter, path: str = PARTNER_PATH) -> SeenPeople:
    """The users below a path, by name; who goes while this is read is left out."""
    report = read_report(iam, waiter)
    used = {user["UserName"]: user.get("PasswordLastUsed") for user in users_below(iam, path)}
    details = [
        one for one in _details(iam, "User") if one["Path"].startswith(path) and one["UserName"] in used
    ]
    shut = _shut_groups(iam)
    seen = parallel(partial(_one, iam, report, used, shut), details)
    users = sorted((one for one in seen if one is not None), key=lambda one: (one.path, one.name))
    return SeenPeople(reported=utc(report.made), users=tuple(users))


def _details(iam: Api, kind: str) -> Iterator[Answer]:
    return iam.pages(
        "GetAccountAuthorizationDetails", f"{kind}DetailList", mark="Marker", Filter=[kind], MaxItems=PAGE
    )


def _shut_groups(iam: Api) -> set[str]:
    """The groups that the freeze policy is attached to."""
    return {one["GroupName"] for one in _details(iam, "Group") if any(map(is_freeze, _attached(one)))}


def _attached(detail: Answer) -> list[str]:
    return [one["PolicyArn"] for one in detail.get("AttachedManagedPolicies") or ()]


def _one(iam: Api, report: Report, used: dict[str, Any], shut: set[str], detail: Answer) -> SeenUser | None:
    name, groups = detail["UserName"], sorted(detail.get("GroupList") or ())
    line = report.users.get(detail["Arn"])
    profile = iam.call_or_none("GetLoginProfile", UserName=name)
    devices = iam.call_or_none("ListMFADevices", UserName=name)
    if devices is None:
        return None
    keys = _keys(iam, name) if line is None or line.keys else ()
    changed = line.password_changed if line else ""
    attached = _attached(detail)
    inline = [one["PolicyName"] for one in detail.get("UserPolicyList") or ()]
    reported = line.password_used if line else ""
    return SeenUser(
        name=name,
        path=detail["Path"],
        arn=detail["Arn"],
        tag=tag_dict(detail.get("Tags")).get(PARTNER_TAG, ""),
        groups=tuple(groups),
        policies=tuple(sorted([*(one for one in attached if not is_freeze(one)), *inline])),
        password=max(utc(profile["LoginProfile"]["CreateDate"]), changed) if profile else "",
        must_change=bool(profile and profile["LoginProfile"].get("PasswordResetRequired")),
        signed_in=max(reported, utc(used[name]) if used[name] else ""),
        mfa=tuple(sorted(kind_of(one["SerialNumber"]) for one in devices["MFADevices"])),
        keys=keys,
        shut=tuple(
            [*([name] if any(map(is_freeze, attached)) else ()), *(one for one in groups if one in shut)]
        ),
    )


def kind_of(serial: str) -> MfaKind:
    """By the form of its serial number: a virtual device's is its ARN (IAM API reference, MFADevice), a passkey's or
    security key's an ARN too (`u2f/user/…`, GetMFADevice), a hardware token's the number on its back."""
    if ":mfa/" in serial:
        return "virtual"
    return "passkey" if ":u2f/" in serial else "hardware"


def _keys(iam: Api, name: str) -> tuple[SeenKey, ...]:
    listed = iam.call_or_none("ListAccessKeys", UserName=name) or {"AccessKeyMetadata": []}
    keys = []
    for one in listed["AccessKeyMetadata"]:
        last = iam.call("GetAccessKeyLastUsed", AccessKeyId=one["AccessKeyId"])["AccessKeyLastUsed"]
        used = last.get("LastUsedDate")
        keys.append(
            SeenKey(
                active=one["Status"] == "Active",
                made=utc(one["CreateDate"]),
                used=utc(used) if used else "",
            )
        )
    return tuple(sorted(keys, key=lambda key: key.made))
