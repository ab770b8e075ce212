"""What params promise of a grant's roles and of the jump account's users, whatever modules in stacks/ make."""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import Denied, Promises
from jumpcf.estate.model import Estate, Grant, Partner, User


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


def promises_in_jump(estate: Estate) -> Promises:
    """For the rules: what everybody is denied in the jump account.  In which of its stacks he stands is not asked."""
    return Promises(
        jump=estate.jump.account,
        partition=estate.partition,
        people={
            user.name: tuple(_denied_user(partner, user))
            for partner in estate.partners.values()
            for user in partner.users
        },
    )


def _denied_user(partner: Partner, user: User) -> Iterator[Denied]:
    end = partner.until.ends
    yield Denied(what=f"from {end} on, the end of {partner.name}", ends=end, mark=partner.mark)
    if user.until is not None and user.until.ends < end:
        what = f"from {user.until.ends} on, his own end"
        yield Denied(what=what, name=user.name, ends=user.until.ends, mark=user.mark)
    for name, ice in (("he", user.frozen), (partner.name, partner.frozen)):
        if ice:
            yield Denied(what=f"{name} is frozen", before=ice.before, mark=ice.mark)
