"""AWS's side of a plan as answers made beforehand: what a deployed reference estate looks like to each read.

Made from `build/` and `params/lock/` alone; nothing of jumpcf runs here, so that nothing of it is measured twice.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

REGION = "ap-northeast-1"
LISTED, ACCOUNTS_LISTED = 100, 20  # the most that a page of CloudFormation and of Organizations holds
Answers = dict[tuple[str, ...], bytes]  # (account, operation, what it is asked of, the page's token) → body


def key_id(account: str) -> str:
    """The access key by which a request says whose it is."""
    return f"AKIAEXAMPLE{account}"


def account_of(key: str) -> str:
    return key[-12:]


def answers(folder: Path, age: Callable[[str], str]) -> Answers:
    """Every answer to the reads of a plan; `age` makes the live templates from the compiled ones."""
    manifest = json.loads((folder / "build/manifest.json").read_bytes())
    made: Answers = {}
    bodies = {
        stack["name"]: age((folder / "build" / stack["path"]).read_text()) for stack in manifest["stacks"]
    }
    made |= _jump(manifest, bodies)
    for organization in manifest["organizations"]:
        lock = json.loads((folder / "params/lock" / f"{organization['name']}.json").read_bytes())
        account = organization["connection"]["account"]
        made |= _organization(account, lock)
        sets = [stack for stack in manifest["stacks"] if stack["place"] == organization["name"]]
        names = [{"StackSetName": one["name"], "Status": "ACTIVE"} for one in sets]
        made |= _pages(account, "ListStackSets", "", "Summaries", names)
        for one in sets:
            made |= _stack_set(account, one, bodies[one["name"]], lock)
    return made


def _jump(manifest: Any, bodies: dict[str, str]) -> Answers:
    account = manifest["jump"]["account"]
    stacks = [stack for stack in manifest["stacks"] if stack["place"] == "jump"]
    described = [
        {
            "StackName": stack["name"],
            "StackId": f"arn:aws:cloudformation:{REGION}:{account}:stack/{stack['name']}/1",
            "StackStatus": "UPDATE_COMPLETE",
            "CreationTime": "2026-11-01T00:00:00Z",
            "Tags": _tags(stack["tags"]),
        }
        for stack in stacks
    ]
    kinds = ("Symbols", "Numbers", "UppercaseCharacters", "LowercaseCharacters")
    settings = {f"Require{kind}": "true" for kind in kinds} | {"AllowUsersToChangePassword": "true"}
    numbers = {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24}
    policy = {"PasswordPolicy": {**numbers, **settings}}
    made = {(account, "GetAccountPasswordPolicy", "", ""): _xml("GetAccountPasswordPolicy", policy)}
    made |= _identity(account) | _pages(account, "DescribeStacks", "", "Stacks", described)
    made[account, "ListUsers", "", ""] = _xml(
        "ListUsers", {"Users": [_user(one) for one in manifest["people"]]}
    )
    made[account, "DescribeParameters", "", ""] = b'{"Parameters": []}'
    for stack, row in zip(stacks, described, strict=True):
        body = {"TemplateBody": bodies[stack["name"]]}
        made[account, "GetTemplate", str(row["StackId"]), ""] = _xml("GetTemplate", body)
    return made


def _user(person: Any) -> dict[str, str]:
    """Somebody who has signed in: of him a plan asks nothing more."""
    return {
        "UserName": person["name"],
        "Path": f"/partner/{person['partner']}/",
        "CreateDate": "2026-11-01T00:00:00Z",
        "PasswordLastUsed": "2026-11-02T00:00:00Z",
    }


def _organization(account: str, lock: Any) -> Answers:
    path = {lock["root"]["id"]: lock["root"]["id"]}
    path |= {unit["id"]: f"{path[unit['parent']]}/{unit['id']}" for unit in lock["units"]}
    rows = [
        {
            "Id": one["id"],
            "Name": one["name"],
            "State": one["state"],
            "Paths": [f"{lock['id']}/{path[one['unit']]}/{one['id']}/"],
        }
        for one in lock["accounts"]
    ]
    answer = {"Organization": {"Id": lock["id"], "MasterAccountId": lock["management_account"]}}
    made = _identity(account)
    made[account, "DescribeOrganization", "", ""] = json.dumps(answer).encode()
    made[account, "ListRoots", "", ""] = json.dumps({"Roots": [{"Id": lock["root"]["id"]}]}).encode()
    made[account, "ListDelegatedAdministrators", "", ""] = b'{"DelegatedAdministrators": []}'
    for token, page, following in _cut(rows, ACCOUNTS_LISTED):
        told = {"Accounts": page} | ({"NextToken": following} if following else {})
        made[account, "ListAccounts", "", token] = json.dumps(told).encode()
    for parent in path:
        units = [{"Id": u["id"], "Name": u["name"]} for u in lock["units"] if u["parent"] == parent]
        for token, page, following in _cut(units, ACCOUNTS_LISTED):
            told = {"OrganizationalUnits": page} | ({"NextToken": following} if following else {})
            made[account, "ListOrganizationalUnitsForParent", parent, token] = json.dumps(told).encode()
    return made


def _stack_set(account: str, stack: Any, body: str, lock: Any) -> Answers:
    name, units = stack["name"], stack["target"]["ous"]
    definition = {
        "StackSetName": name,
        "StackSetId": f"{name}:1",
        "Status": "ACTIVE",
        "TemplateBody": body,
        "Capabilities": list(stack["capabilities"]),
        "Tags": _tags(stack["tags"]),
        "PermissionModel": "SERVICE_MANAGED",
        "AutoDeployment": {"Enabled": "true", "RetainStacksOnAccountRemoval": "false"},
        "ManagedExecution": {"Active": "true"},
        "OrganizationalUnitIds": units,
    }
    instances = [
        {
            "StackSetId": f"{name}:1",
            "Region": REGION,
            "Account": one["id"],
            "StackId": f"arn:aws:cloudformation:{REGION}:{one['id']}:stack/StackSet-{name}/1",
            "Status": "CURRENT",
            "StackInstanceStatus": {"DetailedStatus": "SUCCEEDED"},
            "OrganizationalUnitId": one["unit"],
            "DriftStatus": "NOT_CHECKED",
            "LastOperationId": "jumpcf-000000000000-bench",
        }
        for one in lock["accounts"]
        if one["unit"] in units
    ]
    operations = [{"OperationId": "jumpcf-000000000000-bench", "Action": "CREATE", "Status": "SUCCEEDED"}]
    targets = [{"OrganizationalUnitId": unit, "Regions": [REGION]} for unit in units]
    return {
        (account, "DescribeStackSet", name, ""): _xml("DescribeStackSet", {"StackSet": definition}),
        **_pages(account, "ListStackInstances", name, "Summaries", instances),
        **_pages(account, "ListStackSetOperations", name, "Summaries", operations),
        **_pages(account, "ListStackSetAutoDeploymentTargets", name, "Summaries", targets),
    }


def _identity(account: str) -> Answers:
    return {(account, "GetCallerIdentity", "", ""): _xml("GetCallerIdentity", {"Account": account})}


def _pages(account: str, operation: str, of: str, key: str, rows: Sequence[Any]) -> Answers:
    return {
        (account, operation, of, token): _xml(
            operation, {key: page} | ({"NextToken": following} if following else {})
        )
        for token, page, following in _cut(rows, LISTED)
    }


def _cut(rows: Sequence[Any], size: int) -> Iterator[tuple[str, Sequence[Any], str]]:
    """Pages with their own token and the next one's ("": the first; none follows)."""
    for start in range(0, max(len(rows), 1), size):
        following = start + size
        yield str(start or ""), rows[start:following], str(following) if following < len(rows) else ""


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _xml(operation: str, result: dict[str, Any]) -> bytes:
    inside = f"<{operation}Result>{_element(result)}</{operation}Result>"
    metadata = (
        "<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>"
    )
    return f"<{operation}Response>{inside}{metadata}</{operation}Response>".encode()


def _element(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_element(one)}</{key}>" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "".join(f"<member>{_element(one)}</member>" for one in value)
    return escape(str(value))
