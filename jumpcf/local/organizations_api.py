"""AWS Organizations: moto's, with what it lacks: who may ask, paths, unique names, and word to StackSets.

Source: Organizations API reference: every call but DescribeOrganization is for the management account, and
reading for a delegated administrator of any service; OU names are unique under one parent.
"""

import json
from typing import Any, ClassVar

from moto.organizations.exceptions import (
    AccountNotFoundException,
    AWSOrganizationsNotInUseException,
    DuplicateOrganizationalUnitException,
    InvalidInputException,
    OrganizationsClientError,
)
from moto.organizations.models import OrganizationsBackend
from moto.organizations.responses import OrganizationsResponse

from jumpcf.local import tree
from jumpcf.local.accounts import open_account
from jumpcf.local.automatic import account_changed
from jumpcf.local.world import World

PAGE = 20
_FOR_ALL = frozenset({"DescribeOrganization", "CreateOrganization", "LeaveOrganization"})


class Organizations(OrganizationsResponse):
    """`world` is set on a subclass by the server."""

    world: ClassVar[World]

    @property
    def organizations_backend(self) -> OrganizationsBackend:
        """The organization's own backend, for its management account and for a delegated administrator's reads."""
        caller, action = self.current_account, str(self._get_action())
        management = tree.management_of(caller, self.region)
        if action in _FOR_ALL or management == caller:
            return tree.backend(caller, self.region)
        if management is None:
            raise AWSOrganizationsNotInUseException
        organization = tree.backend(management, self.region)
        if action.startswith(("List", "Describe")) and tree.is_delegated(organization, caller):
            return organization
        raise OrganizationsClientError(
            "AccessDeniedException", "You don't have permissions to access this resource."
        )

    def _get_int_param(self, param_name: str, if_none: Any = None) -> Any:
        """Organizations gives 20 items at most, and 20 where nobody asks for less."""
        value = super()._get_int_param(param_name, if_none)
        if param_name != "MaxResults":
            return value
        if value is not None and not 1 <= value <= PAGE:
            raise InvalidInputException("You specified an invalid value.")
        return value or PAGE

    def create_organizational_unit(self) -> str:
        name, parent = self._get_param("Name"), self._get_param("ParentId")
        organization = self.organizations_backend
        organization.validate_parent_id(parent)
        if any(unit.parent_id == parent and unit.name == name for unit in organization.ou):
            raise DuplicateOrganizationalUnitException
        return str(super().create_organizational_unit())

    def delete_organizational_unit(self) -> str:
        unit, organization = self._get_param("OrganizationalUnitId"), self.organizations_backend
        parents = [item.parent_id for item in organization.ou]
        if unit in (*parents, *(item.parent_id for item in organization.accounts)):
            raise OrganizationsClientError(
                "OrganizationalUnitNotEmptyException",
                "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all "
                "child OUs, and try the operation again.",
            )
        return str(super().delete_organizational_unit())

    def create_account(self) -> str:
        organization = self.organizations_backend
        answer = str(super().create_account())
        status = json.loads(answer)["CreateAccountStatus"]
        open_account(status["AccountId"], self.region)
        account_changed(self.world, organization.account_id, status["AccountId"])
        return answer

    def move_account(self) -> str:
        account, source = self._get_param("AccountId"), self._get_param("SourceParentId")
        organization = self.organizations_backend
        if organization.get_account_by_id(account).parent_id != source:
            raise OrganizationsClientError(
                "SourceParentNotFoundException",
                "We can't find a source root or OU with the ParentId that you specified.",
            )
        answer = str(super().move_account())
        account_changed(self.world, organization.account_id, account)
        return answer

    def remove_account_from_organization(self) -> str:
        organization, account = self.organizations_backend, self._get_param("AccountId")
        if tree.account(organization, account) is None:
            raise AccountNotFoundException
        answer = str(super().remove_account_from_organization())
        account_changed(self.world, organization.account_id, account)
        return answer

    def disable_aws_service_access(self) -> str:
        """For StackSets this ends trusted access.  Enabling the principal alone does not begin it: that is
        ActivateOrganizationsAccess's (Organizations User Guide, services that can integrate: CloudFormation)."""
        organization, principal = self.organizations_backend, self._get_param("ServicePrincipal")
        answer = str(super().disable_aws_service_access())
        if principal == tree.STACK_SETS_PRINCIPAL and organization.account_id in self.world.trusted:
            self.world.trusted.remove(organization.account_id)
        return answer

    def list_accounts(self) -> str:
        return self._with_paths(super().list_accounts(), "Accounts")

    def list_accounts_for_parent(self) -> str:
        return self._with_paths(super().list_accounts_for_parent(), "Accounts")

    def describe_account(self) -> str:
        return self._with_paths(super().describe_account(), "Account")

    def list_organizational_units_for_parent(self) -> str:
        return self._with_paths(super().list_organizational_units_for_parent(), "OrganizationalUnits")

    def describe_organizational_unit(self) -> str:
        return self._with_paths(super().describe_organizational_unit(), "OrganizationalUnit")

    def _with_paths(self, answer: str, member: str) -> str:
        """Add Account.Paths or OrganizationalUnit.Path (in the API since March 2026) to an answer."""
        organization = self.organizations_backend
        parents = {account.id: account.parent_id for account in organization.accounts}
        data: dict[str, Any] = json.loads(answer)
        found = data[member]
        for item in found if isinstance(found, list) else [found]:
            if item["Id"] in parents:
                item["Paths"] = [f"{tree.path_of(organization, parents[item['Id']])}{item['Id']}/"]
            else:
                item["Path"] = tree.path_of(organization, item["Id"])
        return json.dumps(data)
