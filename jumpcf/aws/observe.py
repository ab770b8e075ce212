"""What AWS says is there, by reads only: calls named Get…, List… and Describe….

Identity is verified first.  Places are read in parallel, each by lanes of its own: threads that share one client
and its rate, so that a place that is throttled holds up nobody else.  A read that fails for good fails the whole,
naming the place and the call; it never shortens it.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import orjson

from jumpcf.artifacts.codec import content_digest, digest
from jumpcf.artifacts.manifest import JUMP, Manifest, ManifestOrganization
from jumpcf.artifacts.marks import ESTATE_TAG
from jumpcf.artifacts.observed import (
    Observed,
    ObservedInstance,
    ObservedOrganization,
    ObservedStack,
    ObservedStackSet,
    ObservedUser,
)
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.identity import find, verify_account, verify_organization
from jumpcf.aws.organizations import Organizations
from jumpcf.aws.paging import Answer
from jumpcf.aws.password_policy import read_policy
from jumpcf.aws.people import read_people
from jumpcf.aws.sessions import Clients
from jumpcf.aws.stacks import Stacks
from jumpcf.aws.stacksets import StackSets
from jumpcf.aws.tags import tag_dict
from jumpcf.errors import AwsRefused

PREFIX = "jump-"  # the first part of every name that we give (estate/names.py)
EMPTY = frozenset(  # statuses of stacks that hold nothing, or soon will: nobody needs their template
    {
        "REVIEW_IN_PROGRESS",  # has none before its first change set ran
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
    }
)
LANE, TREE_LANE = 20, 4  # threads that read stacks or StackSets at one place; an organization's tree
Templates = dict[str, Any]
Result = TypeVar("Result")


def observe(
    sessions: Clients,
    manifest: Manifest,
    organizations: Sequence[str],
    *,
    workers: int = LANE,
    now: datetime.datetime | None = None,
) -> Observed:
    """Read the jump account and these organizations.

    Stacks and StackSets are those that the manifest names (whoever made them) and those that carry our
    estate's tag; `now` is what passwords' ages are measured by (None: the clock).
    AwsRefused: what was refused, at every place that refused.
    """
    wanted = [find(manifest, name) for name in organizations]
    now = now or datetime.datetime.now(datetime.UTC)
    lanes = _Lanes(workers)
    with ThreadPoolExecutor(len(wanted) + 1) as places:
        jump = places.submit(_jump, sessions, manifest, lanes, now)
        futures = [places.submit(_organization, sessions, manifest, one, lanes) for one in wanted]
        try:
            (stacks, templates, policy, people), *read = _all([jump, *futures])
        except BaseException:
            places.shutdown(wait=False, cancel_futures=True)
            lanes.cancel()
            raise
    for _, more in read:
        templates |= more
    return Observed(
        account=manifest.jump.account,
        stacks=stacks,
        organizations=tuple(organization for organization, _ in read),
        templates=dict(sorted(templates.items())),
        password_policy=policy,
        people=people,
    )


def _all(futures: Sequence[Future[Any]]) -> list[Any]:
    """Every result, or one refusal that tells all of them."""
    refusals = []
    for future in futures:
        error = future.exception()
        if isinstance(error, AwsRefused):
            refusals.append(error)
        elif error is not None:
            raise error
    if not refusals:
        return [future.result() for future in futures]
    first = refusals[0]
    if len(refusals) == 1:
        raise first
    told = "\n".join(f"{refused.what} [{refused.code}]" for refused in refusals)
    raise AwsRefused(first.code, told, first.hint, where=first.where)


def parse_template(body: Any) -> tuple[str, Any]:
    """The digest and the parsed form of a live template; a body that is no JSON object stays text."""
    if isinstance(body, str):
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError:
            parsed = None
        if not isinstance(parsed, dict):
            return digest(body.encode()), body
        body = parsed
    return content_digest(body), body


class _Lanes:
    """The threads of each service at each place; cancelled together where nobody waits for them any more."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._open: list[ThreadPoolExecutor] = []

    @contextmanager
    def lane(self, threads: int | None = None) -> Iterator[ThreadPoolExecutor]:
        """Where the block fails, what has not started in the lane never does."""
        with ThreadPoolExecutor(threads or self.threads) as pool:
            self._open.append(pool)
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def cancel(self) -> None:
        for pool in self._open:
            pool.shutdown(wait=False, cancel_futures=True)


def _jump(
    clients: Clients, manifest: Manifest, lanes: _Lanes, now: datetime.datetime
) -> tuple[tuple[ObservedStack, ...], Templates, PasswordPolicy | None, tuple[ObservedUser, ...]]:
    verify_account(clients, JUMP, manifest.jump)
    iam, ssm = Api(clients, JUMP, "iam"), Api(clients, JUMP, "ssm")
    stacks = Stacks(Api(clients, JUMP, "cloudformation"))
    named = {stack.name for stack in manifest.stacks if stack.place == JUMP}
    ours = (
        stack
        for stack in stacks.all()
        if stack["StackName"] in named or tag_dict(stack.get("Tags")).get(ESTATE_TAG) == manifest.estate
    )
    with lanes.lane() as lane, lanes.lane() as users, lanes.lane(2) as account:
        policy = account.submit(read_policy, iam)
        people = account.submit(read_people, iam, ssm, manifest, users.map, now)
        found = sorted(lane.map(partial(_stack, stacks), ours), key=lambda pair: pair[0].name)
    templates = {stack.template: template for stack, template in found if stack.template}
    return tuple(stack for stack, _ in found), templates, policy.result(), people.result()


