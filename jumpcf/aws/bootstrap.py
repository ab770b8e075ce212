"""Before a first deploy: trusted access, the delegated administrator, and the pipeline's stacks.

Only the management account may turn trusted access on and register a delegated administrator (CloudFormation User
Guide, "Activate trusted access for StackSets"; API reference, ActivateOrganizationsAccess; Organizations API
reference, RegisterDelegatedAdministrator).  EnableAWSServiceAccess is not the way: it makes none of the roles that
StackSets need.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.artifacts.bootstrap import STACK_SETS, SUBJECT, PipelineStack, StackState, Standing
from jumpcf.artifacts.manifest import JUMP, CompiledStack, Connection
from jumpcf.artifacts.marks import PIPELINE_TAG
from jumpcf.artifacts.operation import DeployStack
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.identity import DELEGATED_ADMIN, verify_account, verify_membership
from jumpcf.aws.jump_stacks import DEAD, JumpStacks
from jumpcf.aws.observe import parse_template
from jumpcf.aws.organizations import Organizations
from jumpcf.aws.paging import Waiter
from jumpcf.aws.s3 import Templates
from jumpcf.aws.sessions import Clients
from jumpcf.aws.stacks import Stacks, is_busy
from jumpcf.aws.tags import tag_dict
from jumpcf.errors import AwsRefused

_NOT_OURS = ("A504", "A510", "A511")  # what a member account hears that may not ask
_SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def management(organization: str) -> str:
    """The place of an organization's management account; no organization can have such a name."""
    return f"{organization}'s management account"


def standing(clients: Clients, name: str, id_: str, connection: Connection, *, managed: bool) -> Standing:
    """How the organization stands; `managed` says whether we have credentials of its management account.

    AwsRefused: they are another account's, or the admin account is in another organization."""
    membership = verify_membership(clients, name, id_, connection)
    account = membership.management_account
    own = account == connection.account
    asking = name
    if managed and not own:
        asking = management(name)
        _verify_management(clients, name, account)
    delegated = True if own else _delegated(clients, asking, connection.account)
    trusted: bool | None = None
    if own or managed:
        trusted = _trusted(clients, asking, {})
    elif delegated:
        trusted = _trusted(clients, asking, {"CallAs": DELEGATED_ADMIN})
    return Standing(
        organization=name,
        management_account=account,
        admin_account=connection.account,
        trusted=trusted,
        delegated=delegated,
    )


def _verify_management(clients: Clients, name: str, account: str) -> None:
    """The profile of the command line, of which params know nothing."""
    place = management(name)
    hint = f"--management-profile takes a profile of account {account}; one --org at a time where each has its own"
    try:
        found = Api(clients, place, "sts").call("GetCallerIdentity")["Account"]
    except AwsRefused as refused:
        known = refused.hint if refused.code != "A501" else hint
        raise AwsRefused(refused.code, refused.what, known, where=refused.where) from None
    if found != account:
        what = f"{place} is {account}, and the credentials belong to account {found}"
        raise AwsRefused("A507", what, hint, where=place)


def _delegated(clients: Clients, place: str, account: str) -> bool | None:
    """None where the account is no delegated administrator of anything, and so may not ask."""
    organizations = Organizations(Api(clients, place, "organizations"))
    try:
        return account in organizations.delegated_administrators(STACK_SETS)
    except CallRefused as refused:
        if refused.code in _NOT_OURS:
            return None
        raise


def _trusted(clients: Clients, place: str, call_as: Mapping[str, str]) -> bool:
    answer = Api(clients, place, "cloudformation", call_as).call("DescribeOrganizationsAccess")
    return bool(answer.get("Status") == "ENABLED")


def activate(clients: Clients, place: str) -> None:
    """Turn trusted access for StackSets on; `place` is the management account."""
    Api(clients, place, "cloudformation").call("ActivateOrganizationsAccess")


