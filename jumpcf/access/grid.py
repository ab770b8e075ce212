"""The matrix as a grid of texts: an account in a row, a partner in a column."""

from collections import defaultdict

from jumpcf.access.matrix import Entry, Matrix

_SESSION = {"works": "", "opaque": "", "unknown": "", "denied": " (useless)"}


def grid(matrix: Matrix) -> tuple[list[str], list[list[str]]]:
    """Header and rows; accounts that nobody reaches are left out.  A cell holds levels, and how many of the
    partner's users have one where not all do ("Power 3/6"); "(useless)" where its sessions may do nothing."""
    users = {column.partner: column.users for column in matrix.columns}
    cells: dict[tuple[str, str, str, str], dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for one in matrix.entries:
        cells[one.organization, one.path, one.account, one.account_name][one.partner].append(one)
    header = ["organization", "OU", "account", "name", *users]
    rows = [
        [*place, *(_cell(found.get(partner, []), users[partner]) for partner in users)]
        for place, found in sorted(cells.items())
    ]
    return header, rows


def _cell(entries: list[Entry], users: int) -> str:
    of_level: dict[str, set[str]] = defaultdict(set)
    sessions: dict[str, set[str]] = defaultdict(set)
    for one in entries:
        of_level[one.level].add(one.user)
        sessions[one.level].add(_SESSION[one.session])
    return ", ".join(
        level + (f" {len(who)}/{users}" if len(who) < users else "") + max(sessions[level])
        for level, who in sorted(of_level.items())
    )
