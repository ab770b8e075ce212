"""Refusals as AWS words them: the error codes and texts that callers see through boto3.

Codes are those of botocore's service model (CloudFormation 2010-05-15, Organizations 2016-11-28).  Texts are
AWS's where one is on record, and plain otherwise; docs/local.md says which.
"""

from moto.core.exceptions import ServiceException


class Refusal(ServiceException):
    """An answer with an error: `code` as in AWS's model, `message` for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ValidationError(Refusal):
    """What CloudFormation answers to most wrong requests; not in its model (HTTP 400)."""

    code = "ValidationError"


class InsufficientCapabilities(Refusal):
    code = "InsufficientCapabilitiesException"


class AlreadyExists(Refusal):
    code = "AlreadyExistsException"


class ChangeSetNotFound(Refusal):
    code = "ChangeSetNotFound"


class InvalidChangeSetStatus(Refusal):
    code = "InvalidChangeSetStatus"


class StackSetNotFound(Refusal):
    code = "StackSetNotFoundException"


class StackInstanceNotFound(Refusal):
    code = "StackInstanceNotFoundException"


class StackSetNotEmpty(Refusal):
    code = "StackSetNotEmptyException"


class NameAlreadyExists(Refusal):
    code = "NameAlreadyExistsException"


class OperationNotFound(Refusal):
    code = "OperationNotFoundException"


class OperationInProgress(Refusal):
    code = "OperationInProgressException"


class StaleRequest(Refusal):
    code = "StaleRequestException"


class LimitExceeded(Refusal):
    code = "LimitExceededException"


class OperationIdAlreadyExists(Refusal):
    code = "OperationIdAlreadyExistsException"


class InvalidOperation(Refusal):
    code = "InvalidOperationException"


class ResourceRefused(Refusal):
    """A service refused what a resource wants; `handler` is CloudFormation's HandlerErrorCode."""

    code = "InvalidRequest"

    def __init__(self, message: str, handler: str = "InvalidRequest") -> None:
        super().__init__(message)
        self.handler = handler


class Denied(Exception):
    """AccessDenied, answered by the gate: moto's service models know no such error."""


class NotImplementedHere(NotImplementedError):
    """A call or a template that AWS would accept and the embedded AWS does not know; answered by the gate."""

    @property
    def message(self) -> str:
        return str(self)
