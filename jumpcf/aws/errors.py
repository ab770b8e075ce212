"""What AWS answered, as a refusal that a person can act on: the table, and the one function that reads it.

Rules are matched by (AWS's error code, a part of its message), never by exception class: many errors of
StackSets are not modelled and arrive as a plain `ValidationError`.  Texts are AWS's own, collected from the
API reference of CloudFormation and Organizations and from reports of users.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from jumpcf.artifacts.bootstrap import STACK_SETS
from jumpcf.artifacts.secret import Secret
from jumpcf.errors import AwsRefused

DELEGATE = (
    f"the admin account must be a delegated administrator of {STACK_SETS}: "
    "jumpcf bootstrap --org NAME --management-profile PROFILE registers it"
)
TRUST = (
    "activate trusted access with CloudFormation StackSets in the management account "
    "(aws cloudformation activate-organizations-access)"
)
# Never simply "delete it": it may be somebody else's, a user with his keys and all.
TAKEN = "what has this name is not this stack's; choose another name, or remove it once its owner agrees"


@dataclass(frozen=True, slots=True)
class Rule:
    """A refusal of AWS that we know: its error codes (none: any), a part of its message, our code, a hint."""

    code: str
    aws_codes: tuple[str, ...]
    text: str
    hint: str

    def fits(self, aws_code: str, message: str) -> bool:
        return (not self.aws_codes or aws_code in self.aws_codes) and self.text.lower() in message.lower()


THROTTLES = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
)
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")

RULES: tuple[Rule, ...] = (  # the first that fits wins; what has a text stands before what has none
    Rule("A503", EXPIRED, "", "sign in again, then run the same command"),
    Rule(
        "A536",
        ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"),
        "",
        "check the access key of the profile, and that the clock of this machine is right",
    ),
    Rule(
        "A506",
        THROTTLES,
        "",
        "another tool is calling AWS in this account as well; run again in a few minutes",
    ),
    Rule("A506", (), "Rate exceeded", "another tool is calling AWS in this account as well; run again later"),
    Rule(
        "A526",
        (),
        "explicit deny in a service control policy",
        "let the service control policy except the roles stacksets-exec-* in the target accounts",
    ),
    Rule(
        "A534",
        DENIED,
        "sts:AssumeRole",
        "let the role's trust policy name the caller, and the caller assume it",
    ),
    Rule("A511", (), "not a delegated administrator", DELEGATE),
    Rule("A510", (), "You must be the management account or delegated admin", DELEGATE),
    # What Organizations answers to every member but a delegated administrator: one that was deregistered, too.
    Rule("A511", DENIED, "You don't have permissions to access this resource", DELEGATE),
    Rule(
        "A512",
        ("AWSOrganizationsNotInUseException",),
        "",
        "name in params/organizations/ an admin account that is a member of the organization",
    ),
    Rule(
        "A513",
        (),
        "should have 'stacksets-exec-",
        "enable trusted access for StackSets in the management account; a suspended account or a service "
        "control policy can be the reason as well",
    ),
    Rule(
        "A513",
        (),
        "must enable organizations access",
        TRUST,
    ),
    Rule(
        "A513",
        (),
        "trusted access",
        TRUST,
    ),
    Rule("A516", ("OperationInProgressException",), "", "wait for that operation to end, then run again"),
    Rule("A516", ("StaleRequestException",), "", "another operation came between; run again"),
    Rule("A517", (), "not found in StackSet", "plan again: the OU has to be made a target first"),
    Rule("A518", (), "only have OrganizationalUnit as target", "name an OU together with the accounts"),
    Rule(
        "A519",
        (),
        "Cannot update ManagedExecution while updating StackSet Template",
        "change ManagedExecution in a call of its own",
    ),
    Rule(
        "A515",
        ("StackSetNotEmptyException",),
        "",
        "delete the StackSet's instances first; an instance in a suspended account leaves only with RetainStacks",
    ),
    Rule(
        "A514",
        ("StackSetNotFoundException",),
        "",
        "plan again; if it is there, the call was made in another region or without CallAs",
    ),
    Rule(
        "A521",
        (),
        "account is suspended",
        "AWS skips suspended accounts; their instances leave only with RetainStacks",
    ),
    Rule(
        "A524",
        (),
        "can not be updated",
        "a stack in ROLLBACK_COMPLETE can only be deleted and created anew; plan again",
    ),
    Rule("A523", (), "must have values", "give the template's parameter a default"),
    Rule(
        "A525",
        ("InsufficientCapabilitiesException",),
        "",
        "name the capability in the stack module's StackSpec",
    ),
    Rule(
        "A525",
        (),
        "Requires capabilities",
        "name the capability in the stack module's StackSpec (capabilities=…)",
    ),
    Rule(
        "A520",
        ("LimitExceededException", "LimitExceeded"),
        "",
        "delete what is not needed, or ask AWS to raise the quota (Service Quotas)",
    ),
    Rule(
        "A528",
        ("NoSuchBucket",),
        "",
        "deploy the stack jump-base first; it makes the artifact bucket",
    ),
    Rule(
        "A528",
        (),
        "is not accessible",
        "let the bucket's policy allow this account to read templates/*",
    ),
    Rule(
        "A522",
        ("AlreadyExistsException", "NameAlreadyExistsException", "EntityAlreadyExists"),
        "",
        TAKEN,
    ),
    Rule("A522", (), "already exists", TAKEN),
    Rule(
        "A583",
        (),
        "is invalid or cannot be assumed",
        "jumpcf bootstrap makes the service role; then run again",
    ),
    Rule("A504", DENIED, "", "give the credentials this permission, or use others"),
    Rule(
        "A527", ("ValidationError", "ValidationException"), "", "plan again; if it stays, report this message"
    ),
)

LOCAL_RULES: dict[str, tuple[str, str]] = {  # by class name of botocore's exception or of one of its parents
    "ProfileNotFound": ("A501", "add the profile to ~/.aws/config, or name another one in params/"),
    "NoCredentialsError": ("A502", "sign in, set AWS_PROFILE, or name a profile or a role in params/"),
    "NoAuthTokenError": ("A502", "sign in with aws sso login"),
    "PartialCredentialsError": ("A502", "give the access key together with its secret key"),
    "LoginError": ("A503", "sign in again with aws login, then run the same command"),
    "SSOError": ("A503", "sign in again with aws sso login, then run the same command"),
    "TokenRetrievalError": ("A503", "sign in again with aws sso login, then run the same command"),
    "CredentialRetrievalError": ("A503", "sign in again, then run the same command"),
    "ConnectionError": ("A505", "check the network, the proxy and the region, then run the same command"),
    "HTTPClientError": ("A505", "check the network, the proxy and the region, then run the same command"),
    "EndpointProviderError": ("A535", "check the region and AWS_ENDPOINT_URL"),
    "BaseEndpointResolverError": ("A535", "name a region of AWS in params/"),
    "InvalidRegionError": ("A535", "name a region of AWS in params/"),
    "InvalidConfigError": ("A535", "mend the profile in ~/.aws/config"),
    "ConfigParseError": ("A535", "mend ~/.aws/config"),
    "UnknownCredentialError": ("A535", "mend the profile in ~/.aws/config"),
}


class CallRefused(AwsRefused):
    """A call that AWS refused; keeps AWS's own code, message and request id for those who can go on, and how
    often botocore had tried before (`retries`): an earlier try may have taken effect and lost its answer.  `date`
    is what time it is there, as the answer's header has it."""

    def __init__(
        self,
        code: str,
        what: str,
        hint: str = "",
        *,
        where: str = "",
        aws_code: str = "",
        message: str = "",
        operation: str = "",
        request_id: str = "",
        retries: int = 0,
        date: str = "",
    ) -> None:
        super().__init__(code, what, hint, where=where)
        self.aws_code = aws_code
        self.message = message
        self.operation = operation
        self.request_id = request_id
        self.retries = retries
        self.date = date

    def without(self, hidden: Iterable[Secret]) -> "CallRefused":
        """The same refusal with these secrets taken out of its words."""
        what, message = self.what, self.message
        for secret in hidden:
            what, message = secret.within(what), secret.within(message)
        return CallRefused(
            self.code,
            what,
            self.hint,
            where=self.where,
            aws_code=self.aws_code,
            message=message,
            operation=self.operation,
            request_id=self.request_id,
            retries=self.retries,
            date=self.date,
        )