def delegate(clients: Clients, place: str, account: str) -> None:
    """Register the delegated administrator of StackSets; one that is so already is a success."""
    try:
        Api(clients, place, "organizations").call(
            "RegisterDelegatedAdministrator", AccountId=account, ServicePrincipal=STACK_SETS
        )
    except CallRefused as refused:
        if refused.aws_code != "AccountAlreadyRegisteredException":
            raise


def pipeline_stack(
    clients: Clients, compiled: CompiledStack, connection: Connection, body: Mapping[str, Any], estate: str
) -> PipelineStack:
    """A stack of the pipeline, held against what was compiled."""
    verify_account(clients, compiled.place, connection)
    stacks = Stacks(Api(clients, compiled.place, "cloudformation"))
    found = stacks.describe(compiled.name)
    status = found["StackStatus"] if found else ""
    live: Any = {"Resources": {}}
    if found is None or status in (*DEAD, "REVIEW_IN_PROGRESS"):
        state: StackState = "new"
    elif tag_dict(found.get("Tags")).get(PIPELINE_TAG) != estate:
        state = "foreign"
    elif is_busy(status) or status not in _SETTLED:
        state = "stuck"
    else:
        _, live = parse_template(stacks.template(found["StackId"]))
        state = "current" if live == body else "changed"
    return PipelineStack(
        place=compiled.place,
        name=compiled.name,
        account=connection.account,
        template=compiled.digest,
        state=state,
        status=status,
        resources=_differ(live, body),
        trusted=tuple(_let_in(live, body)),
    )


def _differ(live: Any, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Logical ids whose resources differ."""
    before = live.get("Resources", {}) if isinstance(live, Mapping) else {}
    after = body["Resources"]
    return tuple(sorted(one for one in {*before, *after} if before.get(one) != after.get(one)))


def _let_in(live: Any, body: Mapping[str, Any]) -> Iterator[str]:
    """Whom a role will let in that it does not yet, by the subject of GitHub's token."""
    before = live.get("Resources", {}) if isinstance(live, Mapping) else {}
    for title, resource in sorted(body["Resources"].items()):
        new, old = _subjects(resource), _subjects(before.get(title))
        if new - old:
            gone = f", no longer {', '.join(sorted(old - new))}" if old - new else ""
            yield f"{resource['Properties']['RoleName']} is for {', '.join(sorted(new))}{gone}"


def _subjects(value: Any) -> frozenset[str]:
    """Every subject of a token that stands in a trust."""
    if isinstance(value, Mapping):
        own = value.get(SUBJECT, ())
        found = frozenset([own] if isinstance(own, str) else own)
        return found.union(*map(_subjects, value.values()))
    return frozenset().union(*map(_subjects, value)) if isinstance(value, list) else frozenset()


def providers(clients: Clients) -> frozenset[str]:
    """The ARNs of the jump account's OpenID Connect providers."""
    found = Api(clients, JUMP, "iam").call("ListOpenIDConnectProviders")["OpenIDConnectProviderList"]
    return frozenset(one["Arn"] for one in found)


def roll_out(
    clients: Clients,
    compiled: CompiledStack,
    found: PipelineStack,
    templates: Templates,
    estate: str,
    token: str,
) -> Outcome:
    """Create or update one stack of the pipeline, with the caller's own rights."""
    stacks = JumpStacks(
        Stacks(Api(clients, compiled.place, "cloudformation")), templates, (PIPELINE_TAG, estate), Waiter()
    )
    operation = DeployStack(
        id=token,
        place=compiled.place,
        stack=compiled.name,
        reason="bootstrap",
        needs=(),
        template=compiled.digest,
        create=found.state == "new",
        capabilities=compiled.capabilities,
        tags=compiled.tags,
        removes=found.resources,
        replaces=found.resources,
    )
    return stacks.deploy(operation, token, _unheard)


def _unheard(_: Progress) -> None:
    """One stack of a few resources is done before anybody wants to watch it."""
