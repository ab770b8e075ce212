"""The calls that start operations on StackSets and show their instances."""

import hashlib
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.organizations.models import OrganizationsBackend

from jumpcf.local import history, operations
from jumpcf.local.api.stack_sets import StackSets, regions_of
from jumpcf.local.intrinsics import parameters as fill
from jumpcf.local.records import Home, Instance, Operation, Result, StackSet, key
from jumpcf.local.refusals import (
    InvalidOperation,
    NotImplementedHere,
    OperationIdAlreadyExists,
    StackInstanceNotFound,
    StaleRequest,
    ValidationError,
)
from jumpcf.local.targets import existing, resolve
from jumpcf.local.template import parse
from jumpcf.local.world import new_id

STALE = "Another operation has been performed on this StackSet since the specified operation was performed."
_FILTERS = ("DETAILED_STATUS", "LAST_OPERATION_ID", "DRIFT_STATUS")


class Instances(StackSets):
    """Create, update, delete, describe and list stack instances; update StackSets."""

    def update_stack_set(self) -> ActionResult:
        given = self.params
        home, organization, stack_set = self._asked()
        repeated = self._repeated(stack_set)
        if repeated:
            return repeated
        targeted = given.get("DeploymentTargets") is not None or bool(given.get("Regions"))
        self._check_update(stack_set, targeted)
        operations.check_free(stack_set)
        template = self.deployable(stack_set.template)
        parsed = parse(self.world.templates[template])
        capabilities = list(given.get("Capabilities") or [])
        parsed.require(capabilities)
        values = self.parameters(stack_set.parameters)
        fill(parsed, values)
        if targeted:
            results = existing(
                organization, stack_set, given.get("DeploymentTargets") or {}, regions_of(given), "UPDATE"
            )
        else:
            results = _all(stack_set)
        if template != stack_set.template or values != stack_set.parameters:
            for instance in stack_set.instances.values():
                if instance.status == "CURRENT":
                    instance.status, instance.detailed = "OUTDATED", "PENDING"
        stack_set.template, stack_set.parameters, stack_set.capabilities = template, values, capabilities
        self._update_settings(stack_set)
        results = [row for row in results if _operable(stack_set, row)]
        return self._start(home, stack_set, "UPDATE", results)

    def create_stack_instances(self) -> ActionResult:
        given = self.params
        home, organization, stack_set = self._asked()
        repeated = self._repeated(stack_set)
        if repeated:
            return repeated
        operations.check_free(stack_set)
        regions = regions_of(given)
        targets = given.get("DeploymentTargets") or {}
        results = resolve(organization, targets, regions, "CREATE")
        for unit in targets["OrganizationalUnitIds"]:
            known = stack_set.targets.setdefault(unit, [])
            known += [region for region in regions if region not in known]
        results = [row for row in results if _operable(stack_set, row)]
        overrides, kept = self._overrides(stack_set)
        return self._start(home, stack_set, "CREATE", results, overrides=overrides, kept_overrides=kept)

    def update_stack_instances(self) -> ActionResult:
        given = self.params
        home, organization, stack_set = self._asked()
        repeated = self._repeated(stack_set)
        if repeated:
            return repeated
        operations.check_free(stack_set)
        targets = given.get("DeploymentTargets") or {}
        results = existing(organization, stack_set, targets, regions_of(given), "UPDATE")
        overrides, kept = self._overrides(stack_set)
        results = [row for row in results if _operable(stack_set, row)]
        return self._start(home, stack_set, "UPDATE", results, overrides=overrides, kept_overrides=kept)

    def delete_stack_instances(self) -> ActionResult:
        given = self.params
        home, organization, stack_set = self._asked()
        repeated = self._repeated(stack_set)
        if repeated:
            return repeated
        operations.check_free(stack_set)
        if given.get("RetainStacks") is None:
            raise ValidationError("RetainStacks is required.")
        regions = regions_of(given)
        targets = given.get("DeploymentTargets") or {}
        results = existing(organization, stack_set, targets, regions, "DELETE")
        # assumed, not verified on AWS: deleting single accounts leaves their OU an auto-deployment target
        if (targets.get("AccountFilterType") or "NONE") == "NONE":
            for unit in targets["OrganizationalUnitIds"]:
                left = [region for region in stack_set.targets.get(unit, []) if region not in regions]
                stack_set.targets[unit] = left
                if not left:
                    del stack_set.targets[unit]
        return self._start(home, stack_set, "DELETE", results, retain=bool(given["RetainStacks"]))

    def list_stack_instances(self) -> ActionResult:
        _, stack_set = self.stack_set()
        account, region = self.params.get("StackInstanceAccount"), self.params.get("StackInstanceRegion")
        rows = [
            _view(stack_set, item)
            for item in history.seen(self.world, stack_set).instances.values()
            if account in (None, item.account) and region in (None, item.region)
        ]
        for item in self.params.get("Filters") or []:
            rows = [row for row in rows if _filtered(row, item["Name"]) == item["Values"]]
        page, token = self.page(rows)
        return ActionResult({"Summaries": page, "NextToken": token})

    def describe_stack_instance(self) -> ActionResult:
        _, stack_set = self.stack_set()
        account, region = self.params["StackInstanceAccount"], self.params["StackInstanceRegion"]
        instance = stack_set.instances.get(key(account, region))
        if instance is None:
            raise StackInstanceNotFound(
                f"Stack instance for stack set {stack_set.name}, account {account} and region {region} not found"
            )
        overrides = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in instance.overrides.items()
        ]
        view = _view(stack_set, instance) | {"ParameterOverrides": overrides}
        return ActionResult({"StackInstance": view})

    def _check_update(self, stack_set: StackSet, targeted: bool) -> None:
        given = self.params
        if given.get("PermissionModel", "SERVICE_MANAGED") != "SERVICE_MANAGED":
            raise NotImplementedHere("The embedded AWS has service-managed StackSets only.")
        managed = given.get("ManagedExecution")
        changing = [name for name in ("TemplateBody", "TemplateURL", "Parameters") if given.get(name)]
        if managed is not None and changing:
            raise InvalidOperation(
                "Cannot update ManagedExecution while updating StackSet Template or Parameters"
            )
        if managed is not None and operations.first_open(stack_set) is not None:
            raise InvalidOperation("ManagedExecution cannot change while operations run or wait.")
        if given.get("AutoDeployment") is not None:
            if targeted:
                raise ValidationError(
                    "DeploymentTargets and Regions cannot be specified together with AutoDeployment."
                )
            self.auto_deployment()

    def _update_settings(self, stack_set: StackSet) -> None:
        given = self.params
        if given.get("Description") is not None:
            stack_set.description = given["Description"]
        if given.get("Tags") is not None:
            stack_set.tags = list(given["Tags"])
        if given.get("AutoDeployment") is not None:
            stack_set.auto_deployment, stack_set.retain_on_removal = self.auto_deployment()
        if given.get("ManagedExecution") is not None:
            stack_set.managed_execution = bool(given["ManagedExecution"].get("Active"))

    def _asked(self) -> tuple[Home, OrganizationsBackend, StackSet]:
        """Whose StackSet the call is about; refuses what no operation may have."""
        if self.params.get("Accounts"):
            raise ValidationError(
                "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target"
            )
        home, organization = self.administered()
        operations.check_preferences(self.params.get("OperationPreferences") or {})
        stack_set = self.stack_set()[1]
        if stack_set.name in self.world.overtaken:
            self.world.overtaken.remove(stack_set.name)
            raise StaleRequest(STALE)
        return home, organization, stack_set

    def _overrides(self, stack_set: StackSet) -> tuple[dict[str, str] | None, list[str]]:
        """(values that are set, names that stay as they are), or None where the call has no list."""
        given = self.params.get("ParameterOverrides")
        if given is None:
            return None, []
        known = parse(self.world.templates[stack_set.template]).parameters
        unknown = sorted({item["ParameterKey"] for item in given} - known.keys())
        if unknown:
            raise ValidationError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        kept = [item["ParameterKey"] for item in given if item.get("UsePreviousValue")]
        return {
            item["ParameterKey"]: item.get("ParameterValue", "")
            for item in given
            if not item.get("UsePreviousValue")
        }, kept

    def _repeated(self, stack_set: StackSet) -> ActionResult | None:
        """The answer of an operation that was asked for before with the same id and the same words.

        Assumed, not verified on AWS: an id that is used again for something else is refused.
        """
        wanted = self.params.get("OperationId")
        for item in stack_set.operations:
            if item.id == wanted:
                if item.request == self._request():
                    return ActionResult({"OperationId": item.id})
                raise OperationIdAlreadyExists(f"Operation {wanted} already exists")
        return None

    def _request(self) -> str:
        asked = {name: value for name, value in self.params.items() if name != "OperationId"}
        text = json.dumps([self._get_action(), asked], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _start(
        self, home: Home, stack_set: StackSet, action: str, results: list[Result], **more: Any
    ) -> ActionResult:
        operation = Operation(
            id=self.params.get("OperationId") or new_id(),
            action=action,
            created=self.world.now(),
            request=self._request(),
            results=results,
            preferences=dict(self.params.get("OperationPreferences") or {}),
            targets=dict(self.params.get("DeploymentTargets") or {}) or None,
            **more,
        )
        operations.start(self.world, home, stack_set, operation)
        return ActionResult({"OperationId": operation.id})


def _all(stack_set: StackSet) -> list[Result]:
    return [Result(item.account, item.region, item.unit) for item in stack_set.instances.values()]


def _operable(stack_set: StackSet, row: Result) -> bool:
    """INOPERABLE instances are left out of every update (API reference, StackInstance.Status)."""
    instance = stack_set.instances.get(key(row.account, row.region))
    return instance is None or instance.status != "INOPERABLE"


def _view(stack_set: StackSet, item: Instance) -> dict[str, Any]:
    return {
        "StackSetId": stack_set.id,
        "Account": item.account,
        "Region": item.region,
        "StackId": item.stack_id,
        "Status": item.status,
        "StatusReason": item.reason,
        "StackInstanceStatus": {"DetailedStatus": item.detailed},
        "OrganizationalUnitId": item.unit,
        "DriftStatus": item.drift,
        "LastDriftCheckTimestamp": item.drift_at,
        "LastOperationId": item.last_operation,
    }


def _filtered(row: dict[str, Any], name: str) -> Any:
    if name not in _FILTERS:
        raise ValidationError(f"Filter {name} is none of {', '.join(_FILTERS)}.")
    values = {
        "DETAILED_STATUS": row["StackInstanceStatus"]["DetailedStatus"],
        "LAST_OPERATION_ID": row["LastOperationId"],
        "DRIFT_STATUS": row["DriftStatus"],
    }
    return values[name]
