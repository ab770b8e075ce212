"""Every rule on a freshly compiled template."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson
from troposphere import Template

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
)
from jumpcf.compiler.rules.base import Finding, Rendered, Rule
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
)
CODES = {rule.code: rule.meaning for rule in RULES}


def check(
    template: Template,
    data: bytes,
    path: str,
    *,
    per: Literal["estate", "partner", "grant"],
    closed: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """What the rules find in `data`, the rendered form of `template`; `path` is how it is named."""
    rendered = Rendered(body=orjson.loads(data), per=per, closed=closed, asked=_asked(template))
    for rule in RULES:
        yield from rule.check(rendered, path)


def _asked(template: Template) -> Mapping[tuple[str, str], tuple[frozenset[AskedTerm], ...]]:
    found = {}
    for title, resource in template.resources.items():
        for place, document in _places(getattr(resource, "properties", {})):
            terms = asked(document)
            if terms is not None:
                found[title, place] = terms
    return found


def _places(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """As `policies.places` names them, on troposphere's objects."""
    for name, value in properties.items():
        if name == "Policies" and isinstance(value, list):
            for number, inline in enumerate(value, 1):
                own = getattr(inline, "properties", {})
                yield f"Policies/{own.get('PolicyName', number)}", own.get("PolicyDocument")
        else:
            yield name, value
