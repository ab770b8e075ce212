"""Parts of cfn-lint are replaced only where they are the ones that were read."""

import importlib
import importlib.metadata
import pickle
from pathlib import Path

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.rules import Rules
from cfnlint.runner.cli import Runner

from jumpcf.compiler.lint_findings import LintFailed
from jumpcf.compiler.lint_known import KNOWN, is_known
from jumpcf.compiler.lint_rules import ByKeyword, Remembering, quicker
from jumpcf.compiler.lint_run import LeanRules
from jumpcf.compiler.lint_validator import CheapValidation

READ = "1.58.0"


@pytest.fixture(scope="module")
def plain() -> Rules:
    return Runner(ConfigMixIn([])).rules


def replaced(rules: Rules) -> list[str]:
    quick = (ByKeyword, Remembering, CheapValidation)
    return [rule_id for rule_id, rule in rules.items() if isinstance(rule, quick)]


def test_the_version_that_was_read_is_made_quicker(plain: Rules) -> None:
    if importlib.metadata.version("cfn-lint") == READ:
        quick = quicker(plain)
        assert isinstance(quick, LeanRules)
        assert sorted(replaced(quick)) == ["E1001", "E1101", "E3510", "E3512", "E3513", "E3530"]


def test_every_rule_keeps_its_id_and_class(plain: Rules) -> None:
    quick = quicker(plain)
    assert list(quick) == list(plain)
    for rule_id, rule in plain.items():
        assert type(quick[rule_id]).__name__.endswith(type(rule).__name__) or rule_id == "E1101"


def test_an_unknown_module_is_left_as_it_comes(plain: Rules) -> None:
    nothing_known = dict.fromkeys(KNOWN, frozenset[str]())
    assert not any(is_known(module, known=nothing_known) for module in KNOWN)
    quick = quicker(plain, known=nothing_known)
    assert type(quick) is Rules
    assert replaced(quick) == []
    assert all(quick[rule_id] is rule for rule_id, rule in plain.items())


def test_a_policy_schema_with_an_unknown_keyword_is_not_remembered(plain: Rules) -> None:
    rule = plain["E3510"]
    schema = rule.identity_schema
    try:
        rule.identity_schema = {"properties": {"Statement": {"items": {}, "maxItems": 3}}}
        assert "E3510" not in replaced(quicker(plain))
    finally:
        rule.identity_schema = schema


def test_a_cheap_copy_is_the_copy_that_cfn_lint_makes() -> None:
    validator = CfnTemplateValidator({"type": "string"})
    cheap = CheapValidation().extend_validator(validator, {"type": "object"}, validator.context)
    changed = cheap.evolve(schema={"type": "array"})
    assert changed.schema == {"type": "array"}
    assert cheap.schema == {"type": "object"}
    assert type(changed) is type(cheap)
    assert changed.context is cheap.context
    assert changed.cfn is validator.cfn
    assert [error.validator for error in changed.iter_errors("text")] == ["type"]


def test_keywords_that_a_rule_sets_on_one_validator_end_there() -> None:
    validator = CfnTemplateValidator({"type": "string"})
    cheap = CheapValidation().extend_validator(validator, {"minLength": 9}, validator.context)
    cheap.validators = {}
    assert list(cheap.iter_errors("short")) == []
    assert len(list(cheap.evolve().iter_errors("short"))) == 1


def test_what_is_added_to_a_validator_stays_with_what_it_was_added_to() -> None:
    validator = CfnTemplateValidator({})
    cheap = CheapValidation().extend_validator(validator, {}, validator.context)
    first = cheap.extend(validators={"one": len})
    assert cheap.extend(validators={"one": len}) is first
    assert cheap.extend(validators={"two": len}) is not first
    assert "one" in first({}).validators
    assert "one" not in cheap.validators


def test_a_context_forgets_its_modules_with_its_resources() -> None:
    validator = CfnTemplateValidator({})
    context = CheapValidation().extend_validator(validator, {}, validator.context).context
    assert context.module_names == ()
    changed = context.evolve(ref_values={"a": 1}).evolve(ref_values={"b": 2})
    assert changed.ref_values == {"a": 1, "b": 2}
    assert context.ref_values == {}
    assert "module_names" not in context.evolve(resources={}).__dict__


def test_a_failure_comes_home_from_a_worker_whole() -> None:
    failure = LintFailed("J2901", "what", "hint", where="file")
    again = pickle.loads(pickle.dumps(failure))
    assert (again.code, again.what, again.hint, again.where) == ("J2901", "what", "hint", "file")


def test_the_digests_are_of_modules_that_exist() -> None:
    for module in KNOWN:
        assert Path(importlib.import_module(module).__file__ or "").is_file()
