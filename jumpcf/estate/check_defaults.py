"""params/estate.yaml: the jump account, the time zone, and the fence."""

from typing import Any

from jumpcf.errors import Mark
from jumpcf.estate import names, partitions, times
from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.schema import Reached
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.source import Key
from jumpcf.estate.validate import File

MAX_BUCKET = 63  # S3 User Guide, "General purpose bucket naming rules"


def check_defaults(params: Params, report: Report) -> None:
    """Report a region, role, time zone, list or name in estate.yaml that cannot be."""
    file = params.estate
    if not file:
        return
    jump, defaults = file.model.jump, file.model.defaults
    check_region(file, ("jump", "region"), jump.region, report)
    check_reached(file, ("jump",), jump, jump.region, report)
    check_repeated(file, ("defaults", "fence"), list(defaults.fence), report)
    try:
        times.zone(defaults.timezone)
    except ValueError:
        hint = did_you_mean(defaults.timezone, times.zones(), "an IANA name, such as Asia/Tokyo")
        mark = file.mark("defaults", "timezone")
        report.add(mark, "E233", f"defaults.timezone: '{defaults.timezone}' does not exist", hint)
    bucket = names.bucket(file.model.estate, jump.account, jump.region)
    if len(bucket) > MAX_BUCKET:
        room = len(file.model.estate) - (len(bucket) - MAX_BUCKET)
        message = f"estate: the bucket's name {bucket} has {len(bucket)} characters; S3 allows {MAX_BUCKET}"
        report.add(file.mark("estate"), "E219", message, f"at most {room} characters for the estate's name")


def check_region(file: File[Any], path: tuple[Key, ...], region: str, report: Report) -> None:
    """Report a region of a partition that jumpcf does not support."""
    if partitions.of_region(region) is None:
        message = f"{'.'.join(map(str, path))}: {region} is in a partition that jumpcf does not support"
        report.add(file.mark(*path), "E229", message, "supported: aws, aws-cn, aws-us-gov")


def check_reached(
    file: File[Any], path: tuple[Key, ...], reached: Reached, region: str, report: Report
) -> None:
    """Report two ways to one account, and a role that is not of this account and partition."""
    where = ".".join(map(str, path))
    if reached.profile is not None and reached.role_arn is not None:
        message = f"{where}: a profile and a role_arn are two ways to one account"
        report.add(file.key_mark(*path, "role_arn"), "E248", message, "keep one of the two")
    if reached.role_arn is not None:
        _, partition, _, _, account, _ = reached.role_arn.split(":", 5)
        if account != reached.account or partition != partitions.of_region(region):
            wanted = f"arn:{partitions.of_region(region) or 'aws'}:iam::{reached.account}:role/"
            message = f"{where}.role_arn: the role is not of account {reached.account} in this partition"
            report.add(file.mark(*path, "role_arn"), "E249", message, f"it begins with {wanted}")


def check_repeated(file: File[Any], path: tuple[Key, ...], values: list[str], report: Report) -> None:
    """Report each value that stands twice in a list of a file."""
    first: dict[str, Mark] = {}
    for index, value in enumerate(values):
        mark = file.mark(*path, index)
        if value in first:
            report.add(
                mark, "E209", f"'{value}' stands here twice", f"the first is in line {first[value].line}"
            )
        first.setdefault(value, mark)
