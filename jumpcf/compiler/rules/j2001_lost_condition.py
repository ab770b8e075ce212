"""J2001: every condition that was asked of awacs stands in the rendered JSON.

awacs keeps the last of two elements with one operator, and the statement gets wider without a word.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jumpcf.compiler.rules.base import Finding, Rendered, Rule, of_statement
from jumpcf.compiler.rules.policies import condition_terms, statements
from jumpcf.iam.asked import AskedTerm

CODE = "J2001"
HINT = "build conditions with jumpcf.iam.conditions.all_of, which merges them"


def check(template: Rendered, path: str) -> Iterator[Finding]:
    for policy, _ in template.policies:
        asked = template.asked.get((policy.title, policy.place), ())
        for number, statement in enumerate(statements(policy.document), 1):
            wanted = asked[number - 1] if number <= len(asked) else ()
            for operator, key in sorted(_lost(statement, wanted)):
                yield of_statement(CODE, policy, statement, number, f"{operator} {key} is lost", HINT)


def _lost(statement: Mapping[str, Any], wanted: Iterable[AskedTerm]) -> set[AskedTerm]:
    """What was asked and is not there, what was asked twice (only one stays), and keys that differ by letter
    case only: IAM takes them for one."""
    rendered = [(operator, key) for operator, key, _ in condition_terms(statement)]
    there = {(operator, key.lower()) for operator, key in rendered}
    missing = {term for term in wanted if (term[0], term[1].lower()) not in there}
    return missing | _repeated(wanted) | _repeated(rendered)


def _repeated(terms: Iterable[AskedTerm]) -> set[AskedTerm]:
    seen: set[AskedTerm] = set()
    twice: set[AskedTerm] = set()
    for operator, key in terms:
        one = (operator, key.lower())
        if one in seen:
            twice.add((operator, key))
        seen.add(one)
    return twice


RULE = Rule(
    code=CODE,
    meaning="A condition that was asked for is not in the rendered policy.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html",
    check=check,
)
