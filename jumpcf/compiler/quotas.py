"""The quotas of IAM, CloudFormation and StackSets: one row each, with its source.

What uses them is measured in `measures.py` (a template) and `accounts.py` (an account), and compared in
`ledger.py`.
"""

from dataclasses import dataclass

INSTANCE_NAME = len("StackSet--") + 36  # what an instance's stack name adds to its StackSet's: a UUID
UNPUBLISHED = 1_000_000_000  # AWS raises it and says nowhere how far

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
_SWITCH = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html"
_TAGS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html"


@dataclass(frozen=True, slots=True)
class Quota:
    """A row.  `most` is how far AWS raises it; None where it does not.

    The `key` of one that can be raised is also its name under `quotas:` in params/estate.yaml.
    """

    key: str
    code: str
    limit: int
    what: str
    way_out: str
    source: str
    most: int | None = None

    @property
    def hint(self) -> str:
        """The way out; a quota that AWS raises has that one as well."""
        if self.most is None:
            return self.way_out
        far = "" if self.most == UNPUBLISHED else f" (up to {self.most:,})"
        ask = f"ask AWS for more{far} and write it under quotas in params/estate.yaml"
        return f"{self.way_out}, or {ask}" if self.way_out else ask


_FEWER_NETWORKS = "merge the partner's networks into fewer ranges, or split the partner"
_SHORTER = (
    "merge networks into fewer ranges, use wildcards or managed policies in a level, or split it in two"
)
_SPLIT_PARTNER = "split the partner or the grant"
_SHORTEN = "shorten it"
_MODULE = "mend the stack module that makes it"

_POLICIES = (
    Quota("managed_policy_size", "E401", 6_144, "characters of a managed policy", _SHORTER, _IAM),
    Quota(
        "role_inline_size",
        "E402",
        10_240,
        "characters of a role's inline policies",
        _FEWER_NETWORKS,
        _IAM,
    ),
    Quota("group_inline_size", "E403", 5_120, "characters of a group's inline policies", _MODULE, _IAM),
    Quota("trust_policy_length", "E404", 2_048, "characters of a trust policy", _FEWER_NETWORKS, _IAM, 4_096),
    Quota(
        "managed_policies_per_role",
        "E405",
        10,
        "managed policies on a role",
        "use fewer managed policies in the level",
        _IAM,
        25,
    ),
    Quota(
        "managed_policies_per_group",
        "E406",
        10,
        "managed policies on a group (one place is kept free for the freeze policy)",
        "use assume_scope: org-paths, except fewer accounts, or split the partner's grants among groups",
        _IAM,
    ),
    Quota("groups_per_user", "E407", 10, "groups of a user", "put the user into fewer groups", _IAM),
    Quota("user_inline_size", "E421", 2_048, "characters of a user's inline policies", _MODULE, _IAM),
    Quota("managed_policies_per_user", "E422", 10, "managed policies on a user", _MODULE, _IAM, 20),
    Quota("description", "E412", 1_000, "characters of a description in IAM", _SHORTEN, _IAM),
)

_NAMES = (
    Quota(
        "role_path_and_name",
        "E408",
        64,
        "characters of a role's path and name together, which the console's switch-role form takes",
        "shorten the name of the partner, the grant or the level",
        _SWITCH,
    ),
    Quota("path", "E426", 512, "characters of a path in IAM", _SHORTEN, _IAM),
    Quota("user_name", "E427", 64, "characters of a user's name", _SHORTEN, _IAM),
    Quota("role_name", "E428", 64, "characters of a role's name", _SHORTEN, _IAM),
    Quota("group_name", "E429", 128, "characters of a group's name", _SHORTEN, _IAM),
    Quota("policy_name", "E430", 128, "characters of a managed policy's name", _SHORTEN, _IAM),
    Quota(
        "stack_name",
        "E431",
        128,
        "characters of a stack's name",
        "shorten the name of the partner or the stack module",
        _CFN,
    ),
    Quota(
        "stack_set_name",
        "E443",
        128 - INSTANCE_NAME,
        "characters of a StackSet's name, so that its instances' stacks have a name that fits",
        "shorten the name of the partner, the grant or the stack module",
        _CFN,
    ),
    Quota("tags", "E423", 50, "tags, those of the stack among them", "use fewer tags", _TAGS),
    Quota("tag_key", "E424", 128, "characters of a tag's key", _SHORTEN, _TAGS),
    Quota("tag_value", "E425", 256, "characters of a tag's value", _SHORTEN, _TAGS),
)

_TEMPLATES = (
    Quota("resources_per_template", "E409", 500, "resources in a template", _SPLIT_PARTNER, _CFN),
    Quota("template_size", "E410", 1_000_000, "bytes of a template", _SPLIT_PARTNER, _CFN),
    Quota("template_description", "E411", 1_024, "bytes of a template's description", _SHORTEN, _CFN),
    Quota("parameters_per_template", "E433", 200, "parameters of a template", _MODULE, _CFN),
    Quota("parameter_value", "E434", 4_096, "bytes of a parameter's default value", _MODULE, _CFN),
    Quota("outputs_per_template", "E435", 200, "outputs of a template", _MODULE, _CFN),
    Quota("mappings_per_template", "E436", 200, "mappings of a template", _MODULE, _CFN),
    Quota("attributes_per_mapping", "E437", 200, "attributes of a mapping", _MODULE, _CFN),
    Quota("dynamic_references", "E438", 60, "dynamic references in a template", _MODULE, _CFN),
    Quota(
        "logical_name",
        "E439",
        255,
        "characters of the name of a resource, parameter, output or mapping in a template",
        "shorten the name that it is made of",
        _CFN,
    ),
)

_ACCOUNTS = (
    Quota("users_per_account", "E414", 5_000, "users in an account", "use a second jump account", _IAM),
    Quota(
        "groups_per_account",
        "E415",
        300,
        "groups in an account",
        "use fewer groups or a second jump account",
        _IAM,
        500,
    ),
    Quota(
        "managed_policies_per_account",
        "E416",
        1_500,
        "customer managed policies of ours in an account (boundaries of removed grants and levels stay there "
        "and count too)",
        "give fewer levels there",
        _IAM,
        5_000,
    ),
    Quota(
        "roles_per_account",
        "E417",
        1_000,
        "roles of ours in an account",
        "give fewer levels there",
        _IAM,
        5_000,
    ),
    Quota(
        "stacks_per_account",
        "E418",
        2_000,
        "stacks of ours in an account",
        "give fewer grants there",
        _CFN,
        UNPUBLISHED,
    ),
    Quota(
        "stack_sets_per_account",
        "E419",
        1_000,
        "StackSets in one admin account",
        "merge grants",
        _CFN,
        UNPUBLISHED,
    ),
    Quota(
        "instances_per_stack_set",
        "E432",
        100_000,
        "accounts in the OUs of a StackSet",
        "split the grant's OUs among several grants",
        _CFN,
    ),
    Quota(
        "resource_control_policy_size",
        "E420",
        5_120,
        "characters of a resource control policy",
        _SHORTEN,
        _ORGANIZATIONS,
    ),
)

QUOTAS = {quota.key: quota for quota in (*_POLICIES, *_NAMES, *_TEMPLATES, *_ACCOUNTS)}
