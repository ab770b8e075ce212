"""Step 7: who can reach what, and what if an account lay elsewhere.  No AWS."""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
from jumpcf.pipeline.building import bodies, build, load
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.access.deed import Deed
    from jumpcf.access.model import Graph, RoleKind
    from jumpcf.access.simulate import Simulation, Why
    from jumpcf.estate.model import Estate


def access(folders: Folders, *, say: Say = silent) -> "Graph":
    """Who can reach what, from the rendered bytes and the lock's accounts (after 2).  No AWS."""
    return _read(folders, say)[1]


def estate_and_access(folders: Folders, *, say: Say = silent) -> tuple["Estate", "Graph"]:
    """As `access`, with the estate from which it was compiled."""
    estate, graph, _ = _read(folders, say)
    return estate, graph


def _read(folders: Folders, say: Say) -> tuple["Estate", "Graph", "Why"]:
    """The estate, its graph, and which accounts are protected in each organization, and why."""
    import orjson

    from jumpcf.access.graph import read_graph

    manifest = build(folders, lint=False, say=say).manifest
    estate, _ = load(folders)
    sources = orjson.loads((folders.build / "sources.json").read_bytes())
    graph = read_graph(estate, manifest, bodies(folders, manifest).parsed, sources)
    return estate, graph, {one.name: one.protected for one in manifest.organizations}


def simulate_move(
    folders: Folders,
    account: str,
    unit: str,
    organization: str | None,
    *,
    at: datetime.datetime,
    say: Say = silent,
) -> "Simulation":
    """What a move of an account (by id or name) to an OU (by path or id) would mean at an instant.

    Without an organization the OU is one of the account's own, if that has it.
    """
    from jumpcf.access import find
    from jumpcf.access.ask import Asker, Moment
    from jumpcf.access.simulate import find_unit, moved, simulate

    estate, graph, protected = _read(folders, say)
    place = find.place(graph, account)
    there = moved(place, *find_unit(estate, unit, organization, place.organization))
    return simulate(estate, Asker(graph, Moment(at=utc(at))), protected, place, there)


def simulate_new(
    folders: Folders, unit: str, organization: str | None, *, at: datetime.datetime, say: Say = silent
) -> "Simulation":
    """What an account that is made in an OU (by path or id) would get at an instant."""
    from jumpcf.access.ask import Asker, Moment
    from jumpcf.access.simulate import find_unit, newcomer, simulate

    estate, graph, protected = _read(folders, say)
    place = newcomer(*find_unit(estate, unit, organization))
    return simulate(estate, Asker(graph, Moment(at=utc(at))), protected, None, place)


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
