from unit import builders as an
from unit.compiled import problems_of

from jumpcf.compiler.lines import lengths_of, lines_of
from jumpcf.errors import Mark
from jumpcf.stack import StackContext

MADE, LONG = Mark("params/partners/acme.yaml", 10, 3), Mark("params/partners/acme.yaml", 5, 1)


def cited():
    context = StackContext(estate=an.an_estate(), name="jump-acme-dev")
    context.cite("Role", Mark("(built-in)"), MADE)
    context.cite("Role/fence/End", MADE)
    context.cite("Role/Trust", MADE)
    context.cite_length("Role/Trust", LONG)
    return context


def test_a_statement_is_found_by_its_sid_within_its_inline_policy_or_by_the_sid_alone():
    context = cited()
    assert lines_of(context, "Role", "Policies/fence", "End") == (MADE,)
    assert lines_of(context, "Role", "AssumeRolePolicyDocument", "Trust") == (MADE,)
    assert lines_of(context, "Role", "Policies/level", "End") == ()


def test_a_resource_has_the_lines_that_a_person_can_open():
    assert lines_of(cited(), "Role") == (MADE,)
    assert lines_of(cited(), "Another") == ()


def test_what_makes_a_statement_long_comes_before_what_made_it():
    context = cited()
    assert lengths_of(context, "Role", "AssumeRolePolicyDocument", "Trust") == (LONG,)
    assert lengths_of(context, "Role", "Policies/fence", "End") == (MADE,)


def test_a_statement_of_a_level_is_told_at_its_line_wherever_it_came_to_stand(tmp_path):
    """The level is too long to stand inline, and one of its statements, in whatever policy, asks for MFA."""

    def statement(line, **conditions):
        resources = tuple(f"arn:aws:s3:::{'x' * 40}{line:02}{n:03}" for n in range(43))
        mark = Mark("params/levels/Own.yaml", line, 5)
        return an.a_statement(resources=resources, mark=mark, conditions=conditions)

    odd = statement(7, Bool={"aws:MultiFactorAuthPresent": ("true",)})
    own = an.a_level("Own", statements=(*(statement(line) for line in range(2, 7)), odd))
    estate = an.an_estate(an.a_partner(grants=(an.a_grant(levels=("Own",)),)), levels=[own])
    (problem,) = problems_of(estate, tmp_path / "build")
    assert (problem.code, problem.file, problem.line) == ("J2003", "params/levels/Own.yaml", 7)
