"""A grant's template in small, and templates with one planted mistake each."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

REGION = "ap-northeast-1"
Template = dict[str, Any]


def statement(sid: str, effect: str, **elements: Any) -> Template:
    return {"Sid": sid, "Effect": effect, **elements}


def document(*statements: Template) -> Template:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def a_template(partner: str = "acme") -> Template:
    """A role with trust, fence and boundary, under a Condition, as stacks/target_roles.py has them."""
    trust = statement(
        "Partner",
        "Allow",
        Principal={"AWS": "arn:aws:iam::111111111111:root"},
        Action=["sts:AssumeRole"],
        Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    )
    fence = statement(
        "Networks",
        "Deny",
        Action="*",
        Resource="*",
        Condition={"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
    )
    ceiling = (
        statement("Ceiling", "Allow", Action="*", Resource="*"),
        statement("NoEdit", "Deny", Action=["iam:DeletePolicy"], Resource=["arn:aws:iam::*:policy/jump/*"]),
    )
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Roles of {partner}",
        "Conditions": {"Allowed": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, "222222222222"]}]}},
        "Resources": {
            "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "Boundary": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Condition": "Allowed",
                "Properties": {"Path": f"/jump/{partner}/", "PolicyDocument": document(*ceiling)},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Condition": "Allowed",
                "Properties": {
                    "RoleName": f"{partner}-dev-Power",
                    "AssumeRolePolicyDocument": document(trust),
                    "PermissionsBoundary": {"Ref": "Boundary"},
                    "Policies": [{"PolicyName": "fence", "PolicyDocument": document(fence)}],
                },
            },
        },
    }


def _role(template: Template) -> Template:
    properties: Template = template["Resources"]["Role"]["Properties"]
    return properties


def _fence(template: Template) -> Template:
    policy: Template = _role(template)["Policies"][0]["PolicyDocument"]
    return policy


def _ceiling(template: Template) -> Template:
    policy: Template = template["Resources"]["Boundary"]["Properties"]["PolicyDocument"]
    return policy


def _bucket(template: Template, resource: Any) -> None:
    """A bucket and its policy, on this resource."""
    rule = statement("Tls", "Deny", Principal="*", Action="s3:*", Resource=[resource])
    template["Resources"]["Bucket"] = {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }
    template["Resources"]["Access"] = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document(rule)},
    }


PLANTED: dict[str, Callable[[Template], Any]] = {
    "clean": lambda t: None,
    "effect": lambda t: _fence(t)["Statement"][0].update(Effect="Dney"),
    "unknown-element": lambda t: _fence(t)["Statement"][0].update(Actions=["s3:*"]),
    "version": lambda t: _fence(t).update(Version="2012-10-71"),
    "old-version": lambda t: _fence(t).update(Version="2008-10-17"),
    "no-action": lambda t: _ceiling(t)["Statement"][1].pop("Action"),
    "no-statement": lambda t: _fence(t).pop("Statement"),
    "empty-statement": lambda t: _fence(t).update(Statement=[]),
    "statement-is-an-object": lambda t: _fence(t).update(Statement=_fence(t)["Statement"][0]),
    "statement-is-text": lambda t: _fence(t).update(Statement=["Deny everything"]),
    "twice-the-same-sid": lambda t: _fence(t)["Statement"].append(_fence(t)["Statement"][0]),
    "sid-with-a-space": lambda t: _ceiling(t)["Statement"][0].update(Sid="The ceiling"),
    "unknown-action": lambda t: _ceiling(t)["Statement"][1].update(Action=["iam:DeletePolcy"]),
    "unknown-service": lambda t: _ceiling(t)["Statement"][1].update(Action=["iamm:DeletePolicy"]),
    "bad-arn": lambda t: _ceiling(t)["Statement"][1].update(Resource=["arn:aws:iam"]),
    "bad-condition-operator": lambda t: _fence(t)["Statement"][0].update(Condition={"NotIp": {"a": "b"}}),
    "principal-in-an-identity-policy": lambda t: _fence(t)["Statement"][0].update(Principal="*"),
    "resource-in-a-trust": lambda t: _role(t)["AssumeRolePolicyDocument"]["Statement"][0].update(
        Resource="*"
    ),
    "unknown-policy-key": lambda t: _fence(t).update(Statements=[]),
    "informational-only": lambda t: _ceiling(t)["Statement"][1].update(
        Action=["iam:DeletePolicy"], Resource=["arn:aws:s3:::bucket"]
    ),
    "ref-in-a-policy": lambda t: _ceiling(t)["Statement"][1].update(Resource=[{"Ref": "Boundary"}]),
    "ref-to-nothing": lambda t: _ceiling(t)["Statement"][1].update(Resource=[{"Ref": "Nothing"}]),
    "sub-of-nothing": lambda t: _ceiling(t)["Statement"][1].update(
        Resource=[{"Fn::Sub": "arn:${AWS::Partition}:iam::${Nobody}:policy/x"}]
    ),
    "if-in-a-policy": lambda t: _fence(t)["Statement"].append(
        {"Fn::If": ["Allowed", statement("Other", "Dney", Action="*", Resource="*"), {"Ref": "AWS::NoValue"}]}
    ),
    "policy-as-text": lambda t: _role(t).update(
        Policies=[{"PolicyName": "fence", "PolicyDocument": '{"Version": "1", "Statement": []}'}]
    ),
    "raw-pseudo-parameter": lambda t: _fence(t)["Statement"][0].update(Resource="AWS::AccountId"),
    "needs-a-sub": lambda t: _fence(t)["Statement"][0].update(Resource="arn:${AWS::Partition}:s3:::bucket"),
    "dynamic-reference": lambda t: _fence(t)["Statement"][0].update(Resource="{{resolve:ssm:name}}"),
    "unknown-property": lambda t: _role(t).update(RoleNam="x"),
    "property-of-a-wrong-type": lambda t: _role(t).update(MaxSessionDuration=["an hour"]),
    "property-out-of-range": lambda t: _role(t).update(MaxSessionDuration=1),
    "no-trust": lambda t: _role(t).pop("AssumeRolePolicyDocument"),
    "bad-path": lambda t: _role(t).update(Path="jump"),
    "unknown-type": lambda t: t["Resources"]["Role"].update(Type="AWS::IAM::Rolle"),
    "unknown-condition": lambda t: t["Resources"]["Role"].update(Condition="Nowhere"),
    "condition-unused": lambda t: t["Conditions"].update(Unused={"Fn::Equals": ["a", "b"]}),
    "condition-malformed": lambda t: t["Conditions"].update(Allowed={"Fn::Not": ["x"]}),
    "get-att": lambda t: _bucket(t, {"Fn::GetAtt": ["Bucket", "Arn"]}),
    "get-att-of-nothing": lambda t: _bucket(t, {"Fn::GetAtt": ["Bucket", "Aarn"]}),
    "get-att-of-a-wrong-type": lambda t: _role(t).update(
        MaxSessionDuration={"Fn::GetAtt": ["Handle", "Arn"]}
    ),
    "join": lambda t: _bucket(t, {"Fn::Join": ["/", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "*"]]}),
    "join-of-text": lambda t: _bucket(t, {"Fn::Join": ["/", "text"]}),
    "resource-policy-of-another-service": lambda t: (
        _bucket(t, {"Fn::GetAtt": ["Bucket", "Arn"]}),
        t["Resources"]["Access"]["Properties"]["PolicyDocument"]["Statement"][0].update(
            Action="sqs:SendMessage"
        ),
    ),
    "unknown-section": lambda t: t.update(Resource={}),
    "no-resources": lambda t: t.pop("Resources"),
    "bad-deletion-policy": lambda t: t["Resources"]["Boundary"].update(DeletionPolicy="Keep"),
    "metadata-asks-for-more": lambda t: (
        t.update(Metadata={"cfn-lint": {"config": {"include_checks": ["I"]}}}),
        PLANTED["informational-only"](t),
    ),
    "resource-metadata-ignores": lambda t: (
        t["Resources"]["Role"].update(Metadata={"cfn-lint": {"config": {"ignore_checks": ["E3002"]}}}),
        PLANTED["unknown-property"](t),
    ),
    "transform": lambda t: (
        t.update(Transform="AWS::LanguageExtensions"),
        PLANTED["unknown-action"](t),
    ),
}


def planted(name: str) -> Template:
    template = copy.deepcopy(a_template())
    PLANTED[name](template)
    return template


def write(path: Path, template: Template) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(template, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return path
