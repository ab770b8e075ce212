from rule_samples import found, group, shown_red, statement, trust

from jumpcf.compiler.rules.j2011_unreadable import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_a_resource_may_be_named_by_an_intrinsic_function_and_a_choice_may_not():
    for resource in ({"Ref": "Thing"}, {"Fn::GetAtt": ["Thing", "Arn"]}, {"Fn::Sub": "${Thing.Arn}/*"}):
        assert found(RULE, group(statement(Resource=resource))) == []
    choice = {"Fn::If": ["Wide", "*", {"Ref": "Thing"}]}
    assert found(RULE, group(statement(Resource=choice))) == [
        "Policy: PolicyDocument, One: Resource is made by Fn::If"
    ]
    assert found(RULE, trust()) == []
