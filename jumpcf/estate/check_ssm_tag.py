"""The tag of the built-in level SSM tells partners apart."""

from jumpcf.estate.files import Params
from jumpcf.estate.levels import SSM
from jumpcf.estate.report import Report


def check_ssm_tag(params: Params, report: Report) -> None:
    """Report a tag value that is the same for two partners who have the level SSM.

    Their accounts need not overlap today: nothing else keeps the one from the other's instances when they do.
    """
    if not params.estate:
        return
    written = params.estate.model.defaults.ssm_tag.value
    owners: dict[str, set[str]] = {}
    for file in params.partners.values():
        for name, grant in file.model.grants.items() if file else ():
            if file and SSM in grant.levels:
                value = written.replace("${jump:partner}", file.model.partner).replace("${jump:grant}", name)
                owners.setdefault(value, set()).add(file.model.partner)
    for value, partners in sorted(owners.items()):
        if len(partners) > 1:
            message = f"defaults.ssm_tag.value: '{value}' is the tag of {' and '.join(sorted(partners))}"
            hint = "a value with ${jump:partner}, or a level of your own for shared instances"
            report.add(params.estate.mark("defaults", "ssm_tag", "value"), "E259", message, hint)
