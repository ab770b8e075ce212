"""The six operations on StackSets.

AWS's rules that decide how a call is cut: at most 50 OUs in one; ManagedExecution and AutoDeployment each
in a call of their own; accounts only together with OUs (INTERSECTION); capabilities resent every time.
One of our name without our tags is never written to.
"""

from collections.abc import Callable
from typing import Any

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.marks import ESTATE_TAG
from jumpcf.artifacts.operation import (
    ConfigureStackSet,
    CreateInstances,
    CreateStackSet,
    DeleteInstances,
    DeleteStackSet,
    UpdateStackSet,
)
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.observe import parse_template
from jumpcf.aws.paging import Answer
from jumpcf.aws.results import merge, unit_not_a_target
from jumpcf.aws.runner import Runner
from jumpcf.aws.s3 import Templates
from jumpcf.aws.stacksets import AUTO_DEPLOYMENT, StackSets, batches, preferences
from jumpcf.aws.tags import tag_dict, tag_list

Report = Callable[[Progress], None]

GONE = Outcome(state="succeeded", reason="was gone already")


class StackSetWork:
    """The operations on the StackSets of one organization.  Raises CallRefused where AWS refuses a call."""

    def __init__(self, stack_sets: StackSets, runner: Runner, templates: Templates, estate: str) -> None:
        self._stack_sets, self._runner = stack_sets, runner
        self._templates, self._estate = templates, estate

    def create(self, operation: CreateStackSet, token: str) -> Outcome:
        """Create the container; one of ours with the same template is the work of an earlier attempt."""
        try:
            self._stack_sets.create(operation.stack, token, **self._definition(operation))
        except CallRefused as refused:
            if refused.aws_code not in ("NameAlreadyExistsException", "CreatedButModifiedException"):
                raise
            return self._found(operation)
        return Outcome(state="succeeded")

    def update(self, operation: UpdateStackSet, token: str, report: Report) -> Outcome:
        """A new definition, and every instance with it (no targets in the call means all of them), or those of the
        operation's accounts.  The definition is in the first call only: AWS marks all instances OUTDATED by a call
        that brings a template, those as well that an earlier call brought up to it."""
        found = self._stack_sets.describe(operation.stack)
        objection = self._objection(found, operation.stack) or _overtaken(found, operation)
        if objection:
            return objection
        if not operation.accounts:
            return self._update(operation, {}, operation_id(token, 0), report, brings=True)
        return merge(
            self._update(
                operation,
                {"DeploymentTargets": _targets(units, operation.accounts), "Regions": [operation.region]},
                operation_id(token, number),
                report,
                brings=number == 0 and not operation.follows,
            )
            for number, units in enumerate(batches(operation.units))
        )

    def _update(
        self, operation: UpdateStackSet, targets: dict[str, Any], token: str, report: Report, *, brings: bool
    ) -> Outcome:
        kept = {"UsePreviousTemplate": True, "Capabilities": list(operation.capabilities)}
        definition = self._definition(operation) if brings else kept

        def submit(key: str) -> None:
            self._stack_sets.update(
                operation.stack,
                key,
                OperationPreferences=preferences(operation.rollout),
                **targets,
                **definition,
            )

        return self._runner.run(operation.stack, token, submit, report)

    def configure(
        self, operation: ConfigureStackSet, rollout: Rollout, token: str, report: Report
    ) -> Outcome:
        """ManagedExecution, then AutoDeployment, each only where it differs and while nothing else runs."""
        name = operation.stack
        found = self._stack_sets.describe(name)
        objection = self._objection(found, name)
        if objection or found is None:
            return objection or _missing(name)
        self._runner.quiet(name, report)
        changes: list[tuple[int, dict[str, Any]]] = []  # each always under the same number
        if not found.get("ManagedExecution", {}).get("Active"):
            changes.append((0, {"ManagedExecution": {"Active": True}}))
        if {
            key: found.get("AutoDeployment", {}).get(key, False) for key in AUTO_DEPLOYMENT
        } != AUTO_DEPLOYMENT:
            wanted = {"AutoDeployment": AUTO_DEPLOYMENT, "OperationPreferences": preferences(rollout)}
            changes.append((1, wanted))
        outcomes = [Outcome(state="succeeded", reason="no changes")] if not changes else []
        for number, change in changes:
            outcomes.append(self._change(name, operation_id(token, number), found, change, report))
        return merge(outcomes)

    def create_instances(self, operation: CreateInstances, token: str, report: Report) -> Outcome:
        """Fill the OUs, or the operation's accounts in them; AWS leaves alone those that have a current stack."""
        objection = self._objection(self._stack_sets.describe(operation.stack), operation.stack)
        if objection:
            return objection
        outcomes = []
        for number, units in enumerate(batches(operation.units)):

            def submit(key: str, units: tuple[str, ...] = units) -> None:
                self._stack_sets.create_instances(
                    operation.stack,
                    key,
                    DeploymentTargets=_targets(units, operation.accounts),
                    Regions=[operation.region],
                    OperationPreferences=preferences(operation.rollout),
                )

            outcomes.append(self._runner.run(operation.stack, operation_id(token, number), submit, report))
        return merge(outcomes)

    def delete_instances(self, operation: DeleteInstances, token: str, report: Report) -> Outcome:
        """Empty the OUs; what is gone already, an OU or the whole StackSet, is a success."""
        found = self._stack_sets.describe(operation.stack)
        if found is None:
            return GONE
        objection = self._objection(found, operation.stack)
        if objection:
            return objection
        return merge(
            self._delete_batch(operation, units, operation_id(token, number), report)
            for number, units in enumerate(batches(operation.units))
        )

    def delete(self, operation: DeleteStackSet, token: str, report: Report) -> Outcome:
        """Delete an empty StackSet; where it is not empty, say which accounts still have an instance."""
        found = self._stack_sets.describe(operation.stack)
        if found is None:
            return GONE
        objection = self._objection(found, operation.stack)
        if objection:
            return objection
        try:
            self._runner.submit(
                operation.stack, token, lambda _: self._stack_sets.delete(operation.stack), report
            )
        except CallRefused as refused:
            if refused.aws_code == "StackSetNotFoundException":
                return GONE
            if refused.aws_code != "StackSetNotEmptyException":
                raise
            return self._not_empty(operation.stack, refused)
        return Outcome(state="succeeded")

    def settle(self, name: str, token: str, calls: int, report: Report) -> Outcome | None:
        """What became of an operation of `calls` calls that an earlier run began: awaited, as far as AWS knows it.
        None where not all of its calls were made, or the StackSet is gone."""
        outcomes = []
        if self._stack_sets.describe(name) is None:
            return None
        for number in range(calls):
            outcome = self._runner.settle(name, operation_id(token, number), report)
            outcomes += [outcome] if outcome else []
        return merge(outcomes) if len(outcomes) == calls else None

    def _definition(self, operation: CreateStackSet | UpdateStackSet) -> dict[str, Any]:
        return {
            "Capabilities": list(operation.capabilities),
            "Tags": tag_list(operation.tags),
            **self._templates.parameter(operation.template),
        }

    def _change(
        self, name: str, token: str, found: Answer, change: dict[str, Any], report: Report
    ) -> Outcome:
        def submit(key: str) -> None:
            self._stack_sets.update(
                name,
                key,
                UsePreviousTemplate=True,
                Capabilities=list(found.get("Capabilities", [])),
                **change,
            )

        return self._runner.run(name, token, submit, report)

    def _delete_batch(
        self, operation: DeleteInstances, units: tuple[str, ...], token: str, report: Report
    ) -> Outcome:
        """One call; an OU that is no target any more is left out and the rest is asked for again."""

        def submit(key: str) -> None:
            self._stack_sets.delete_instances(
                operation.stack,
                key,
                DeploymentTargets=_targets(units, operation.accounts),
                Regions=[operation.region],
                RetainStacks=operation.retain,
                OperationPreferences=preferences(operation.rollout),
            )

        while units:
            try:
                return self._runner.run(operation.stack, token, submit, report)
            except CallRefused as refused:
                if refused.aws_code in ("StackInstanceNotFoundException", "StackSetNotFoundException"):
                    return GONE
                absent = unit_not_a_target(refused.message)
                if absent not in units:
                    raise
                units = tuple(unit for unit in units if unit != absent)
        return GONE

    def _found(self, operation: CreateStackSet) -> Outcome:
        name = operation.stack
        found = self._stack_sets.describe(name)
        objection = self._objection(found, name)
        if objection or found is None:
            return objection or _missing(name)
        if parse_template(found.get("TemplateBody", ""))[0] != operation.template:
            return Outcome(state="failed", reason=f"{name} exists with another template; plan again [A522]")
        return Outcome(state="succeeded", reason="was there already")

    def _objection(self, found: Answer | None, name: str) -> Outcome | None:
        """Why the StackSet may not be written to; None where it may."""
        if found is None:
            return _missing(name)
        if tag_dict(found.get("Tags")).get(ESTATE_TAG) == self._estate:
            return None
        return Outcome(
            state="failed",
            reason=f"{name} does not carry the tag {ESTATE_TAG}={self._estate}; it is never written to [A531]",
        )

    def _not_empty(self, name: str, refused: CallRefused) -> Outcome:
        left = sorted(
            (instance["Account"], instance.get("StatusReason") or f"its instance is {instance.get('Status')}")
            for instance in self._stack_sets.instances(name)
        )
        return Outcome(state="failed", reason=f"{refused.message} ({refused.hint})", accounts=tuple(left))


def operation_id(token: str, number: int) -> str:
    """The OperationId of one call of an operation, counted from 0.  The first has the token itself, so that
    what a person was told is what AWS lists."""
    return f"{token}-{number + 1}" if number else token


def _missing(name: str) -> Outcome:
    return Outcome(state="failed", reason=f"{name} is gone since the plan was made; plan again [A514]")


def _overtaken(found: Answer | None, operation: UpdateStackSet) -> Outcome | None:
    """Why the accounts of a later ring may not follow: their StackSet has another template by now."""
    if not operation.follows or found is None:
        return None
    if parse_template(found.get("TemplateBody", ""))[0] == operation.template:
        return None
    what = f"{operation.stack} has another template than the rings before got; plan again [G556]"
    return Outcome(state="failed", reason=what)


def _targets(units: tuple[str, ...], accounts: tuple[str, ...]) -> dict[str, Any]:
    if not accounts:
        return {"OrganizationalUnitIds": list(units)}
    return {
        "OrganizationalUnitIds": list(units),
        "Accounts": list(accounts),
        "AccountFilterType": "INTERSECTION",
    }