def refusal(error: ClientError | BotoCoreError, operation: str, where: str) -> CallRefused:
    """Say in our words what AWS or botocore said; `where` names the place and the account."""
    if isinstance(error, ClientError):
        return _answered(error, operation, where)
    code, hint = _local_rule(type(error))
    told = " ".join(str(error).split())  # botocore lists wrong parameters line by line
    return CallRefused(code, f"{where}: {operation}: {told}", hint, where=where, operation=operation)


def rule_for(aws_code: str, message: str) -> Rule | None:
    """The rule for a refusal, or for the reason of a failed stack or instance; None where none is known."""
    return next((rule for rule in RULES if rule.fits(aws_code, message)), None)


def _answered(error: ClientError, operation: str, where: str) -> CallRefused:
    answer = error.response.get("Error", {})
    aws_code, message = str(answer.get("Code", "")), str(answer.get("Message", ""))
    metadata = error.response.get("ResponseMetadata", {})
    request_id = str(metadata.get("RequestId", ""))
    rule = rule_for(aws_code, message)
    facts = ", ".join(part for part in (aws_code, request_id and f"request {request_id}") if part)
    return CallRefused(
        rule.code if rule else "A500",
        f"{where}: {operation} was refused: {message or 'no message'} ({facts})",
        rule.hint if rule else "",
        where=where,
        aws_code=aws_code,
        message=message,
        operation=operation,
        request_id=request_id,
        retries=int(metadata.get("RetryAttempts", 0)),
        date=str(metadata.get("HTTPHeaders", {}).get("date", "")),
    )


def _local_rule(kind: type) -> tuple[str, str]:
    return next(
        (LOCAL_RULES[base.__name__] for base in kind.__mro__ if base.__name__ in LOCAL_RULES), ("A500", "")
    )
