"""Every rule on a freshly compiled template."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from troposphere import BaseAWSObject, Template

from jumpcf.compiler.rules import (
    j2001_lost_condition,
    j2002_bool_if_exists,
    j2003_mfa_in_session,
    j2004_wildcard_principal,
    j2005_username_without_path,
    j2006_network_deny_in_boundary,
    j2007_reclassification,
    j2008_unconditional_resource,
    j2009_refused_by_iam,
    j2010_unknown_action,
    j2011_unreadable,
    j2012_open_trust,
    j2013_unbound_role,
    j2014_broken_promise,
    j2015_outliving,
    j2016_untold_user,
    j2017_mistaken_policy,
    j2018_undenied_user,
)
from jumpcf.compiler.rules.base import NO_PROMISES, Finding, Promises, Rendered, Rule
from jumpcf.iam.asked import AskedTerm, asked

RULES: tuple[Rule, ...] = (
    j2001_lost_condition.RULE,
    j2002_bool_if_exists.RULE,
    j2003_mfa_in_session.RULE,
    j2004_wildcard_principal.RULE,
    j2005_username_without_path.RULE,
    j2006_network_deny_in_boundary.RULE,
    j2007_reclassification.RULE,
    j2008_unconditional_resource.RULE,
    j2009_refused_by_iam.RULE,
    j2010_unknown_action.RULE,
    j2011_unreadable.RULE,
    j2012_open_trust.RULE,
    j2013_unbound_role.RULE,
    j2014_broken_promise.RULE,
    j2015_outliving.RULE,
    j2016_untold_user.RULE,
    j2017_mistaken_policy.RULE,
    j2018_undenied_user.RULE,
)
CODES = {rule.code: rule.meaning for rule in RULES}


def check(
    template: Template,
    data: bytes,
    body: Mapping[str, Any],
    path: str,
    *,
    per: Literal["estate", "partner", "grant", "pipeline"],
    promises: Promises = NO_PROMISES,
) -> Iterator[Finding]:
    """What the rules find in `body`, which is `data`, the rendered form of `template`, as JSON; `path` is how
    it is named."""
    yield from look(Rendered(body=body, data=data, per=per, promises=promises, asked=_asked(template)), path)


def look(rendered: Rendered, path: str) -> Iterator[Finding]:
    """What the rules find in a template; without `asked` they cannot see what awacs lost (J2001)."""
    for rule in RULES:
        yield from rule.check(rendered, path)


Asked = tuple[tuple[AskedTerm, ...], ...]


def _asked(template: Template) -> Mapping[tuple[str, str], Asked]:
    return {
        (title, place): terms
        for title, resource in template.resources.items()
        for name, value in getattr(resource, "properties", {}).items()
        for place, terms in _below(name, value)
    }


def _below(place: str, value: Any) -> Iterator[tuple[str, Asked]]:
    """What was asked in each document, by its place as `policies.places` names it, on troposphere's objects."""
    terms = asked(value)
    inner = _plain(value)
    if terms is not None:
        yield place, terms
    elif isinstance(inner, Mapping):
        for name, item in inner.items():
            yield from _below(f"{place}/{name}", item)
    elif isinstance(inner, list):
        for number, item in enumerate(inner, 1):
            own = _plain(item)
            document = own.get("PolicyDocument") if isinstance(own, Mapping) else None
            if (terms := asked(document)) is not None:
                yield f"{place}/{own.get('PolicyName', number)}", terms
            else:
                yield from _below(f"{place}/{number}", item)


def _plain(value: Any) -> Any:
    return value.properties if isinstance(value, BaseAWSObject) else value
