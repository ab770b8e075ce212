"""The shapes of ids, names and other short texts: a pattern, what it describes, and how to write one.

Patterns are of the kind that JSON Schema, Rust's regex and Python's re read alike.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern (anchored), the noun for what matches it, a hint for what does not, and the problem's code."""

    pattern: str
    noun: str
    hint: str
    code: str = "E205"


_NAME = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_NAME_HINT = "lower-case letters, digits and single hyphens, beginning with a letter"

ESTATE = Shape(_NAME, "an estate's name", _NAME_HINT)
ORGANIZATION = Shape(_NAME, "an organization's local name", _NAME_HINT)
PARTNER = Shape(_NAME, "a partner's name", _NAME_HINT)
GRANT = Shape(_NAME, "a grant's name", _NAME_HINT)
GROUP = Shape(_NAME, "a group's name", _NAME_HINT)
LEVEL = Shape(
    "^[A-Z][A-Za-z0-9]*$",
    "a level's name",
    "letters and digits, beginning with a capital: DbOperator",
)
BOUNDARY = Shape("^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$", "a boundary's name", "letters, digits and hyphens")
# IAM: CreateUser, UserName; path and name are told apart by jumpcf
USER = Shape(
    "^[A-Za-z0-9_+=,.@-]{1,64}$",
    "an IAM user name",
    "1 to 64 of letters, digits and _+=,.@-",
)
# Organizations API reference: Organization.Id, Root.Id, OrganizationalUnit.Id
ACCOUNT_ID = Shape("^[0-9]{12}$", "an account id", 'twelve digits in quotes: "111111111111"')
ORGANIZATION_ID = Shape(
    "^o-[a-z0-9]{10,32}$", "an organization id", "o- and 10 to 32 lower-case letters or digits"
)
ROOT_ID = Shape("^r-[0-9a-z]{4,32}$", "a root id", "r- and 4 to 32 lower-case letters or digits")
UNIT_ID = Shape(
    "^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$", "an OU id", "ou-, the root's part, - and 8 to 32 characters"
)
UNIT = Shape(
    "^(/.*|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})$",
    "an OU",
    "a path from the root (/Workloads/Prod, / for all) or an id (ou-ab12-11111111)",
)
PATH = Shape("^/.", "a path of an OU", "from the root: /Workloads/Prod")
REGION = Shape("^[a-z]{2}(-[a-z]+)+-[0-9]$", "a region", "such as ap-northeast-1")
# GitHub: a user's or organization's name, and a repository's, with or without the ids of both, as the repository's
# tokens have them (GitHub Docs, "OpenID Connect reference", immutable subject claims); an environment's name goes
# into an IAM condition
REPOSITORY = Shape(
    "^[A-Za-z0-9](-?[A-Za-z0-9])*(/[A-Za-z0-9._-]+|@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$",
    "a GitHub repository",
    "owner/name without the host, or with both ids: owner@1234/name@5678",
)
ENVIRONMENT = Shape(
    "^[A-Za-z0-9._-]+$", "an environment of a GitHub repository", "letters, digits, dots, hyphens and _"
)
PROFILE = Shape("^[^\\s\\[\\]]+$", "a profile name", "a profile of the AWS configuration, without spaces")
ROLE_ARN = Shape(
    "^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$",
    "a role ARN",
    "such as arn:aws:iam::222222222222:role/jumpcf-deploy",
)
POLICY_ARN = Shape(
    "^arn:aws(-cn|-us-gov)?:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$",
    "a managed policy ARN",
    "such as arn:aws:iam::aws:policy/ReadOnlyAccess",
)
EMAIL = Shape(
    "^[!-?A-~]+@[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)+$", "an e-mail address", "such as taro@acme.example"
)
DAY = Shape("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day", "year-month-day: 2027-03-31, the last valid day", "E230")
INSTANT = Shape(
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
    "an instant",
    "in UTC: 2027-03-31T15:00:00Z",
    "E230",
)
DAYS = Shape("^([1-9]|[1-8][0-9]|90)d$", "a number of days", "1d to 90d", "E234")
DURATION = Shape("^[1-9][0-9]{0,5}[hms]$", "a duration", "hours, minutes or seconds: 1h, 90m, 3600s", "E234")
# Of the files of faults for the embedded AWS; signs belong to jumps of its clock only.
SPAN = Shape("^[1-9][0-9]{0,6}(ms|[smhdw])$", "a span of time", "such as 80ms, 30s, 10m, 2h or 3d", "E234")
JUMP = Shape("^[+-][1-9][0-9]{0,6}[smhdw]$", "a jump of the clock", "such as +3d or -2h", "E234")
OPERATION = Shape(
    "^[A-Za-z][A-Za-z0-9-]+$", "the name of a call", "such as CreateStackInstances or create-stack-instances"
)
PARAMETER = Shape(
    "^ssm:/[A-Za-z0-9_./-]+$", "a parameter", "ssm: and a parameter's name: ssm:/jump/acme/networks"
)
NETWORK = Shape("^[0-9A-Fa-f:./]+$", "a network", "an address and a prefix length: 203.0.113.0/24", "E222")
ACTION = Shape(
    "^(\\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$", "an action", "service:Action, such as rds:StartDBInstance"
)
RESOURCE = Shape(
    "^(\\*|arn:.+)$", "a resource", '"*" or an ARN; ${jump:partner} and ${jump:grant} are filled in'
)
# IAM and EC2 take more in tags; a space or another script would be a condition that nobody can read off.
TAG_KEY = Shape("^[A-Za-z0-9_.:/=+@-]+$", "a tag key", "letters, digits and _.:/=+@-, such as jump-partner")
TAG_VALUE = Shape(
    "^([A-Za-z0-9_.:/=+@-]|\\$\\{jump:(partner|grant)\\})+$",
    "a tag value",
    "letters, digits and _.:/=+@-; ${jump:partner} and ${jump:grant} are filled in",
)
CONDITION_KEY = Shape("^[A-Za-z0-9-]+:.+$", "a condition key", "such as aws:RequestedRegion")
SHARE = Shape(
    "^([0-9]|[1-9][0-9]{1,4}|([0-9]|[1-9][0-9]|100)%)$",
    "a number or share of accounts",
    'a percentage (25%) or a count in quotes ("10")',
)
# YAML's escapes could bring these in again ("\x1b", "\u202e"); titles and names are shown on terminals.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
TEXT = Shape(
    rf"^[^{_UNSEEN}]*[^\s{_UNSEEN}][^{_UNSEEN}]*$",
    "a text",
    "write at least a word, in one line, without control characters",
)

BY_PATTERN: dict[str, Shape] = {
    shape.pattern: shape for shape in list(globals().values()) if isinstance(shape, Shape)
}
