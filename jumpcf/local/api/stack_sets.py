"""The calls about service-managed StackSets themselves.

Service-managed StackSets live in the management account, whoever makes them; a delegated administrator says
so with CallAs on every call, reads included (AWS docs: "Register a delegated administrator").
Self-managed StackSets and imports are not implemented.
"""

import json
from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.organizations.models import OrganizationsBackend
from moto.utilities.utils import get_partition

from jumpcf.local import operations, tree
from jumpcf.local.api.drifts import Drifts
from jumpcf.local.api.stacks import parameter_values, parameter_views
from jumpcf.local.api.views import latest_drift
from jumpcf.local.intrinsics import parameters as fill
from jumpcf.local.records import Home, StackSet
from jumpcf.local.refusals import (
    InvalidOperation,
    LimitExceeded,
    NameAlreadyExists,
    NotImplementedHere,
    OperationInProgress,
    StackSetNotEmpty,
    StackSetNotFound,
    ValidationError,
)
from jumpcf.local.template import parse
from jumpcf.local.world import new_id

SETS_LIMIT = 1_000  # per administrator account (CloudFormation quotas)
NOT_DELEGATED = "Account used is not a delegated administrator"
NOT_ADMINISTRATOR = (
    "You must be the management account or delegated admin account of an organization before operating a "
    "SERVICE_MANAGED stack set"
)
NO_TRUST = "You must enable organizations access to operate a service managed stack set"


