"""Somebody taken out of params, and what an emergency offboarding came to, as text."""

from jumpcf.artifacts.offboarded import Offboarded, Proof, Removed
from jumpcf.cli.tables import wrapped


def text(made: Offboarded) -> str:
    """The proof, one kind in a line, then what is left to do."""
    who = f"{made.partner}/{made.user}"
    if made.state == "gone":
        lines = [f"{who} is gone: the jump account has no user of this name (read at {made.at})."]
        if not made.todo:  # whoever was misspelt must not look like one who left
            lines.append("params do not name him either; if you meant another name, nothing was taken.")
    else:
        lines = [f"{who} {_verdict(made)}. What IAM showed at {made.at}:"]
        wide = max(len(one.what) for one in made.proofs)
        lines += [line for one in made.proofs for line in _proof(one, wide)]
        lines.append(f"  user {made.id}, by {made.by}")
    if made.todo:
        lines.append("Left to do:")
    for number, todo in enumerate(made.todo, 1):
        lines += wrapped(f"  {number}. {todo}", 5)
    return "\n".join(lines)


def _verdict(made: Offboarded) -> str:
    if made.state == "done":
        return "has nothing any more"
    if any(one.left != 0 for one in made.proofs):
        return "STILL HAS SOMETHING"
    return "has nothing any more, but WHAT HE HAS OPEN MAY NOT BE DENIED"


def _proof(one: Proof, wide: int) -> list[str]:
    left = "NOT KNOWN" if one.left is None else f"{one.left} LEFT" if one.left else "none"
    if one.stays:
        less = "" if one.left == 0 else f"{left}; "
        left = f"{less}{one.stays} stays until he is deleted"
    taken = f"  ({one.taken} taken)" if one.taken else ""
    line = f"  {one.what:<{wide}}  {left}{taken}".rstrip()
    if not one.refusal:
        return [line]
    return [line, *wrapped(one.refusal, 6, first=" " * 6)]


def removed(made: Removed) -> str:
    lines = [
        f"{made.user} stands under left in {made.params} ({made.day}).",
        "jumpcf plan shows what goes with him; jumpcf deploy --accept-deletion does it.",
    ]
    if made.near:
        lines.append(f"{made.near} is in users still; if he was meant, take the entry out of left again.")
    return "\n".join(lines)


def question(who: str, arn: str) -> str:
    return (
        f"This takes everything from {who} ({arn}), at once, and moves him to left in params. "
        f"Type '{who.partition('/')[2]}' to go on"
    )
