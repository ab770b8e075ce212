"""Facts of a rendered template that no policy holds: what exists where, what carries what, what is kept.

`facts` reads a template; `expected` says the same from the estate.  `template_mutants` weakens one thing in
a template at a time.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from jumpcf.estate import names
from jumpcf.estate.model import Estate, Grant, Partner

Template = dict[str, Any]
Facts = set[str]

_IAM = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::Group")
_SHARED = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key", "AWS::KMS::Alias")
_WORDS = {"Description", "KeyPolicy", "Id"}


def holds(condition: Any, conditions: dict[str, Any], account: str) -> bool:
    """The few intrinsics of our Conditions; any other is an error."""
    if isinstance(condition, str):
        return holds(conditions[condition], conditions, account)
    ((name, value),) = condition.items()
    if name == "Condition":
        return holds(conditions[value], conditions, account)
    if name == "Fn::Equals":
        assert value[0] == {"Ref": "AWS::AccountId"}, value
        return bool(value[1] == account)
    answers = [holds(one, conditions, account) for one in value]
    return {
        "Fn::Not": lambda: not answers[0],
        "Fn::Or": lambda: any(answers),
        "Fn::And": lambda: all(answers),
    }[name]()


def grant_facts(template: Template, accounts: list[str]) -> Facts:
    """What the template of a grant makes in each account, and what its roles carry."""
    found: Facts = set()
    conditions, resources = template.get("Conditions", {}), template["Resources"]
    for account in accounts:
        there = sorted(
            title
            for title, one in resources.items()
            if one["Type"] in _IAM
            and ("Condition" not in one or holds(one["Condition"], conditions, account))
        )
        found.add(f"{account}: {'something' if there else 'nothing'}")
        found |= {f"{account}: {resources[title]['Type']}" for title in there}
        found |= {f"{account}: {_role_name(resources[t])}" for t in there if resources[t]["Type"] == _IAM[0]}
        found.add(f"{account}: {len(there)} resources")
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::Role":
            found |= _role_facts(resource["Properties"], resources)
    return found


def _role_name(resource: Template) -> str:
    return f"role {resource['Properties'].get('Path')}{resource['Properties'].get('RoleName')}"


def _role_facts(role: Template, resources: Template) -> Facts:
    name = role.get("RoleName")
    boundary = resources.get((role.get("PermissionsBoundary") or {}).get("Ref"), {})
    inline = [one["PolicyName"] for one in role.get("Policies", ())]
    arns = [one for one in role.get("ManagedPolicyArns", ()) if isinstance(one, str)]
    tags = {one["Key"]: one["Value"] for one in role.get("Tags", ())}
    return {
        f"{name} lies in {role.get('Path')}",
        f"{name} has the boundary {boundary.get('Properties', {}).get('Path')}",
        f"{name}'s boundary stays: {boundary.get('DeletionPolicy')}, {boundary.get('UpdateReplacePolicy')}",
        f"{name} has the fence: {'fence' in inline}",
        f"{name} has statements of its own: {len(inline) > 1}",
        f"{name} has of AWS: {sorted(arns)}",
        f"{name} lasts {role.get('MaxSessionDuration')} s",
        f"{name} is tagged {sorted(tags.items())}",
    }


def grant_expected(estate: Estate, grant: Grant, accounts: list[str]) -> Facts:
    """The same facts, from what the estate says."""
    closed = {*grant.protected, *grant.excepted, estate.jump.account}
    found: Facts = set()
    for account in accounts:
        if account in closed:
            found |= {f"{account}: nothing", f"{account}: 0 resources"}
            continue
        found |= {f"{account}: something", f"{account}: {_IAM[0]}", f"{account}: {_IAM[1]}"}
        found.add(f"{account}: {2 * len(grant.levels)} resources")
        found |= {
            f"{account}: role /jump/{names.role(grant.partner, grant.name, one)}" for one in grant.levels
        }
    for title in grant.levels:
        level = estate.levels[title]
        name = names.role(grant.partner, grant.name, title)
        tags = {"jump-partner": grant.partner, "jump-grant": grant.name, "jump-level": title}
        found |= {
            f"{name} lies in /jump/",
            f"{name} has the boundary {names.boundary_path(grant.partner, grant.name, title, level.boundary)}",
            f"{name}'s boundary stays: Retain, Retain",
            f"{name} has the fence: True",
            f"{name} has statements of its own: {bool(level.statements)}",
            f"{name} has of AWS: {sorted(level.managed_policies)}",
            f"{name} lasts {grant.session[title]} s",
            f"{name} is tagged {sorted(tags.items())}",
        }
    return found


def partner_facts(template: Template) -> Facts:
    """Users with path, tag and groups; groups with their policies."""
    resources = template["Resources"]
    found: Facts = set()
    for title, resource in resources.items():
        body = resource["Properties"]
        if resource["Type"] == "AWS::IAM::User":
            groups = sorted(
                str(resources[one["Ref"]]["Properties"].get("GroupName")) for one in body.get("Groups", ())
            )
            own = sorted(set(body) & {"Policies", "ManagedPolicyArns", "LoginProfile", "PermissionsBoundary"})
            tags = [(one["Key"], one["Value"]) for one in body.get("Tags", ())]
            found.add(f"user {body.get('Path')}{body.get('UserName')} tagged {tags} in {groups}, own {own}")
        elif resource["Type"] == "AWS::IAM::Group":
            found.add(f"group {body.get('Path')}{body.get('GroupName')}")
        elif resource["Type"] == "AWS::IAM::ManagedPolicy":
            inside = {"Ref": title}
            held = [
                one["Properties"].get("GroupName")
                for one in resources.values()
                if inside in one["Properties"].get("ManagedPolicyArns", ())
            ]
            found.add(f"policies of {held} in {body.get('Path')}")
    return found


def partner_expected(partner: Partner) -> Facts:
    path = names.user_path(partner.name)
    members = names.members_group(partner.name)
    found: Facts = {f"group {path}{members}", f"policies of ['{members}'] in {path}"}
    for group in partner.groups:
        name = names.group(partner.name, group)
        found.add(f"group {path}{name}")
        if any(group in grant.groups for grant in partner.grants):
            found.add(f"policies of ['{name}'] in {path}")
    for user in partner.users:
        groups = sorted([members, *(names.group(partner.name, group) for group in user.groups)])
        found.add(f"user {path}{user.name} tagged {[('jump-partner', partner.name)]} in {groups}, own []")
    return found


def template_mutants(template: Template) -> Iterator[tuple[str, Template]]:
    """One thing weakened: a Condition, an account in it, what is kept, a property or an entry of a list."""
    for name, condition in template.get("Conditions", {}).items():
        for account in _accounts(condition):
            yield f"Condition {name}: account {account} left out", _replaced(template, account)
        changed = copy.deepcopy(template)
        changed["Conditions"][name] = {
            "Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, "000000000000"]}]
        }
        yield f"Condition {name} always true", changed
    for title, resource in template["Resources"].items():
        if resource["Type"] in (*_IAM, *_SHARED):
            yield from _of_resource(template, title, resource)


def _of_resource(template: Template, title: str, resource: Template) -> Iterator[tuple[str, Template]]:
    for attribute in ("Condition", "DeletionPolicy", "UpdateReplacePolicy"):
        if attribute in resource:
            yield (
                f"{title}: {attribute} removed",
                _changed(template, title, lambda one, a=attribute: one.pop(a)),
            )
    for name, value in resource["Properties"].items():
        if name in _WORDS or name.endswith("Document"):
            continue  # texts; and documents, which have mutants of their own
        removed = _changed(template, title, lambda one, n=name: one["Properties"].pop(n))
        yield f"{title}: {name} removed", removed
        if isinstance(value, dict) and len(value) > 1:
            for inner, held in value.items():
                yield (
                    f"{title}: {name} {inner} removed",
                    _changed(template, title, lambda one, n=name, i=inner: one["Properties"][n].pop(i)),
                )
                if held is True:
                    yield (
                        f"{title}: {name} {inner} switched off",
                        _changed(
                            template,
                            title,
                            lambda one, n=name, i=inner: one["Properties"][n].update({i: False}),
                        ),
                    )
        if isinstance(value, list) and len(value) > 1:
            for index in range(len(value)):
                changed = _changed(template, title, lambda one, n=name, i=index: one["Properties"][n].pop(i))
                yield f"{title}: {name} entry {index + 1} removed", changed


def _changed(template: Template, title: str, change: Callable[[Template], Any]) -> Template:
    other = copy.deepcopy(template)
    change(other["Resources"][title])
    return other


def _accounts(condition: Any) -> list[str]:
    ((name, value),) = condition.items()
    if name == "Fn::Equals":
        return [value[1]]
    return [account for one in value for account in _accounts(one)]


def _replaced(template: Template, account: str) -> Template:
    other = copy.deepcopy(template)

    def walk(condition: Any) -> None:
        ((name, value),) = condition.items()
        if name == "Fn::Equals":
            value[1] = "000000000000" if value[1] == account else value[1]
            return
        for one in value:
            walk(one)

    for condition in other["Conditions"].values():
        walk(condition)
    return other
