"""The one way in which a plan reaches AWS: a method per kind of operation.

Safe to call from many threads at once.  A `sleep` that raises ends the wait and leaves AWS at work: the
operation can be looked at again under the same token, because submitting it twice does nothing.
"""

import time
from collections.abc import Callable
from typing import Protocol, assert_never

from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.marks import ESTATE_TAG
from jumpcf.artifacts.operation import (
    AccountOperation,
    AnyOperation,
    ConfigureStackSet,
    ContinueRollback,
    CreateInstances,
    CreatePassword,
    CreateStackSet,
    DeleteBucket,
    DeleteChangeSet,
    DeleteInstances,
    DeleteStack,
    DeleteStackSet,
    DeployStack,
    OffboardUser,
    RemoveTags,
    SetPasswordPolicy,
    UpdateStackSet,
    WithdrawPassword,
)
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.api import Api
from jumpcf.aws.bucket_end import empty_and_delete
from jumpcf.aws.identity import find
from jumpcf.aws.jump_stacks import JumpStacks
from jumpcf.aws.paging import PACE, Pace, Waiter
from jumpcf.aws.password_policy import set_policy
from jumpcf.aws.passwords import Passwords
from jumpcf.aws.runner import Runner
from jumpcf.aws.s3 import Templates, artifact_bucket
from jumpcf.aws.sessions import Clients
from jumpcf.aws.stacks import Stacks
from jumpcf.aws.stackset_work import StackSetWork
from jumpcf.aws.stacksets import StackSets, batches
from jumpcf.aws.users import Users
from jumpcf.errors import AwsRefused

Report = Callable[[Progress], None]
StackSetOperation = (
    CreateStackSet | UpdateStackSet | ConfigureStackSet | CreateInstances | DeleteInstances | DeleteStackSet
)


class Gateway(Protocol):
    """Runs one operation of a plan to its end."""

    def run(self, operation: AnyOperation, token: str, report: Report) -> Outcome:
        """Gives succeeded or failed; raises AwsRefused where AWS refused a call.

        `token` is 1 to 100 of [A-Za-z0-9-], the same for the same attempt and a new one for a new attempt:
        it becomes the OperationId, by which AWS does the work only once.
        """
        ...


class AwsGateway:
    """The gateway to AWS.  `call_as` says for each organization who we are there (as it was
    observed); `body` gives a template's bytes by its digest; `locked` says whether this run holds the deploy lock."""

    def __init__(
        self,
        sessions: Clients,
        manifest: Manifest,
        call_as: dict[str, str],
        body: Callable[[str], bytes],
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        pace: Pace = PACE,
        locked: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sessions, self._manifest, self._call_as = sessions, manifest, dict(call_as)
        self._waiter = Waiter(sleep, clock, pace)
        self._locked = locked
        self._templates = Templates(body, Api(sessions, JUMP, "s3"), artifact_bucket(manifest))

    def run(self, operation: AnyOperation, token: str, report: Report) -> Outcome:
        match operation:
            case DeployStack():
                return self._stacks().deploy(operation, token, report)
            case DeleteStack():
                return self._stacks().delete(operation, token, report)
            case ContinueRollback():
                return self._stacks().continue_rollback(operation, token, report)
            case DeleteChangeSet():
                return self._stacks().delete_change_set(operation)
            case RemoveTags():
                return self._stacks().remove_tags(operation, token, report)
            case DeleteBucket():
                return empty_and_delete(
                    Api(self._sessions, JUMP, "s3"),
                    artifact_bucket(self._manifest),
                    self._manifest.estate,
                    operation,
                    report,
                )
            case OffboardUser() | SetPasswordPolicy() | CreatePassword() | WithdrawPassword():
                return self._account(operation, report)
            case _:
                return self._stack_set(operation, token, report)

    def _account(self, operation: AccountOperation, report: Report) -> Outcome:
        iam, ssm = Api(self._sessions, JUMP, "iam"), Api(self._sessions, JUMP, "ssm")
        passwords = Passwords(iam, ssm, self._waiter, locked=self._locked)
        match operation:
            case OffboardUser():
                return Users(iam, ssm, self._waiter).offboard(operation, report)
            case SetPasswordPolicy():
                return set_policy(iam, operation)
            case CreatePassword():
                return passwords.create(operation)
            case WithdrawPassword():
                return passwords.withdraw(operation)

    def settle(self, operation: AnyOperation, token: str, report: Report) -> Outcome | None:
        """What became of an operation that an earlier run began under `token`; what still runs is awaited.  None
        where AWS cannot tell, or was never asked: what AWS shows then says what is left.  Writes nothing."""
        match operation:
            case DeployStack() | DeleteStack():
                return self._stacks().settle(operation.stack, token, report)
            case CreateInstances() | DeleteInstances():
                calls = len(batches(operation.units))
            case UpdateStackSet():  # all accounts in one call, or a ring's by its OUs
                calls = len(batches(operation.units)) if operation.accounts else 1
            case ConfigureStackSet():  # or one: then AWS's own state says that it is done
                calls = 2
            case _:
                return None
        return self._work(operation.place).settle(operation.stack, token, calls, report)

    def _stack_set(self, operation: StackSetOperation, token: str, report: Report) -> Outcome:
        work = self._work(operation.place)
        match operation:
            case CreateStackSet():
                return work.create(operation, token)
            case UpdateStackSet():
                return work.update(operation, token, report)
            case ConfigureStackSet():
                rollout = find(self._manifest, operation.place).rollout
                return work.configure(operation, rollout, token, report)
            case CreateInstances():
                return work.create_instances(operation, token, report)
            case DeleteInstances():
                return work.delete_instances(operation, token, report)
            case DeleteStackSet():
                return work.delete(operation, token, report)
            case _:
                assert_never(operation)

    def _stacks(self) -> JumpStacks:
        stacks = Stacks(Api(self._sessions, JUMP, "cloudformation"))
        return JumpStacks(
            stacks,
            self._templates,
            (ESTATE_TAG, self._manifest.estate),
            self._waiter,
            role=self._manifest.service_role,
        )

    def _work(self, place: str) -> StackSetWork:
        if place not in self._call_as:
            raise AwsRefused("A533", f"who we are in {place} was not verified", "observe it before deploying")
        stack_sets = StackSets(self._sessions, place, self._call_as[place])
        return StackSetWork(
            stack_sets, Runner(stack_sets, self._waiter), self._templates, self._manifest.estate
        )
