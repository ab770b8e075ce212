"""What a freeze or a thaw came to, for people: what is closed, what is open still and until when."""

from jumpcf.artifacts.freezing import Freezing


def text(made: Freezing, *, file: str) -> str:
    who = f"{made.user} of {made.partner}" if made.user else made.partner
    if not made.frozen:
        lines = [f"{who} is thawed."]
        lines += _section("open again", [(one.place, one.what) for one in made.closed])
    else:
        lines = [f"{who} is frozen ({made.reason}, since {made.at})."]
        lines += _section("closed", [(one.place, one.what) for one in made.closed])
    lines += _section(
        "still open" if made.frozen else "still closed",
        [(one.place, _open(one.what, one.until, one.why)) for one in made.open],
        [one.hint for one in made.open],
    )
    if made.frozen and not made.open:
        lines.append("Nothing is open.")
    lines.append(_commit(made, file))
    return "\n".join(lines)


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


def _commit(made: Freezing, file: str) -> str:
    if made.frozen:
        return (
            f"Commit {file}: a deploy from a copy without it would open the door again, and asks for "
            "--accept-broadening first."
        )
    return f"Commit {file}: a deploy from a copy that still says frozen would close the door again."
