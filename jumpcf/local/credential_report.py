"""The account's credential report.

IAM User Guide, "Generate credential reports for your AWS account": one CSV line per user and one for the root
user, made anew when the last one is four hours old.
"""

import csv
import datetime
import io
from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.iam.models import AccessKey, IAMBackend, User
from moto.iam.responses import IamResponse

from jumpcf.local.refusals import Refusal
from jumpcf.local.world import World

FRESH = 4 * 3600  # seconds
_HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,"
    "access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
)
_NO_KEY = ["false", "N/A", "N/A", "N/A", "N/A"]
_NO_CERTIFICATES = ["false", "N/A", "false", "N/A"]


class ReportNotPresent(Refusal):
    code = "ReportNotPresent"


class ReportExpired(Refusal):
    code = "ReportExpired"


class CredentialReport(IamResponse):
    """GenerateCredentialReport and GetCredentialReport."""

    world: ClassVar[World]

    def generate_credential_report(self) -> ActionResult:
        """STARTED where a new one is made, COMPLETE where there is a fresh one."""
        now, last = self.world.clock(), self.world.reports.get(self.current_account)
        if last is not None and now - last[0] < FRESH:
            return ActionResult({"State": "COMPLETE"})
        self.world.reports[self.current_account] = (now, report(self.backend))
        text = "No report exists. Starting a new report generation task"
        return ActionResult({"State": "STARTED", "Description": text})

    def get_credential_report(self) -> ActionResult:
        last = self.world.reports.get(self.current_account)
        if last is None:
            raise ReportNotPresent("No report is present for this account")
        if self.world.clock() - last[0] >= FRESH:
            raise ReportExpired("The report is expired. Generate a new one.")
        made = {"Content": last[1], "ReportFormat": "text/csv", "GeneratedTime": self.world.instant(last[0])}
        return ActionResult(made)


def report(iam: IAMBackend) -> str:
    """The report of an account's users as they are."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    text.write(_HEADER)
    root = f"arn:{iam.partition}:iam::{iam.account_id}:root"
    unknown = ["not_supported", "no_information", "not_supported", "not_supported", "false"]
    lines.writerow(
        ["<root_account>", root, "no_information", *unknown, *_NO_KEY, *_NO_KEY, *_NO_CERTIFICATES]
    )
    for user in iam.users.values():
        lines.writerow(_line(user, iam))
    return text.getvalue()


def _line(user: User, iam: IAMBackend) -> list[str]:
    keys = [_key(key) for key in user.access_keys[:2]]
    keys += [_NO_KEY] * (2 - len(keys))
    mfa = "true" if user.mfa_devices else "false"
    return [
        *(user.name, user.arn, _instant(user.create_date)),
        *_password(user, iam),
        mfa,
        *keys[0],
        *keys[1],
        *_certificates(user),
    ]


def _password(user: User, iam: IAMBackend) -> list[str]:
    """password_enabled, password_last_used, password_last_changed, password_next_rotation."""
    if not user.password:
        return ["false", "N/A", "N/A", "N/A"]
    used: Any = user.password_last_used
    changed = vars(user).get("password_changed", user.create_date)
    policy = iam.account_password_policy
    days = (policy.max_password_age or 0) if policy is not None else 0
    due = _instant(changed + datetime.timedelta(days=days)) if days else "N/A"
    return ["true", _instant(used) if used else "no_information", _instant(changed), due]


def _key(key: AccessKey) -> list[str]:
    """active, last_rotated, last_used_date, last_used_region, last_used_service."""
    active = "true" if key.status == "Active" else "false"
    used = key.last_used
    where = [_instant(used.timestamp), used.region, used.service] if used else ["N/A", "N/A", "N/A"]
    return [active, _instant(key.create_date), *where]


def _certificates(user: User) -> list[str]:
    found = [
        ["true" if one.status == "Active" else "false", _instant(one.upload_date)]
        for one in user.signing_certificates.values()
    ]
    return [text for one in (found + [["false", "N/A"]] * 2)[:2] for text in one]


def _instant(at: datetime.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
