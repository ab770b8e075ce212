"""Small things of language that several sentences share."""

AWAIT = "nothing here waits for it: wait, then run status"  # said of work in AWS that no operation follows


def count(number: int, noun: str) -> str:
    """A number and its noun: "1 account", "2 accounts"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
