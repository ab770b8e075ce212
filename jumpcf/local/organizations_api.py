"""AWS Organizations: moto's, with what it lacks: who may ask, paths, unique names, and word to StackSets.

Source: Organizations API reference: every call but DescribeOrganization is for the management account, and
reading for a delegated administrator of any service; OU names are unique under one parent.
"""

import json
from typing import Any, ClassVar

from moto.organizations.exceptions import (
    AccountNotFoundException,
    AccountNotRegisteredException,
    AWSOrganizationsNotInUseException,
    DuplicateOrganizationalUnitException,
    InvalidInputException,
    OrganizationsClientError,
)
from moto.organizations.models import OrganizationsBackend
from moto.organizations.responses import OrganizationsResponse
from moto.organizations.utils import make_random_create_account_status_id

from jumpcf.local import tree
from jumpcf.local.accounts import open_account
from jumpcf.local.automatic import account_changed
from jumpcf.local.world import World

PAGE = 20
DEPTH = 5  # OUs below the root, one in another (Organizations User Guide, quotas)
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
        if tree.depth(organization, parent) >= DEPTH:
            raise OrganizationsClientError(
                "ConstraintViolationException",
                "You have exceeded the maximum depth of the OU tree (OU_DEPTH_LIMIT_EXCEEDED).",
            )
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
        """An address that some account has fails the creation, not the call (CreateAccountStatus)."""
        organization, email = self.organizations_backend, self._get_param("Email")
        if any(account.email == email for account in organization.accounts):
            status = {
                "Id": make_random_create_account_status_id(),
                "AccountName": self._get_param("AccountName"),
                "State": "FAILED",
                "FailureReason": "EMAIL_ALREADY_EXISTS",
            }
            return json.dumps({"CreateAccountStatus": status})
        answer = str(super().create_account())
        status = json.loads(answer)["CreateAccountStatus"]
        open_account(status["AccountId"], self.region)
        account_changed(self.world, organization.account_id, status["AccountId"])
        return answer

    def move_account(self) -> str:
        account, source = self._get_param("AccountId"), self._get_param("SourceParentId")
        organization, target = self.organizations_backend, self._get_param("DestinationParentId")
        if not tree.knows(organization, target):
            raise OrganizationsClientError(
                "DestinationParentNotFoundException",
                "We can't find the destination container (a root or OU) with the ParentId that you specified.",
            )
        if organization.get_account_by_id(account).parent_id == target:
            raise OrganizationsClientError(
                "DuplicateAccountException", "That account is already present in the specified destination."
            )
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
        if account == organization.account_id:
            raise OrganizationsClientError(
                "MasterCannotLeaveOrganizationException",
                "You can't remove a management account from an organization.",
            )
        if tree.is_delegated(organization, account):
            raise OrganizationsClientError(
                "ConstraintViolationException",
                "You must deregister the account as a delegated administrator before you can remove it.",
            )
        answer = str(super().remove_account_from_organization())
        account_changed(self.world, organization.account_id, account)
        return answer

    def close_account(self) -> str:
        if self._get_param("AccountId") == self.organizations_backend.account_id:
            raise OrganizationsClientError(
                "ConstraintViolationException",
                "You cannot close the management account (CANNOT_CLOSE_MANAGEMENT_ACCOUNT).",
            )
        return str(super().close_account())

    def list_parents(self) -> str:
        organization, child = self.organizations_backend, self._get_param("ChildId")
        if tree.account(organization, child) is None and not tree.knows(organization, child):
            raise OrganizationsClientError(
                "ChildNotFoundException",
                "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
            )
        return str(super().list_parents())

    def register_delegated_administrator(self) -> str:
        """moto keeps an administrator of nothing where it does not know the service."""
        organization = self.organizations_backend
        try:
            return str(super().register_delegated_administrator())
        finally:
            organization.admins[:] = [admin for admin in organization.admins if admin.services]

    def deregister_delegated_administrator(self) -> str:
        self._registered()
        return str(super().deregister_delegated_administrator())

    def list_delegated_services_for_account(self) -> str:
        self._registered()
        return str(super().list_delegated_services_for_account())

    def _registered(self) -> None:
        if not tree.is_delegated(self.organizations_backend, self._get_param("AccountId")):
            raise AccountNotRegisteredException

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
        """Add Account.Paths or OrganizationalUnit.Path (in the API since March 2026) to an answer, unless an
        older API is played."""
        if not self.world.paths:
            return answer
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
