"""What a change set would take away that the plan did not show; pure.

Source: CloudFormation API reference, ResourceChange, ResourceTargetDefinition.  What is not known here counts as not
shown: it is refused, not executed.
"""

from collections.abc import Collection, Iterable, Iterator

from jumpcf.aws.paging import Answer


def unshown(
    changes: Iterable[Answer], removes: Collection[str], replaces: Collection[str]
) -> tuple[str, ...]:
    """Every removal or replacement among the `Changes` of a change set, in words, that is not among the logical ids
    shown as going from the stack (`removes`) or as made anew (`replaces`)."""
    return tuple(sentence for change in changes for sentence in _sentences(change, removes, replaces))


def _sentences(change: Answer, removes: Collection[str], replaces: Collection[str]) -> Iterator[str]:
    found = change.get("ResourceChange") or {}
    resource, action = found.get("LogicalResourceId", "?"), found.get("Action", "?")
    match action:
        case "Add":
            return
        case "Remove":
            # What is retained stays in AWS; only the stack knows it no more.
            if found.get("PolicyAction") != "Retain" and resource not in removes:
                yield f"remove {_told(found)}"
        case "Modify":
            if (how := _replaced(found)) and resource not in replaces:
                yield f"{how} {_told(found)}"
        case "Dynamic":
            if resource not in removes or resource not in replaces:
                yield f"perhaps remove or replace {_told(found)}"
        case _:
            yield f"do {action} to {_told(found)}"


def _replaced(found: Answer) -> str:
    """How a change replaces its resource, or ""."""
    if found.get("Replacement") == "True":
        return "replace"
    targets = [detail.get("Target") or {} for detail in found.get("Details") or ()]
    recreates = any(target.get("RequiresRecreation", "Never") != "Never" for target in targets)
    anew = str(found.get("PolicyAction", "")).startswith("Replace")
    return "perhaps replace" if found.get("Replacement", "False") != "False" or recreates or anew else ""


def _told(found: Answer) -> str:
    """A resource as a person finds it: "UserKen (AWS::IAM::User ken)"."""
    name = f" {found['PhysicalResourceId']}" if found.get("PhysicalResourceId") else ""
    return f"{found.get('LogicalResourceId', '?')} ({found.get('ResourceType', '?')}{name})"
