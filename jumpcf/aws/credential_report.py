"""The account's credential report: one CSV line for each user, made by AWS at most every four hours.

IAM User Guide, "Generate credential reports for your AWS account"; IAM API reference, GenerateCredentialReport.
"""

import csv
import datetime
import io
from dataclasses import dataclass

from jumpcf.artifacts.instants import utc
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.errors import AwsRefused

LIMIT = 300.0  # seconds; a report of thousands of users takes tens of them
LATER = ("ReportInProgress", "ReportNotPresent", "ReportExpired")
NOTHING = ("N/A", "no_information", "not_supported", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A line.  Instants in UTC, "" where it has none; `keys` says whether there is any."""

    password_used: str
    password_changed: str
    keys: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report, by the user's ARN, and when it was made."""

    made: datetime.datetime
    users: dict[str, Reported]


def read_report(iam: Api, waiter: Waiter) -> Report:
    """The report as it is, or a new one where AWS makes one; waits for it."""
    answer = waiter.until(lambda: _look(iam), "the credential report", limit=LIMIT)
    return Report(made=answer["GeneratedTime"], users=parse(answer["Content"]))


def _look(iam: Api) -> Answer | None:
    """The report, or None while it is made; one that expired between the two calls is asked for anew."""
    if iam.call("GenerateCredentialReport").get("State") != "COMPLETE":
        return None
    try:
        return iam.call("GetCredentialReport")
    except CallRefused as refused:
        if refused.aws_code in LATER:
            return None
        raise


def parse(content: bytes) -> dict[str, Reported]:
    """The lines by ARN, the root user's left out; columns are found by name, so new ones do no harm."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
    try:
        return {
            row["arn"]: Reported(
                password_used=_instant(row["password_last_used"]),
                password_changed=_instant(row["password_last_changed"]),
                keys=any(_instant(row[f"access_key_{number}_last_rotated"]) for number in (1, 2)),
            )
            for row in rows
            if row["user"] != "<root_account>"
        }
    except (KeyError, TypeError, ValueError) as error:
        told = f"the credential report has another form than jumpcf knows: {error}"
        raise AwsRefused("A574", told, "report this; AWS changed its form") from None


def _instant(value: str | None) -> str:
    """In the one form of this room, UTC; "" for none."""
    if value is None:
        raise ValueError("a line is too short")
    return "" if value in NOTHING else utc(datetime.datetime.fromisoformat(value))
