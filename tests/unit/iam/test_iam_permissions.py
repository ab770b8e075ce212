import orjson
from unit.builders import a_statement

from jumpcf.iam.document import document
from jumpcf.iam.permissions import permissions


def rendered(*statements):
    return orjson.loads(document(permissions(statements, partner="acme", grant="dev")).rendered)["Statement"]


def test_a_statement_keeps_its_parts_and_gets_a_sid():
    assert rendered(
        a_statement(actions=("rds:Start*", "rds:Stop*"), resources=("arn:aws:rds:*:*:db:x",)),
        a_statement(effect="Deny", not_actions=("rds:Describe*",), not_resources=("arn:aws:rds:*:*:db:y",)),
    ) == [
        {
            "Sid": "Level1",
            "Effect": "Allow",
            "Action": ["rds:Start*", "rds:Stop*"],
            "Resource": ["arn:aws:rds:*:*:db:x"],
        },
        {
            "Sid": "Level2",
            "Effect": "Deny",
            "NotAction": ["rds:Describe*"],
            "NotResource": ["arn:aws:rds:*:*:db:y"],
        },
    ]


def test_jumps_own_variables_are_filled_and_iams_are_kept():
    (statement,) = rendered(
        a_statement(
            resources=(
                "arn:aws:ssm:*:*:session/${aws:userid}-*",
                "arn:aws:s3:::${jump:partner}-${jump:grant}",
            ),
            conditions={"StringEquals": {"aws:ResourceTag/owner": ("${jump:partner}", "${aws:username}")}},
        )
    )
    assert statement["Resource"] == ["arn:aws:ssm:*:*:session/${aws:userid}-*", "arn:aws:s3:::acme-dev"]
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/owner": ["acme", "${aws:username}"]}}


def test_no_condition_of_one_operator_is_lost():
    (statement,) = rendered(
        a_statement(
            conditions={"StringEquals": {"aws:RequestedRegion": ("eu-west-1",), "ec2:Owner": ("self",)}}
        )
    )
    assert statement["Condition"]["StringEquals"] == {"aws:RequestedRegion": "eu-west-1", "ec2:Owner": "self"}
