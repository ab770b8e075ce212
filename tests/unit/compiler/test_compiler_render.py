import orjson
import pytest
from awacs.aws import Action, Allow, PolicyDocument, Statement
from troposphere import GetAtt, If, NoValue, Output, Parameter, Ref, Sub, Tags, Template
from troposphere.cloudformation import WaitConditionHandle
from troposphere.iam import ManagedPolicy, Role
from troposphere.s3 import Bucket

from jumpcf.artifacts.codec import canonical
from jumpcf.compiler.render import render
from jumpcf.iam.document import allow, deny, document, everything

OWN = document([deny("All", action=everything()), allow("Read", action=[Action("s3", "Get*")])])


def a_template():
    """A bit of everything that a stack module may use."""
    template = Template(Description="Zürich", Metadata={"b": 1, "a": [True, None]})
    template.set_version()
    template.add_parameter(Parameter("Size", Type="Number", Default=3))
    template.add_mapping("Map", {"x": {"y": "z"}})
    template.add_condition("Never", If("Never", "a", NoValue))
    template.add_resource(WaitConditionHandle("Empty"))
    bucket = template.add_resource(Bucket("Bucket", Tags=Tags(b="1", a=Sub("${AWS::Region}"))))
    plain = PolicyDocument(
        Statement=[Statement(Effect=Allow, Action=[Action("s3", "*")], Resource=[GetAtt(bucket, "Arn")])]
    )
    template.add_resource(ManagedPolicy("One", PolicyDocument=OWN))
    template.add_resource(ManagedPolicy("Two", PolicyDocument=OWN, DependsOn=bucket))
    template.add_resource(ManagedPolicy("Three", PolicyDocument=plain))
    template.add_output(Output("Name", Value=Ref(bucket)))
    return template


def test_the_bytes_say_what_troposphere_says():
    template = a_template()
    assert orjson.loads(render(template)) == orjson.loads(template.to_json())


def test_the_bytes_are_the_canonical_form():
    data = render(a_template())
    assert data == canonical(orjson.loads(data))
    assert data.endswith(b"}\n")


def test_a_required_property_that_is_missing_is_refused_at_any_depth():
    template = Template()
    template.add_resource(Role("NoTrust", RoleName="x"))
    with pytest.raises(ValueError, match="AssumeRolePolicyDocument required"):
        render(template)


def test_a_required_part_of_a_policy_is_not_lost():
    template = Template()
    template.add_resource(ManagedPolicy("P", PolicyDocument=PolicyDocument(Statement=[Statement(Sid="x")])))
    with pytest.raises(ValueError, match="Effect required"):
        render(template)


def test_what_has_no_place_in_a_template_is_refused():
    template = Template()
    template.add_resource(ManagedPolicy("P", PolicyDocument={"Statement": {1, 2}}))
    with pytest.raises(TypeError, match="set has no place in a template"):
        render(template)
