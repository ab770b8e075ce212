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


def test_a_policy_of_a_role_that_is_elsewhere_is_told():
    """StackSets work as administrators in a target account: they would attach it to whatever role there is."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}

    def attached(kind, **to):
        own = {
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement()]},
            "PolicyName": "x",
            **to,
        }
        return {"Policy": {"Type": kind, "Properties": own}, "Role": role}

    said = ["Policy: it is a policy of a role that does not stand in the template"]
    for name in ("OrganizationAccountAccessRole", {"Ref": "Policy"}, {"Fn::Sub": "x"}):
        for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            assert found(RULE, attached(kind, Roles=[name])) == said
        assert found(RULE, attached("AWS::IAM::RolePolicy", RoleName=name)) == said
    assert found(RULE, attached("AWS::IAM::ManagedPolicy", Roles=[{"Ref": "Role"}])) == []
