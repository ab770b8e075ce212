"""The decisions about one StackSet: create it, change it, take it away, or leave it alone and say why."""

from dataclasses import dataclass, field

from jumpcf.artifacts.manifest import CompiledStack
from jumpcf.artifacts.marks import STACK_GRANT_TAG, STACK_PARTNER_TAG
from jumpcf.artifacts.observed import ObservedInstance, ObservedStackSet
from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Action, PolicyChange, ResourceChange, StackSetPlan
from jumpcf.planner import operations
from jumpcf.planner.accounts import (
    MADE_AGAIN,
    Comparison,
    account_changes,
    outside,
    outside_changes,
)
from jumpcf.planner.changes import other_changes, resource_changes
from jumpcf.planner.conditions import left_out, maybe_left_out
from jumpcf.planner.giving import find_filling, giving, why_filled
from jumpcf.planner.iam_difference import iam_difference
from jumpcf.planner.instances import at_home, elsewhere
from jumpcf.planner.obstacles import obstacles
from jumpcf.planner.view import (
    View,
    inactive,
    leaving_units,
    left_out_live,
    misconfigured,
    same_definition,
    same_tags,
    target_of,
)
from jumpcf.planner.words import AWAIT, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done about one StackSet.  `operations` stand in the order in which they must run;
    `restores` says that the last of them makes again what an earlier one deletes, `narrows` that its updates
    are proved to give nobody anything."""

    plan: StackSetPlan
    operations: tuple[AnyOperation, ...] = ()
    restores: bool = False
    narrows: bool = False
    blockers: tuple[str, ...] = ()
    notices: tuple[str, ...] = field(default=())


def decide(view: View, compiled: CompiledStack, live: ObservedStackSet | None) -> Decision:
    """Compare a wanted StackSet with the live one of its name."""
    both = _compare(view, compiled, live)
    found = obstacles(view, compiled.partner, both)
    if found:
        blockers = tuple(f"{view.wanted.name}/{compiled.name}: {reason}" for reason in found)
        return Decision(plan=_plan(view, compiled, "blocked", "; ".join(found)), blockers=blockers)
    return _change(view, compiled, live, both) if live else _create(view, compiled, both)


def remove(view: View, live: ObservedStackSet, why: str = "no grant names it any more") -> Decision:
    """Take away a StackSet of ours, which the manifest names no more or a person wants destroyed."""
    leaving = leaving_units(live, ())
    deletions = _deletions(view, live, leaving, why)
    plan = StackSetPlan(
        organization=view.wanted.name,
        name=live.name,
        action="delete",
        reason=why,
        partner=live.tags.get(STACK_PARTNER_TAG),
        grant=live.tags.get(STACK_GRANT_TAG),
        changes=resource_changes(view.templates.get(live.template), {}),
        iam=iam_difference(view.templates.get(live.template), {}),
        leaving_units=view.tree.paths(leaving),
        accounts=outside_changes(view, leaving, outside(at_home(live, view.region).values(), ())),
    )
    done = (*deletions, operations.delete_stack_set(view, live.name, why))
    return Decision(plan=plan, operations=done, notices=_notices(view, live, frozenset(), awaited=True))


def _compare(view: View, compiled: CompiledStack, live: ObservedStackSet | None) -> Comparison:
    target = target_of(compiled)
    updates = live is None or not same_definition(compiled, live)
    same = live is not None and compiled.digest == live.template and live.template in view.templates
    template = view.templates[compiled.digest] if same else view.template(compiled.digest)
    return Comparison(
        target=target,
        scope=view.tree.scope(target.ous),
        live=live,
        updates=updates,
        leaving=leaving_units(live, target.ous) if live else frozenset(),
        excluded=left_out(template),
        was_excluded=left_out_live(view, live) if live else left_out(template),
        perhaps_excluded=maybe_left_out(view.templates.get(live.template)) if live else frozenset(),
    )


def _create(view: View, compiled: CompiledStack, both: Comparison) -> Decision:
    why = "not there yet"
    filled = giving(view, compiled, both, find_filling(view, both))
    made = operations.create_stack_set(view, compiled, why, filled[0].ring)
    return Decision(plan=_plan(view, compiled, "create", why, both), operations=(made, *filled))


def _change(view: View, compiled: CompiledStack, live: ObservedStackSet, both: Comparison) -> Decision:
    steps: list[AnyOperation] = []
    settings = misconfigured(live)
    if settings:
        steps.append(operations.configure_stack_set(view, live.name, ", ".join(settings)))
    if both.leaving:
        steps.extend(_deletions(view, live, both.leaving, _no_target(view, both.leaving)))
    filling, definition = find_filling(view, both), _definition(view, compiled, live)
    reasons = [*(step.reason for step in steps), definition, why_filled(view, both, filling)]
    steps.extend(giving(view, compiled, both, filling, definition))
    restores = any(view.tree.related(old, unit) for old in both.leaving for unit in filling.units)
    reason = "; ".join(line for line in reasons if line)
    plan = _plan(view, compiled, "update" if steps else "none", reason, both)
    inside = frozenset(account.id for account in both.scope)
    notices = _notices(view, live, inside, both.leaving, awaited=bool(steps))
    if restores:
        moved = [change for change in plan.accounts if change.reason.startswith(MADE_AGAIN)]
        notices = (*notices, _outage(view, live, both, len(moved)))
    narrows = not restores and _narrows(view, compiled, live, both, plan)
    return Decision(plan=plan, operations=tuple(steps), restores=restores, narrows=narrows, notices=notices)


def _narrows(
    view: View, compiled: CompiledStack, live: ObservedStackSet, both: Comparison, plan: StackSetPlan
) -> bool:
    """Whether an update to the wanted template is proved to give nobody anything, in no account that it reaches.

    New tags are not: CloudFormation hands them on to the roles (User Guide, "Resource tag"), where conditions may
    ask for them.  An account that is behind the live template was to get that one already, by a run that was
    accepted and whose jump account had come first.
    """
    if compiled.digest == live.template or not same_tags(compiled.tags, live.tags):
        return False
    if set(compiled.capabilities) != set(live.capabilities):
        return False
    instances = both.instances(view.region)
    unexcepted = {one.id for one in both.scope if one.id in instances} & both.perhaps_excluded - both.excluded
    return not unexcepted and all(change.mark in ("neutral", "narrowed") for change in plan.iam)


def _outage(view: View, live: ObservedStackSet, both: Comparison, accounts: int) -> str:
    """AWS documents no way to hand stacks from a target to one above or below it, so there is a gap in time."""
    where = ", ".join(view.tree.paths(both.leaving))
    ringless = (
        "; it is not divided into rings, which would make them longer" if view.wanted.rollout.rings else ""
    )
    return (
        f"{view.wanted.name}/{live.name}: {count(accounts, 'account')} below {where} lose their roles for the "
        f"minutes between the deletion there and the creation{ringless}"
    )


def _deletions(view: View, live: ObservedStackSet, leaving: frozenset[str], why: str) -> list[AnyOperation]:
    """First everything that AWS can delete, so that access ends at once, then what is left in suspended
    accounts: there RetainStacks is the only way (CloudFormation User Guide, StackSets troubleshooting)."""
    instances = [one for one in live.instances if _goes(view, leaving, one)]
    stuck = [one for one in instances if inactive(view.tree.accounts.get(one.account))]
    held = {one.unit for one in instances if one not in stuck}
    units = {unit for unit in leaving if unit in held or (unit in live.units and unit in view.tree.units)}
    steps: list[AnyOperation] = []
    if units:
        steps.append(operations.delete_instances(view, live.name, units, why))
    if stuck:
        accounts = {one.account for one in stuck}
        targets = {one.unit for one in stuck}
        held_back = f"{count(len(accounts), 'account')} suspended or gone, where AWS deletes nothing"
        steps.append(operations.delete_instances(view, live.name, targets, held_back, accounts, retain=True))
    return steps


def _no_target(view: View, units: frozenset[str]) -> str:
    return f"{', '.join(view.tree.paths(units))} {'is' if len(units) == 1 else 'are'} no target any more"


def _goes(view: View, leaving: frozenset[str], instance: ObservedInstance) -> bool:
    account = view.tree.accounts.get(instance.account)
    return instance.unit in leaving or bool(account and view.tree.target_of(account, leaving))


def _definition(view: View, compiled: CompiledStack, live: ObservedStackSet) -> str:
    """What of the definition differs, in words; "" where nothing does."""
    found = []
    if compiled.digest != live.template:
        sections = other_changes(view.templates.get(live.template), view.template(compiled.digest))
        found.append(
            f"the template differs ({', '.join(sections)} too)" if sections else "the template differs"
        )
    if not same_tags(compiled.tags, live.tags):
        found.append("the tags differ")
    if set(compiled.capabilities) != set(live.capabilities):
        found.append("the capabilities differ")
    return ", ".join(found)


def _notices(
    view: View,
    live: ObservedStackSet,
    inside: frozenset[str],
    leaving: frozenset[str] = frozenset(),
    *,
    awaited: bool,
) -> tuple[str, ...]:
    """What is to be told beside the plan; `awaited`: an operation of the plan waits for what is under way."""
    where = f"{view.wanted.name}/{live.name}"
    found = []
    if live.running:
        what = "it is awaited" if awaited else AWAIT
        found.append(f"{where}: operation {live.running} is under way; {what}")
    for one in sorted(elsewhere(live, view.region), key=lambda i: (i.account, i.region)):
        found.append(
            f"{where}: {view.named(one.account)} has a stack in {one.region}; jumpcf deploys only to "
            f"{view.region}, take the other one away by hand"
        )
    for one in sorted(at_home(live, view.region).values(), key=lambda i: i.account):
        found.extend(_instance_notices(view, where, one, inside, leaving))
    for unit in sorted(set(live.units) - set(view.tree.units)):
        found.append(f"{where}: its target {unit} is gone from the organization")
    return tuple(found)


def _instance_notices(
    view: View, where: str, one: ObservedInstance, inside: frozenset[str], leaving: frozenset[str]
) -> list[str]:
    found = []
    if one.status == "INOPERABLE":
        found.append(
            f"{where}: the stack of {view.named(one.account)} is inoperable; repair it: {one.reason}"
        )
    if inside and one.account not in inside and not _goes(view, leaving, one):
        found.append(
            f"{where}: {view.named(one.account)} still has a stack though no wanted OU reaches it; "
            "auto-deployment should have removed it"
        )
    return found


def _plan(
    view: View, compiled: CompiledStack, action: Action, reason: str, both: Comparison | None = None
) -> StackSetPlan:
    changes: tuple[ResourceChange, ...] = ()
    iam: tuple[PolicyChange, ...] = ()
    new: tuple[str, ...] = ()
    if both and both.updates:
        before = view.templates.get(both.live.template) if both.live else {}
        after = view.template(compiled.digest)
        changes, iam = resource_changes(before, after), iam_difference(before, after)
    if both:
        new = view.tree.paths(set(both.target.ous) - set(both.live.units if both.live else ()))
    return StackSetPlan(
        organization=view.wanted.name,
        name=compiled.name,
        action=action,
        reason=reason,
        partner=compiled.partner,
        grant=compiled.grant,
        changes=changes,
        iam=iam,
        new_units=new,
        leaving_units=view.tree.paths(both.leaving) if both else (),
        accounts=account_changes(view, both) if both else (),
    )
