"""Who is in params, by which levels, and what of it ends when."""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator

from jumpcf.artifacts.roster import Ending, Expiring, Gone, Listed, Roster
from jumpcf.errors import UnknownName
from jumpcf.estate import names
from jumpcf.estate.model import Estate, Grant, Left, Level, Partner, User
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.times import local_day


def roster(estate: Estate, partner: str | None, at: str) -> Roster:
    """The users of a partner, or of all, and who left; `at` ("2027-01-15T00:00:00Z") says who has ended."""
    today = _today(estate, at)
    users = tuple(
        _listed(one, user, at) for one in chosen(estate, partner) for user in sorted(one.users, key=_name)
    )
    left = tuple(_gone(one, who, today) for one in chosen(estate, partner) for who in one.left)
    return Roster(estate=estate.name, at=at, users=users, left=left)


def expiring(estate: Estate, partner: str | None, within: int, at: str) -> Expiring:
    """What has ended, or ends today or within so many days after; a contract stands before what it ends with."""
    today = _today(estate, at)
    found = [one for each in chosen(estate, partner) for one in _endings(each, today) if one.days <= within]
    order = {"contract": 0, "grant": 1, "user": 2}
    found.sort(key=lambda one: (one.ends, one.partner, order[one.kind], one.name))
    return Expiring(estate=estate.name, at=at, within=within, endings=tuple(found))


def _today(estate: Estate, at: str) -> datetime.date:
    return local_day(datetime.datetime.fromisoformat(at), estate.timezone)


def _gone(partner: Partner, left: Left, today: datetime.date) -> Gone:
    """A session lasts 12 hours at most, so none is left on the second day after."""
    over = (today - left.day).days >= 2
    return Gone(
        partner=partner.name, name=left.name, day=left.day.isoformat(), over=over, place=str(left.mark)
    )


def chosen(estate: Estate, partner: str | None) -> list[Partner]:
    """The partner of this name, or all of them; G561 where there is none."""
    if partner is None:
        return [estate.partners[name] for name in sorted(estate.partners)]
    if partner not in estate.partners:
        raise UnknownName("G561", f"no partner {partner}", did_you_mean(partner, estate.partners))
    return [estate.partners[partner]]


def partners_levels(
    estate: Estate, partner: str, wanted: Callable[[Level], bool]
) -> dict[str, tuple[str, ...]]:
    """Of a partner's levels the `wanted` ones, sorted, by organization."""
    made: dict[str, set[str]] = {}
    for grant in estate.partners[partner].grants:
        if found := {level for level in grant.levels if wanted(estate.levels[level])}:
            made.setdefault(grant.organization, set()).update(found)
    return {organization: tuple(sorted(levels)) for organization, levels in sorted(made.items())}


def nobody(
    partner: str, user: str, users: Iterable[str], left: Collection[str], where: str = ""
) -> UnknownName:
    """The refusal (G561) of a name that is none of the partner's `users`; of who `left` it says so."""
    gone = f"he left, and stands under left in params/partners/{partner}.yaml"
    hint = gone if user in left else did_you_mean(user, users)
    return UnknownName("G561", f"{partner} has no user {user}{where}", hint)


def _name(user: User) -> str:
    return user.name


def _listed(partner: Partner, user: User, at: str) -> Listed:
    end = min((one for one in (user.until, partner.until) if one), key=lambda one: one.ends)
    frozen = user.frozen or partner.frozen
    return Listed(
        partner=partner.name,
        name=user.name,
        email=user.email,
        groups=tuple(sorted(user.groups)),
        grants=tuple(grant.name for grant in partner.grants if grant.is_for(user)),
        until=end.day.isoformat(),
        ends=end.ends,
        ended=end.ends <= at,
        frozen=frozen.reason if frozen else "",
        iam_groups=tuple(
            sorted(
                [names.members_group(partner.name), *(names.group(partner.name, one) for one in user.groups)]
            )
        ),
        cli=partner.cli,
    )


def _endings(partner: Partner, today: datetime.date) -> Iterator[Ending]:
    """The contract, and what ends earlier by a date of its own."""

    def made(kind: str, item: Partner | Grant | User, people: Iterable[User]) -> Ending:
        end = item.until
        assert end is not None
        return Ending(
            kind=kind,  # type: ignore[arg-type]
            partner=partner.name,
            name=item.name,
            until=end.day.isoformat(),
            ends=end.ends,
            days=(end.day - today).days,
            people=tuple(sorted(one.name for one in people)),
            place=str(item.mark),
        )

    yield made("contract", partner, partner.users)
    for grant in partner.grants:
        if grant.until.ends < partner.until.ends:
            yield made("grant", grant, (user for user in partner.users if grant.is_for(user)))
    for user in partner.users:
        if user.until and user.until.ends < partner.until.ends:
            yield made("user", user, [user])
