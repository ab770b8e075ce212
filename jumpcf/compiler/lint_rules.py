"""The same rules of cfn-lint, quicker: instances of a few rules are replaced, no module is patched.

Where the time goes (cfn-lint 1.58, a profile of our templates): half of it walks IAM policy documents, most
of whose statements stand in every template in the same words; a sixth asks each of 300 rules, for each node,
whether a keyword is its own; a third is the loop over the rules and copies of the validator.  So

- a policy statement that was clean in one document is not walked again in the next;
- the supplemental rules (E1101) are found by keyword in a table;
- `lint_run` and `lint_validator` do the rest.

What may be remembered is kept narrow, because a wrong "clean" is worse than a slow one: only statements
without intrinsic functions (whose verdict depends on the template around them), only in templates without
Metadata and Transform (which change cfn-lint's configuration), only within one kind of property and region,
and only for schemas whose rules on the list of statements are the ones known here.  Everything else, and
every document in which a new statement is not clean, goes the whole way through cfn-lint.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.jsonschema import ValidationError, Validator
from cfnlint.jsonschema._utils import Unset
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.rules.jsonschema.CfnLint import CfnLint
from cfnlint.rules.jsonschema.JsonSchema import JsonSchema
from cfnlint.rules.resources.iam.Policy import Policy

from jumpcf.compiler.lint_known import KNOWN, is_known
from jumpcf.compiler.lint_run import LeanRules
from jumpcf.compiler.lint_validator import CheapValidation

VALIDATION = (
    "cfnlint.context.context",
    "cfnlint.jsonschema.validators",
    "cfnlint.rules.jsonschema.Base",
    "cfnlint.rules.jsonschema.JsonSchema",
)
# What cfn-lint's policy schemas say of the list of statements as a whole; each is decided below without it.
KNOWN_OF_THE_LIST = {"$ref", "items", "type", "uniqueKeys"}
INTRINSIC = ("Ref", "Fn::", "Condition")


def quicker(rules: Rules, *, known: Mapping[str, frozenset[str]] = KNOWN) -> Rules:
    """The same collection with the quicker instances; whatever is not of a known kind stays as it is."""
    replaced = {rule_id: _quicker(rule, known) for rule_id, rule in rules.items()}
    lean = is_known("cfnlint.rules._rules", "cfnlint.rules._rule", known=known)
    return LeanRules(replaced) if lean else Rules(replaced)


def _quicker(rule: CloudFormationLintRule, known: Mapping[str, frozenset[str]]) -> CloudFormationLintRule:
    if rule.id == CfnLint.id and is_known(CfnLint.__module__, known=known):
        return ByKeyword()
    if rule.id == JsonSchema.id and is_known(*VALIDATION, known=known):
        return _over(rule, CheapValidation)
    is_policy = isinstance(rule, Policy) and is_known(Policy.__module__, known=known)
    if is_policy and _is_known_list(rule.identity_schema):
        return _over(rule, Remembering)
    return rule


def _over(rule: CloudFormationLintRule, first: type) -> CloudFormationLintRule:
    """A new instance of the rule's own class with another class in front of it."""
    kind = type(rule)
    replaced: CloudFormationLintRule = type(kind.__name__, (first, kind), {})()
    return replaced


def _is_known_list(schema: Mapping[str, Any]) -> bool:
    """Whether a document is clean exactly if its statements are clean one by one and no Sid comes twice."""
    of_the_list = schema.get("properties", {}).get("Statement", {})
    return bool(of_the_list) and (
        set(of_the_list) <= KNOWN_OF_THE_LIST and of_the_list.get("uniqueKeys", ["Sid"]) == ["Sid"]
    )


class ByKeyword(CfnLint):  # type: ignore[misc]
    """E1101 with a table from keyword to rules in place of a search through all rules."""

    def __init__(self) -> None:
        super().__init__()
        self._table: dict[str, list[CloudFormationLintRule]] = {}
        self._rules_in_table = -1

    def cfnLint(  # noqa: N802 - cfn-lint finds the method by the keyword's name
        self, validator: Validator, keywords: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        validator = validator.evolve(
            function_filter=validator.function_filter.evolve(add_cfn_lint_keyword=False)
        )
        for keyword in keywords:
            for rule in self._rules_of(keyword):
                for error in rule.validate(validator, keyword, instance, schema):
                    if error.rule is None and isinstance(error.validator, Unset):
                        error.rule = rule
                    yield error

    def _rules_of(self, keyword: str) -> list[CloudFormationLintRule]:
        if self._rules_in_table != len(self.child_rules):  # cfn-lint links rules when a run begins
            self._table = {}
            for rule in self.child_rules.values():
                for own in rule.keywords if rule is not None and rule.id else ():
                    self._table.setdefault(own, []).append(rule)
            self._rules_in_table = len(self.child_rules)
        return self._table.get(keyword, [])


class Remembering(Policy):  # type: ignore[misc]
    """A rule on policy documents that skips those whose statements were all clean before."""

    def __init__(self) -> None:
        super().__init__()
        self._clean: set[tuple[str, ...]] = set()

    def validate(
        self, validator: Validator, policy_type: Any, policy: Any, schema: Any
    ) -> Iterator[ValidationError]:
        if not _may_be_remembered(validator, policy):
            yield from super().validate(validator, policy_type, policy, schema)
            return
        new = self._new_statements(validator, policy)
        if not new:
            return
        rest = {**policy, "Statement": list(new.values())}
        if any(map(_is_reported, super().validate(validator, policy_type, rest, schema))):
            yield from super().validate(validator, policy_type, policy, schema)
        else:
            self._clean.update(new)

    def _new_statements(self, validator: Validator, policy: Any) -> dict[tuple[str, ...], Any]:
        """The statements not yet known to be clean, by what their verdict depends on."""
        frame = (
            "/".join(validator.context.path.cfn_path),
            ",".join(validator.context.regions),
            repr({key: value for key, value in policy.items() if key != "Statement"}),
        )
        keyed = {(*frame, repr(statement)): statement for statement in policy["Statement"]}
        return {key: statement for key, statement in keyed.items() if key not in self._clean}


def _is_reported(error: ValidationError) -> bool:
    """Informational rules are off by default; cfn-lint computes their findings and drops them later."""
    rule = error.rule
    return rule is None or not rule.id.startswith("I")


def _may_be_remembered(validator: Validator, policy: Any) -> bool:
    template = validator.cfn.template
    if "Metadata" in template or "Transform" in template:
        return False
    if not isinstance(policy, dict):
        return False
    statements = policy.get("Statement")
    if not isinstance(statements, list) or not statements:
        return False
    if not all(isinstance(statement, dict) for statement in statements):
        return False
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    return all(isinstance(sid, str) for sid in sids) and len(set(sids)) == len(sids) and _is_plain(policy)


def _is_plain(value: Any) -> bool:
    """No intrinsic function anywhere; a one-key mapping is one where its key is a function's name."""
    if isinstance(value, dict):
        if len(value) == 1 and str(next(iter(value))).startswith(INTRINSIC):
            return False
        return all(map(_is_plain, value.values()))
    return not isinstance(value, list) or all(map(_is_plain, value))
