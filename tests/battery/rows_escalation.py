"""The known ways to more rights, by name, from a session of a level that may write IAM, or of one that may not.

Rhino's names are those of RhinoSecurityLabs/AWS-IAM-Privilege-Escalation (README).  What is open on purpose
stands here as allowed, and in docs/security.md with what to do about it.
"""

from tests.battery.rows import Row, rows, starting
from tests.battery.rows_sessions import LOOK, MINE, OWN_STACK, START
from tests.battery.scenes import Scene

PASSED = {  # Rhino's method: the service that gets the role
    "CreateEC2WithExistingIP": "ec2",
    "PassExistingRoleToNewLambdaThenInvoke": "lambda",
    "PassRoleToNewLambdaThenInvokeCrossAccount": "lambda",
    "PassExistingRoleToNewLambdaThenTriggerWithNewDynamo": "lambda",
    "PassExistingRoleToNewLambdaThenTriggerWithExistingDynamo": "lambda",
    "PassExistingRoleToNewGlueDevEndpoint": "glue",
    "PassExistingRoleToNewCloudFormation": "cloudformation",
    "PassExistingRoleToNewDataPipeline": "datapipeline",
    "PassExistingRoleToNewCodeStarProject": "codestar",
    "PassExistingRoleToNewSageMakerNotebook": "sagemaker",
}
IDENTITIES = {
    "CreateAccessKey": "iam:CreateAccessKey",
    "CreateLoginProfile": "iam:CreateLoginProfile",
    "UpdateLoginProfile": "iam:UpdateLoginProfile",
    "AttachUserPolicy": "iam:AttachUserPolicy",
    "AttachGroupPolicy": "iam:AttachGroupPolicy",
    "PutUserPolicy": "iam:PutUserPolicy",
    "PutGroupPolicy": "iam:PutGroupPolicy",
    "AddUserToGroup": "iam:AddUserToGroup",
}
ROLES = {
    "AttachRolePolicy": "iam:AttachRolePolicy",
    "PutRolePolicy": "iam:PutRolePolicy",
    "UpdatingAssumeRolePolicy": "iam:UpdateAssumeRolePolicy",
}
POLICIES = {
    "CreateNewPolicyVersion": "iam:CreatePolicyVersion",
    "SetExistingDefaultPolicyVersion": "iam:SetDefaultPolicyVersion",
}
# Rhino's and, from "ssm" on, what needs no iam action at all: each acts with a role that sits on compute.
ON_COMPUTE = {
    "EditExistingLambdaFunctionWithRole": "lambda:UpdateFunctionCode",
    "a layer on an existing function": "lambda:UpdateFunctionConfiguration",
    "a function's resource policy": "lambda:AddPermission",
    "an event source of an existing function": "lambda:CreateEventSourceMapping",
    "UpdateExistingGlueDevEndpoint": "glue:UpdateDevEndpoint",
    "CreateCodeStarProjectFromTemplate": "codestar:CreateProjectFromTemplate",
    "AddUserToCodeStarProject": "codestar:AssociateTeamMember",
    "a notebook that is there": "sagemaker:CreatePresignedNotebookInstanceUrl",
    "a shell on any instance": "ssm:StartSession",
    "a command on any instance": "ssm:SendCommand",
    "an automation": "ssm:StartAutomationExecution",
    "an instance's start script": "ec2:ModifyInstanceAttribute",
    "a task": "ecs:RunTask",
    "a shell on a task": "ecs:ExecuteCommand",
    "a build with another buildspec": "codebuild:StartBuild",
}


def _boundary() -> list[Row]:
    """What a session that may write IAM cannot do, judged by the boundary alone."""
    made = rows("boundary", LOOK, [("a look is no escalation", "", "", "allow", "*")])
    for name, service in PASSED.items():
        base = starting(MINE, action="iam:PassRole", key=f"iam:PassedToService={service}.amazonaws.com")
        made += rows("boundary", base, [(f"{name} with a role of its own", "", "", "allow", "*")])
        made += rows("boundary", base, [(name, "resource", "old role", "deny", "DelegatedOnly")], "strict")
        made += rows(
            "boundary", base, [(f"{name} with ours", "resource", "jump role", "deny", "ProtectRoles")]
        )
    for name, action in IDENTITIES.items():
        made += rows("boundary", LOOK, [(name, "action", action, "deny", "NoIdentities")])
    for name, action in ROLES.items():
        base = starting(MINE, action=action)
        made += rows("boundary", base, [(name, "resource", "old role", "deny", "DelegatedOnly")], "strict")
        ours = f"{name} on ours"
        made += rows("boundary", base, [(ours, "resource", "jump role", "deny", "ProtectRoles")])
    for name, action in POLICIES.items():
        base = starting(MINE, action=action, resource="my policy")
        made += rows("boundary", base, [(name, "resource", "old policy", "deny", "DelegatedOnly")], "strict")
        ours = f"{name} of ours"
        made += rows("boundary", base, [(ours, "resource", "jump policy", "deny", "NoJumpPolicies")])
    taken = ("UpdatingAssumeRolePolicy, then AssumeRole", "resource", "old role", "deny", "DelegatedOnly")
    made += rows("boundary", starting(MINE, action="sts:AssumeRole"), [taken], "strict")
    return made


def _stacks() -> list[Row]:
    """A stack with a service role acts with it: ours is protected, the company's is known to be open."""
    base = starting(LOOK, action="cloudformation:UpdateStack", resource=OWN_STACK)
    ours = "{arn}:cloudformation:eu-central-1:{account}:stack/StackSet-jump-x/0a1b"
    return rows(
        "boundary",
        base,
        [
            ("open: update of a company's stack with a service role", "", "", "allow", "*"),
            ("update of a StackSet's stack with a service role", "resource", ours, "deny", "ProtectStacks"),
        ],
    )


def _compute() -> list[Row]:
    """Open for whoever may change what runs (Power, PowerAndIam, Admin); shut for SSM, whose level lacks it."""
    made = []
    for name, action in ON_COMPUTE.items():
        scene: Scene = starting(LOOK, action=action, resource="*")
        made += rows("boundary", scene, [(f"open: {name}", "", "", "allow", "*")], "wide")
        if action != "ssm:StartSession":
            closed = (f"SSM has not: {name}", "action", action, "nothing", "")
            made += rows("role", START, [closed], "SSM")
    for action in ("iam:PassRole", "sts:AssumeRole", "cloudformation:UpdateStack", "ec2:RunInstances"):
        closed = (f"SSM has not: {action}", "action", action, "nothing", "")
        made += rows("role", START, [closed], "SSM")
    return made


ESCALATION: list[Row] = [*_boundary(), *_stacks(), *_compute()]
