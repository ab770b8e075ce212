"""The calls about drift of StackSets: an operation over the instances, and what it found in each of them.

Source: CloudFormation API reference, DetectStackSetDrift, StackSetDriftDetectionDetails,
ListStackInstanceResourceDrifts; User Guide, "Detect unmanaged configuration changes in StackSets".
"""

from typing import Any

from moto.core.responses import ActionResult

from jumpcf.local import operations
from jumpcf.local.api.drifts import chosen
from jumpcf.local.api.instances import Instances
from jumpcf.local.records import Operation, Result, StackSet, key
from jumpcf.local.refusals import OperationInProgress, OperationNotFound, StackInstanceNotFound


class StackSetDrift(Instances):
    """Detect drift of a StackSet, and list it resource by resource."""

    def detect_stack_set_drift(self) -> ActionResult:
        home, _, stack_set = self._asked()
        repeated = self._repeated(stack_set)
        if repeated:
            return repeated
        for item in stack_set.operations:
            if item.action == "DETECT_DRIFT" and item.status in operations.OPEN:
                raise OperationInProgress(operations.busy_text(stack_set, item))
        operations.check_free(stack_set)
        results = [Result(item.account, item.region, item.unit) for item in stack_set.instances.values()]
        return self._start(home, stack_set, "DETECT_DRIFT", results)

    def list_stack_instance_resource_drifts(self) -> ActionResult:
        given = self.params
        stack_set, operation = self.operation()
        place = key(given["StackInstanceAccount"], given["StackInstanceRegion"])
        instance = stack_set.instances.get(place)
        if instance is None:
            raise StackInstanceNotFound(f"Stack instance {place} of stack set {stack_set.name} not found")
        rows: list[dict[str, Any]] = []
        for result in operation.results:
            if key(result.account, result.region) == place:
                wanted = given.get("StackInstanceResourceDriftStatuses")
                rows = chosen(instance.stack_id or "", result.drifts, wanted)
        page, token = self.page(rows)
        return ActionResult({"Summaries": page, "NextToken": token})

    def operation(self) -> tuple[StackSet, Operation]:
        """The operation that the call names."""
        _, stack_set = self.stack_set()
        wanted = self.params["OperationId"]
        for item in stack_set.operations:
            if item.id == wanted:
                return stack_set, item
        raise OperationNotFound(f"Operation {wanted} not found")
