"""What a freeze or a thaw came to, for people: what is closed, what is open still and until when."""

from jumpcf.artifacts.freezing import Freezing
from jumpcf.artifacts.manifest import JUMP


def text(made: Freezing, *, file: str) -> str:
    who = f"{made.user} of {made.partner}" if made.user else made.partner
    if not made.frozen:
        lines = [f"{who} is thawed."]
        lines += _section("open again", [(one.place, one.what) for one in made.closed])
    else:
        lines = [_headline(made, who)]
        lines += _section("closed", [(one.place, one.what) for one in made.closed])
    lines += _section(
        "still open" if made.frozen else "still closed",
        [(one.place, _open(one.what, one.until, one.why)) for one in made.open],
        [one.hint for one in made.open],
    )
    lines += _section(
        "no freeze reaches",
        [(one.place, _open(one.what, one.until, one.why)) for one in made.beyond],
        [one.hint for one in made.beyond],
    )
    if made.frozen and not made.open:
        lines.append("Nothing else is open." if made.beyond else "Nothing is open.")
    return "\n".join([*lines, *_commit(made, file)])


def not_frozen(who: str, with_all: str) -> str:
    """Of whose door nothing is closed; `with_all` is his partner who is frozen as a whole."""
    if with_all:
        return (
            f"{who} is not frozen alone, and {with_all} is: jumpcf partner thaw {with_all} opens it for all."
        )
    return f"{who} is not frozen."


def _headline(made: Freezing, who: str) -> str:
    """Frozen is who has no door into the jump account any more; all else comes on top."""
    if _shut(made):
        return f"{who} is frozen ({made.reason}, since {made.at})."
    less = "only sessions from before are closed" if made.closed else "nothing is closed"
    return f"{who} is NOT frozen: {less} ({made.reason}). To close it by hand: docs/break-glass.md."


def _shut(made: Freezing) -> bool:
    return any(one.place == JUMP for one in made.closed)


def _open(what: str, until: str, why: str) -> str:
    ends = f", until {until} at the latest" if until else ""
    return f"{what}{ends}: {why}"


def _section(title: str, lines: list[tuple[str, str]], hints: list[str] | None = None) -> list[str]:
    if not lines:
        return []
    width = max(len(place) for place, _ in lines)
    made = [title]
    for number, (place, what) in enumerate(lines):
        made.append(f"  {place:{width}}  {what}")
        if hints and hints[number]:
            made.append(f"  {'':{width}}  hint: {hints[number]}")
    return made


def _commit(made: Freezing, file: str) -> list[str]:
    if not made.frozen:
        return [f"Commit {file}: a deploy from a copy that still says frozen would close the door again."]
    if any(one.place == "params" for one in made.open):
        return []
    if any(one.place == JUMP and one.why.endswith("[A573]") for one in made.open):
        return []  # another partner's door is his, and its hint says which
    if not _shut(made):
        return [
            f"Run it again before {file} is deployed: a deploy of it closes the door in the jump account, but not "
            "the sessions that are taken until then."
        ]
    if made.left:
        return [f"He stands under left in {file}: commit it; jumpcf deploy --accept-deletion deletes him."]
    return [
        f"Commit {file}: a deploy from a copy without it would open again what was rolled out, and asks for "
        "--accept-broadening first."
    ]
