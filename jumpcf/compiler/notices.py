"""What a build says each time although it is allowed: dangers that somebody accepted, and what is not done."""

from collections.abc import Collection, Mapping

from jumpcf.compiler.guardrails import role_makers
from jumpcf.estate.model import Estate, Grant, Organization


def notices(estate: Estate, organizations: Collection[str]) -> tuple[str, ...]:
    """Sentences, in a stable order; `organizations` are those compiled now."""
    grants = [grant for partner in estate.partners.values() for grant in partner.grants]
    chosen = [grant for grant in grants if grant.organization in organizations]
    return (
        *_frozen(estate),
        *_relaxed(estate, chosen),
        *_admitted(estate, chosen),
        *_perimeter(estate, organizations),
        *_scope(estate),
        *_nameless(estate),
        *_without_ipv4(estate),
        *_partition(estate),
    )


def _frozen(estate: Estate) -> list[str]:
    """So that nobody wonders why a partner's people are let in nowhere, and nobody forgets them."""
    return [
        f"{who} is frozen since {frozen.at}: {frozen.reason}"
        for partner in estate.partners.values()
        for who, frozen in (
            (partner.name, partner.frozen),
            *((f"{user.name} of {partner.name}", user.frozen) for user in partner.users),
        )
        if frozen is not None
    ]


def _relaxed(estate: Estate, grants: list[Grant]) -> list[str]:
    used = sorted({level for grant in grants for level in grant.levels})
    levels = [estate.levels[name] for name in used]
    return [
        f"level {level.name} has a relaxed boundary and accepts escalation: {level.accept_escalation}"
        for level in levels
        if level.boundary == "relaxed"
    ]


def _admitted(estate: Estate, grants: list[Grant]) -> list[str]:
    """By the lock, the accounts that an acceptance opens; one that opens none has a warning (E237) and no note."""
    return [
        f"grant {grant.partner}/{grant.name} accepts delegated administrators' accounts "
        f"({', '.join(admitted)}): {grant.accept_delegated_admin}"
        for grant in grants
        if (admitted := _opened(estate.organizations[grant.organization], grant))
    ]


def _opened(organization: Organization, grant: Grant) -> list[str]:
    parents = {unit.id: unit.parent for unit in organization.units}
    closed = {*grant.protected, *grant.excepted}
    return [
        account.id
        for account in organization.accounts
        if account.id in organization.protected.keys() - closed
        and _within(account.unit, grant.units, parents)
    ]


def _within(unit: str, units: Collection[str], parents: Mapping[str, str | None]) -> bool:
    here: str | None = unit
    while here is not None and here not in units:
        here = parents[here]
    return here is not None


def _perimeter(estate: Estate, organizations: Collection[str]) -> list[str]:
    """No IAM condition key sees whom a role trusts."""
    return [
        f"organization {name}: {', '.join(makers)} can make roles that trust accounts outside; "
        f"have its owner attach build/guardrails/{name}/rcp.json (docs/stacks.md)"
        for name in sorted(organizations)
        if (makers := role_makers(estate, name))
    ]


def _scope(estate: Estate) -> list[str]:
    if estate.assume_scope != "role-name":
        return []
    return ["assume_scope is role-name: partners can also take a role of such a name in a stranger's account"]


def _nameless(estate: Estate) -> list[str]:
    """Only by its name can the fence tell whose a session is."""
    if estate.sessions_named:
        return []
    partners = estate.partners.values()
    dated = sorted(
        user.name
        for partner in partners
        for user in partner.users
        if user.until is not None and user.until.ends < partner.until.ends
    )
    left = sorted(one.name for partner in partners for one in partner.left)
    what = "role_session_name is optional: running sessions of"

    def only(how: str) -> str:
        return f"{how} only where they bear the user's name"

    return [
        *([f"{what} {', '.join(dated)} {only('end with his own last day')}"] if dated else []),
        *([f"{what} {', '.join(left)}, who left, {only('are denied')}"] if left else []),
    ]


def _without_ipv4(estate: Estate) -> list[str]:
    """Some endpoints have no IPv6, so the caller's address there is an IPv4 one (IAM User Guide, "Dual-stack
    endpoint support": iam.amazonaws.com and the global sts.amazonaws.com)."""
    if not estate.fence:
        return []
    return [
        f"partner {partner.name} has IPv6 networks only: calls to endpoints without IPv6 (iam.amazonaws.com, "
        "sts.amazonaws.com) come from an IPv4 address, and the fence refuses them"
        for partner in estate.partners.values()
        if all(":" in network for network in partner.networks)
    ]


def _partition(estate: Estate) -> list[str]:
    """What nobody has seen work outside the commercial partition."""
    users = sorted(partner.name for partner in estate.partners.values() if partner.cli == "aws-login")
    if estate.partition == "aws" or not users:
        return []
    return [
        f"aws login is not verified in the partition {estate.partition}; {', '.join(users)} may need "
        f"cli: access-keys (docs/estate.md, Partitions)"
    ]
