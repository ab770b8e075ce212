"""What params promise of a grant's roles, whatever its module in stacks/ makes."""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import Denied, Promises
from jumpcf.estate.model import Estate, Grant


def promises_of(estate: Estate, grant: Grant) -> Promises:
    """For the rules: the accounts without the grant, its end, and whose sessions are denied."""
    return Promises(
        closed=tuple(sorted(grant.closed(estate.jump.account))),
        ends=grant.until.ends,
        jump=estate.jump.account,
        named=estate.sessions_named,
        mark=grant.mark,
        denied=tuple(_denied(estate, grant)),
    )


def _denied(estate: Estate, grant: Grant) -> Iterator[Denied]:
    partner = estate.partners[grant.partner]
    if ice := partner.frozen:
        what = f"sessions from before {ice.before}, for {partner.name} is frozen"
        yield Denied(what=what, before=ice.before, mark=ice.mark)
    for one in partner.left:
        yield Denied(what=f"the sessions of {one.name}, who left", name=one.name, mark=one.mark)
    for user in partner.users:
        if ice := user.frozen:
            what = f"sessions of {user.name} from before {ice.before}, who is frozen"
            yield Denied(what=what, name=user.name, before=ice.before, mark=ice.mark)
        if user.until is not None and user.until.ends < grant.until.ends and grant.is_for(user):
            what = f"the sessions of {user.name} from {user.until.ends} on, his own end"
            yield Denied(what=what, name=user.name, ends=user.until.ends, mark=user.mark)
