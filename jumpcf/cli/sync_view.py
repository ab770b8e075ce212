"""A refreshed lock as text: every change, and what it means for the grants."""

from collections.abc import Iterator

from jumpcf.artifacts.lock import LockChange, LockFile, Synced

SIGNS = {"joined": "+", "left": "-", "new": "+"}


def text(synced: Synced, *, fits: bool = True) -> str:
    """A file, then its changes; at the end what comes next, where params `fits` what AWS says now."""
    lines = [line for one in synced.files for line in _file(one, synced.check)]
    changed = sum(one.state in ("new", "changed") for one in synced.files)
    refused = sum(one.state == "refused" for one in synced.files)
    if refused:
        lines.append(f"{refused} of {len(synced.files)} files could not be refreshed.")
    if changed and fits and not synced.check:
        lines.append("Review the changes and commit params/lock/; then: jumpcf plan")
    return "\n".join(lines) or "No organization and no parameter: nothing to lock."


def _file(one: LockFile, check: bool) -> Iterator[str]:
    verb = {
        "same": "as AWS says",
        "refused": "NOT refreshed",
        "new": "would be new" if check else "new",
        "changed": "differs" if check else "refreshed",
    }[one.state]
    form = " (the same content in another form)" if one.state == "changed" and not one.changes else ""
    yield f"{one.file}: {verb}{form}"
    yield from (f"  {line}" for change in one.changes for line in _change(change))


def _change(change: LockChange) -> Iterator[str]:
    if change.kind == "unreadable":
        yield "! the old one could not be read, so what changed is not known"
        return
    if change.kind == "new":
        yield f"+ {change.subject}: {change.facts[0]}"
        yield from (f"    {told}" for told in change.gains)
        return
    noun = {"unit": "OU ", "parameter": "parameter ", "other": ""}.get(change.kind, "account ")
    name = f"{change.name} ({change.subject})" if change.kind == "unit" else change.subject
    if change.name and change.kind not in ("unit", "other"):
        name += f" {change.name}"
    means = "; ".join(_meaning(change))
    yield f"{SIGNS.get(change.kind, '!')} {noun}{name} {'; '.join(change.facts)}{': ' if means else ''}{means}"


def _meaning(change: LockChange) -> Iterator[str]:
    if change.kind == "unit":
        if change.gains:
            yield f"accounts in it get {' and '.join(change.gains)}"
        return
    if change.kind == "parameter":
        yield ", ".join(change.gains)
        return
    if change.gains:
        yield f"{' and '.join(change.gains)} {_verb(change.gains, 'reaches', 'reach')} it"
    if change.loses:
        yield f"{' and '.join(change.loses)} no longer {_verb(change.loses, 'reaches', 'reach')} it"
    yield from change.why
    if change.kind == "joined" and not change.gains and not change.why:
        yield "no grant reaches it"


def _verb(subjects: tuple[str, ...], one: str, many: str) -> str:
    return one if len(subjects) == 1 else many