class StackSets(Drifts):
    """Create, describe, list and delete StackSets; trusted access."""

    def create_stack_set(self) -> ActionResult:
        given = self.params
        self.refuse("StackId")
        if given.get("PermissionModel") != "SERVICE_MANAGED":
            raise NotImplementedHere("The embedded AWS has service-managed StackSets only.")
        home, _ = self.administered()
        automatic, retain = self.auto_deployment()
        template = self.deployable()
        parsed = parse(self.world.templates[template])
        parsed.require(list(given.get("Capabilities") or []))
        values = self.parameters({})
        fill(parsed, values)
        name = given["StackSetName"]
        token = given.get("ClientRequestToken") or new_id()
        for other in home.stack_sets.values():
            if other.name == name and other.status == "ACTIVE":
                if other.token == token:
                    return ActionResult({"StackSetId": other.id})
                raise NameAlreadyExists(f"StackSet {name} already exists")
        if sum(other.status == "ACTIVE" for other in home.stack_sets.values()) >= SETS_LIMIT:
            raise LimitExceeded(f"You have reached the limit of {SETS_LIMIT} StackSets.")
        unique = new_id()
        partition = get_partition(self.region)
        stack_set = StackSet(
            name=name,
            id=f"{name}:{unique}",
            arn=f"arn:{partition}:cloudformation:{self.region}:{home.management}:stackset/{name}:{unique}",
            template=template,
            description=given.get("Description"),
            parameters=values,
            tags=list(given.get("Tags") or []),
            capabilities=list(given.get("Capabilities") or []),
            auto_deployment=automatic,
            retain_on_removal=retain,
            managed_execution=bool((given.get("ManagedExecution") or {}).get("Active")),
            token=token,
        )
        home.stack_sets[stack_set.id] = stack_set
        return ActionResult({"StackSetId": stack_set.id})

    def describe_stack_set(self) -> ActionResult:
        home, stack_set = self.stack_set()
        template = parse(self.world.templates[stack_set.template])
        view = _summary(stack_set) | {
            "StackSetARN": stack_set.arn,
            "TemplateBody": self.world.templates[stack_set.template],
            "Parameters": parameter_values(template, stack_set.parameters),
            "Capabilities": stack_set.capabilities,
            "Tags": stack_set.tags,
            "StackSetDriftDetectionDetails": latest_drift(stack_set),
            "OrganizationalUnitIds": list(stack_set.targets),
            "Regions": sorted({region for regions in stack_set.targets.values() for region in regions}),
            # AWS fills both in for service-managed sets too, though nobody may send them
            "AdministrationRoleARN": f"arn:{get_partition(home.region)}:iam::{home.management}:role/"
            "aws-service-role/stacksets.cloudformation.amazonaws.com/"
            "AWSServiceRoleForCloudFormationStackSetsOrgAdmin",
            "ExecutionRoleName": f"stacksets-exec-{stack_set.id[-12:]}",
        }
        return ActionResult({"StackSet": view})

    def list_stack_sets(self) -> ActionResult:
        home = self.home()
        wanted = self.params.get("Status")
        found = [item for item in home.stack_sets.values() if wanted in (None, item.status)]
        page, token = self.page(found)
        return ActionResult({"Summaries": [_summary(item) for item in page], "NextToken": token})

    def delete_stack_set(self) -> EmptyResult:
        """Refused while there are instances; one that is not there is no error (assumed, not verified on AWS)."""
        try:
            _, stack_set = self.stack_set()
        except StackSetNotFound:
            return EmptyResult()
        busy = operations.first_open(stack_set)
        if busy is not None:
            raise OperationInProgress(operations.busy_text(stack_set, busy))
        if stack_set.instances:
            raise StackSetNotEmpty("StackSet is not empty")
        stack_set.status = "DELETED"
        stack_set.targets.clear()
        return EmptyResult()

    def get_template_summary(self) -> ActionResult:
        if self.params.get("StackSetName"):
            _, stack_set = self.stack_set()
            key = stack_set.template
        elif self.params.get("StackName"):
            key = self.stack(self.params["StackName"]).template
        else:
            key = self.required_template()
        template = parse(self.world.templates[key])
        return ActionResult(
            {
                "Description": template.description,
                "Parameters": parameter_views(template),
                "Capabilities": list(template.capabilities),
                "ResourceTypes": sorted({item.type for item in template.resources.values()}),
                "DeclaredTransforms": [],
                "Version": "2010-09-09",
            }
        )

    def activate_organizations_access(self) -> EmptyResult:
        organization = self._managed()
        organization.enable_aws_service_access(ServicePrincipal=tree.STACK_SETS_PRINCIPAL)
        if self.current_account not in self.world.trusted:
            self.world.trusted.append(self.current_account)
        return EmptyResult()

    def deactivate_organizations_access(self) -> EmptyResult:
        organization = self._managed()
        if any(tree.STACK_SETS_PRINCIPAL in admin.services for admin in organization.admins):
            raise InvalidOperation("Deregister the delegated administrators of StackSets first.")
        if self.current_account in self.world.trusted:
            organization.disable_aws_service_access(ServicePrincipal=tree.STACK_SETS_PRINCIPAL)
            self.world.trusted.remove(self.current_account)
        return EmptyResult()

    def describe_organizations_access(self) -> ActionResult:
        management = self.home().management
        return ActionResult({"Status": "ENABLED" if management in self.world.trusted else "DISABLED"})

    def home(self) -> Home:
        """Where the caller's StackSets are: the management account's for a delegated administrator."""
        caller = self.current_account
        if self.params.get("CallAs") != "DELEGATED_ADMIN":
            return self.world.home(caller, self.region)
        management = tree.management_of(caller, self.region)
        if management is None:
            raise ValidationError(NOT_DELEGATED)
        organization = tree.backend(management, self.region)
        if not tree.is_delegated(organization, caller, tree.STACK_SETS_PRINCIPAL):
            raise ValidationError(NOT_DELEGATED)
        return self.world.home(management, self.region)

    def administered(self) -> tuple[Home, OrganizationsBackend]:
        """The home and its organization, or a refusal where the caller does not administer one."""
        home = self.home()
        organization = tree.backend(home.management, self.region)
        if organization.org is None:
            raise ValidationError(NOT_ADMINISTRATOR)
        if home.management not in self.world.trusted:
            raise ValidationError(NO_TRUST)
        return home, organization

    def stack_set(self) -> tuple[Home, StackSet]:
        """The StackSet that the call names, by name, id or ARN."""
        home = self.home()
        name = self.params["StackSetName"]
        for item in home.stack_sets.values():
            if item.status == "ACTIVE" and name in (item.name, item.id, item.arn):
                return home, item
        raise StackSetNotFound(f"StackSet {name} not found")

    def deployable(self, previous: str | None = None) -> str:
        """The template of the call, without what service-managed StackSets cannot deploy (User Guide, "Associate
        a StackSet with an organization": transforms and macros, nested stacks; StackSets in StackSets)."""
        key = self.required_template(previous)
        try:
            raw = json.loads(self.world.templates[key])
            types = {item["Type"] for item in raw["Resources"].values()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return key  # `parse` says what is wrong with it
        nested = sorted(types & {"AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"})
        if nested:
            raise ValidationError(f"Nested {nested[0]} is not supported in service managed StackSets.")
        if "Transform" in raw or "AWS::CloudFormation::Macro" in types:
            raise ValidationError("A transform or macro is not supported in service managed StackSets.")
        return key

    def auto_deployment(self) -> tuple[bool, bool]:
        """(enabled, retain stacks on removal) of the call, checked."""
        wanted = self.params.get("AutoDeployment")
        if wanted is None or wanted.get("Enabled") is None:
            raise ValidationError("AutoDeployment is required for a SERVICE_MANAGED StackSet.")
        if wanted.get("DependsOn"):
            raise NotImplementedHere("The embedded AWS does not implement DependsOn of AutoDeployment.")
        if not wanted["Enabled"] and "RetainStacksOnAccountRemoval" in wanted:
            raise ValidationError(
                "RetainStacksOnAccountRemoval can be specified only if AutoDeployment is enabled."
            )
        return bool(wanted["Enabled"]), bool(wanted.get("RetainStacksOnAccountRemoval"))

    def _managed(self) -> OrganizationsBackend:
        organization = tree.backend(self.current_account, self.region)
        if organization.org is None:
            raise InvalidOperation("Organizations access is managed from the management account only.")
        return organization


def _summary(stack_set: StackSet) -> dict[str, Any]:
    found = latest_drift(stack_set) or {}
    return {
        "StackSetName": stack_set.name,
        "StackSetId": stack_set.id,
        "Description": stack_set.description,
        "Status": stack_set.status,
        "AutoDeployment": _auto_view(stack_set),
        "PermissionModel": "SERVICE_MANAGED",
        "ManagedExecution": {"Active": stack_set.managed_execution},
        "DriftStatus": found.get("DriftStatus", "NOT_CHECKED"),
        "LastDriftCheckTimestamp": found.get("LastDriftCheckTimestamp"),
    }


def _auto_view(stack_set: StackSet) -> dict[str, bool]:
    view = {"Enabled": stack_set.auto_deployment}
    if stack_set.auto_deployment:
        view["RetainStacksOnAccountRemoval"] = stack_set.retain_on_removal
    return view


def regions_of(params: dict[str, Any]) -> Sequence[str]:
    regions = list(params.get("Regions") or [])
    if not regions:
        raise ValidationError("Regions must name at least one region.")
    return regions
