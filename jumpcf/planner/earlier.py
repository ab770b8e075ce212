"""An earlier manifest made to fit today's lock files, so that a rehearsal can begin from what it deployed."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest, Target


def fitted(
    earlier: Manifest, today: Manifest, units: Mapping[str, Collection[str]]
) -> tuple[Manifest, tuple[str, ...]]:
    """The earlier manifest without what today's organizations have no more, and a notice for each of these.

    `units` are the OUs (and the root) of each organization by its name.  Connections are today's: credentials
    are none of the things that are rehearsed.
    """
    known = {one.name: one for one in today.organizations}
    notices = [
        f"the earlier manifest's organization {one.name} is not in params/ any more: left out"
        for one in earlier.organizations
        if one.name not in known
    ]
    stacks: list[CompiledStack] = []
    for stack in earlier.stacks:
        if stack.place == JUMP or stack.target is None:
            stacks.append(stack)
        elif stack.place in known:
            target, gone = _within(stack.target, units[stack.place])
            notices += [
                f"{stack.place}/{stack.name} went to {path}, which is gone: left out" for path in gone
            ]
            if target.ous:
                stacks.append(replace(stack, target=target))
    organizations = tuple(
        replace(one, connection=known[one.name].connection)
        for one in earlier.organizations
        if one.name in known
    )
    fitting = replace(earlier, jump=today.jump, organizations=organizations, stacks=tuple(stacks))
    return fitting, tuple(notices)


def _within(target: Target, units: Collection[str]) -> tuple[Target, list[str]]:
    pairs = list(zip(target.ous, target.paths, strict=True))
    there = [(unit, path) for unit, path in pairs if unit in units]
    ous, paths = tuple(unit for unit, _ in there), tuple(path for _, path in there)
    return replace(target, ous=ous, paths=paths), [path for unit, path in pairs if unit not in units]
