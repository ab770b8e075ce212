"""What is told of an offboarding at once that is broken off: Ctrl-C, or nobody answers any more."""

from collections.abc import Iterator
from contextlib import contextmanager

from jumpcf.errors import AwsRefused, Interrupted


@contextmanager
def told_if_broken_off(stands: str) -> Iterator[None]:
    """Within, everything is taken from a user of whom params say what `stands`.  Interrupted (G578), and AWS's own
    refusal, with that and with what does the rest."""
    so_far = "some of what he has may be taken by now"
    again = f"{stands}; run the same command again, it takes the rest"
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("G578", f"interrupted: {so_far}", again) from None
    except AwsRefused as refused:
        refused.hint = "; ".join(filter(None, (refused.hint, so_far, again)))
        raise
