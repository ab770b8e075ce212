"""The calls of a run as a table."""

from jumpcf.artifacts.calls import Stats

FORMAT = "{:16} {:16} {:>6} {:>8} {:>10} {:>9} {:>8}"


def text(stats: Stats) -> str:
    """A line for each place and service, and one for all; 80 columns."""
    if not stats.calls:
        return "No calls to AWS."
    lines = [FORMAT.format("calls to AWS", "", "calls", "retries", "throttled", "seconds", "held")]
    for one in stats.calls:
        lines.append(
            _line(one.place, one.service, one.calls, one.retries, one.throttled, one.seconds, one.held)
        )
    lines.append(
        _line(
            "in all",
            "",
            sum(one.calls for one in stats.calls),
            sum(one.retries for one in stats.calls),
            sum(one.throttled for one in stats.calls),
            sum(one.seconds for one in stats.calls),
            sum(one.held for one in stats.calls),
        )
    )
    return "\n".join(lines)


def _line(
    place: str, service: str, calls: int, retries: int, throttled: int, seconds: float, held: float
) -> str:
    return FORMAT.format(place, service, calls, retries, throttled, f"{seconds:.1f}", f"{held:.1f}")
