"""J2004: no Allow is for everybody.

Some resources have no policy document but a principal as a property of their own (AWS::Lambda::Permission).
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import Finding, Rendered, Rule, policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, texts

CODE = "J2004"
HINT = "name accounts or roles; patterns of principals belong in a condition on aws:PrincipalArn"


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if statement.get("Effect") != "Allow":
        return
    if "NotPrincipal" in statement:
        yield "Allow with NotPrincipal is for everybody else"
    principal = statement.get("Principal")
    for name in texts(list(principal.values()) if isinstance(principal, dict) else principal):
        if "*" in name or "?" in name:
            yield f"Allow for the principal {name}"


def check_template(template: Rendered, path: str) -> Iterator[Finding]:
    yield from OF_DOCUMENTS.check(template, path)
    for title, resource in template.body["Resources"].items():
        properties = resource.get("Properties", {})
        if "*" in texts(properties.get("Principal")):
            yield Finding(code=CODE, title=title, message="Principal is *", hint=HINT)


MEANING = "An Allow names everybody, or a pattern, as its principal."
SOURCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
OF_DOCUMENTS = policy_rule(code=CODE, meaning=MEANING, source=SOURCE, hint=HINT, check=check)
RULE = Rule(code=CODE, meaning=MEANING, source=SOURCE, check=check_template)
