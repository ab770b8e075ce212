import pytest
from unit.counted import a_resource, a_role, counted_template

FORMS = {
    "E440": (
        {"Resources": {"U": a_resource("User", UserName="taro", Path="/partner/acme/")}},
        [
            {"Resources": {"U": a_resource("User", UserName="taro yamada")}},
            {"Resources": {"U": a_resource("User", Path="/partner/acme")}},
            {"Resources": {"P": a_resource("ManagedPolicy", PolicyDocument={}, Path="/a~b/")}},
        ],
    ),
    "E441": (
        {"Resources": {"R": a_role(MaxSessionDuration=3600), "S": a_role(MaxSessionDuration=43_200)}},
        [{"Resources": {"R": a_role(MaxSessionDuration=wrong)}} for wrong in (3_599, 43_201)],
    ),
    "E442": (
        {"Resources": {}, "Conditions": {"C": {"Fn::Not": [{"Fn::Or": [{"Condition": "D"}] * 10}]}}},
        [
            {"Resources": {}, "Conditions": {"C": {"Fn::Not": [{function: [{"Condition": "D"}] * wrong}]}}}
            for function in ("Fn::Or", "Fn::And")
            for wrong in (1, 11)
        ],
    ),
}


@pytest.mark.parametrize("code", FORMS)
def test_a_form_that_aws_refuses_is_a_problem_and_the_last_good_one_is_none(code):
    good, wrong = FORMS[code]
    assert counted_template(good).problems == []
    for body in wrong:
        (problem,) = counted_template(body).problems
        assert (problem.code, bool(problem.hint)) == (code, True)
