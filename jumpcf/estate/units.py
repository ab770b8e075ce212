"""From what people write (a path or an id) to an OU of the lock, with a helpful answer where there is none."""

from jumpcf.errors import Mark
from jumpcf.estate.report import Report
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.tree import Tree


def find_unit(
    reference: str, organization: str, trees: dict[str, Tree], mark: Mark, report: Report
) -> str | None:
    """The id of the OU; None, and a problem, where it is unknown or a path names several."""
    found = trees[organization].find(reference)
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{reference} is the path of {len(found)} OUs of {organization}"
        report.add(mark, "E215", message, f"write the id of one: {', '.join(sorted(found))}")
    else:
        message = f"{organization} has no OU {reference}"
        report.add(mark, "E214", message, _unknown(reference, organization, trees))
    return None


def _unknown(reference: str, organization: str, trees: dict[str, Tree]) -> str:
    tree = trees[organization]
    bare = reference.rstrip("/")
    if bare != reference and tree.find(bare):
        return f"without the slash at the end: {bare}"
    elsewhere = sorted(name for name, other in trees.items() if other.find(reference))
    if not reference.startswith("/"):
        if elsewhere:
            return f"it is an OU of {', '.join(elsewhere)}"
        suffix = tree.root.removeprefix("r-")
        if reference.split("-")[1] != suffix:
            return f"it is of another root: ids of {organization} begin with ou-{suffix}-"
        return did_you_mean(reference, tree.units, "run jumpcf sync if it is new")
    near = did_you_mean(reference, tree.paths, "run jumpcf sync if it is new")
    if elsewhere and not near.startswith("did"):
        return f"{', '.join(elsewhere)} has one of this path"
    return near