def _stack(stacks: Stacks, stack: Answer) -> tuple[ObservedStack, Any]:
    key, template = _template(stacks, stack)
    observed = ObservedStack(
        name=stack["StackName"],
        id=stack["StackId"],
        status=stack["StackStatus"],
        template=key,
        tags=tag_dict(stack.get("Tags")),
        kept=bool(stack.get("EnableTerminationProtection", True)),
    )
    return observed, template


def _template(stacks: Stacks, stack: Answer) -> tuple[str, Any]:
    """The digest and the body; "" and None for a stack that holds nothing.

    A stack that is half made or half deleted may have none: that is an answer, not a failed read.
    """
    status = stack["StackStatus"]
    if status in EMPTY:
        return "", None
    try:
        return parse_template(stacks.template(stack["StackId"]))
    except CallRefused as refused:
        if refused.aws_code == "ValidationError" and status.endswith(("_FAILED", "_IN_PROGRESS")):
            return "", None
        raise


def _organization(
    clients: Clients, manifest: Manifest, organization: ManifestOrganization, lanes: _Lanes
) -> tuple[ObservedOrganization, Templates]:
    identity = verify_organization(clients, organization)
    api = Organizations(Api(clients, organization.name, "organizations"))
    stack_sets = StackSets(clients, organization.name, identity.call_as)
    named = {stack.name for stack in manifest.stacks if stack.place == organization.name}
    read = partial(_stack_set, stack_sets, manifest.estate, frozenset(named))
    with lanes.lane(1) as beside, lanes.lane(TREE_LANE) as branches, lanes.lane() as lane:
        reading = beside.submit(api.tree, organization.root, branches.map)
        names = [name for name in stack_sets.names() if name in named or name.startswith(PREFIX)]
        found = [each for each in lane.map(read, sorted(names)) if each is not None]
        tree = reading.result()
        administrators = api.delegated_administrators()
    observed = ObservedOrganization(
        name=organization.name,
        id=organization.id,
        call_as=identity.call_as,
        management_account=identity.management_account,
        delegated_administrators=administrators,
        units=tree.units,
        accounts=tree.accounts,
        stack_sets=tuple(stack_set for stack_set, _ in found),
    )
    return observed, {stack_set.template: template for stack_set, template in found}


def _stack_set(
    stack_sets: StackSets, estate: str, named: frozenset[str], name: str
) -> tuple[ObservedStackSet, Any] | None:
    """One StackSet and its template; None where it is gone by now or no business of ours.

    One of our name that is not ours comes without its instances: nobody may act on them.
    """
    definition = stack_sets.describe(name)
    if definition is None:
        return None
    ours = tag_dict(definition.get("Tags")).get(ESTATE_TAG) == estate
    if not ours and name not in named:
        return None
    template_digest, template = parse_template(definition.get("TemplateBody", ""))
    automatic = definition.get("AutoDeployment", {}).get("Enabled", False)
    targets: Callable[[], list[str]] = partial(stack_sets.auto_deployment_targets, name)
    units = targets() if ours and automatic else definition.get("OrganizationalUnitIds", [])
    observed = ObservedStackSet(
        name=name,
        template=template_digest,
        tags=tag_dict(definition.get("Tags")),
        capabilities=tuple(sorted(definition.get("Capabilities", []))),
        auto_deployment=automatic,
        retain_on_removal=definition.get("AutoDeployment", {}).get("RetainStacksOnAccountRemoval", False),
        managed_execution=definition.get("ManagedExecution", {}).get("Active", False),
        permission_model=definition.get("PermissionModel", "SELF_MANAGED"),
        units=tuple(sorted(units)),
        instances=tuple(_instances(stack_sets, name)) if ours else (),
        running=stack_sets.under_way(name) if ours else None,
    )
    return observed, template


def _instances(stack_sets: StackSets, name: str) -> list[ObservedInstance]:
    observed = [_instance(summary) for summary in stack_sets.instances(name)]
    return sorted(observed, key=lambda instance: (instance.account, instance.region))


def _instance(summary: Answer) -> ObservedInstance:
    return ObservedInstance(
        account=summary["Account"],
        region=summary["Region"],
        unit=summary.get("OrganizationalUnitId", ""),
        status=summary.get("Status", ""),
        detailed=summary.get("StackInstanceStatus", {}).get("DetailedStatus", ""),
        reason=summary.get("StatusReason", ""),
        last_operation=summary.get("LastOperationId"),
    )
