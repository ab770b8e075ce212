"""Step 7: who can reach what.  No AWS."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jumpcf.pipeline.building import bodies, build, load
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.access.deed import Deed
    from jumpcf.access.model import Graph, RoleKind


def access(folders: Folders, *, say: Say = silent) -> "Graph":
    """Who can reach what, from the rendered bytes and the lock's accounts (after 2).  No AWS."""
    import orjson

    from jumpcf.access.graph import read_graph

    built = build(folders, lint=False, say=say)
    estate, _ = load(folders)
    sources = orjson.loads((folders.build / "sources.json").read_bytes())
    return read_graph(estate, built.manifest, bodies(folders, built.manifest).parsed, sources)


def deed(
    folders: Folders,
    roles: Sequence["RoleKind"],
    action: str,
    resource: str,
    context: Sequence[str],
    *,
    say: Say = silent,
) -> "Deed":
    """What `access` is asked about in a session of one of these roles, with the snapshots of AWS's policies on
    them.  An action that no table knows is told and not refused: a pattern such as s3:Get* would let a typing
    error pass, and AWS has actions that the table does not know yet."""
    from jumpcf.access.deed import read_deed
    from jumpcf.access.snapshots import read_snapshots
    from jumpcf.iam import action_table

    if not action_table.exists(action):
        say(f"Note: {action} is in no table of actions; is it spelled as AWS spells it?")
    names = [name for role in roles for name in role.opaque]
    return read_deed(action, resource, context, read_snapshots(folders.root, names))
