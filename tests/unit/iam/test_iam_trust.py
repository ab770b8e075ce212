import orjson
import pytest
from unit.asking import decide

from jumpcf.iam.trust import trust

GIVEN = {
    "partition": "aws",
    "jump_account": "111111111111",
    "partner": "acme",
    "user_path": "/partner/acme/",
    "ends": "2027-04-01T00:00:00Z",
}
ROLE = "arn:aws:iam::333333333333:role/jump/acme-dev-Power"
RIGHT = {
    "aws:PrincipalArn": "arn:aws:iam::111111111111:user/partner/acme/taro.yamada",
    "aws:PrincipalTag/jump-partner": "acme",
    "aws:PrincipalType": "User",
    "aws:username": "taro.yamada",
    "sts:RoleSessionName": "taro.yamada",
    "aws:MultiFactorAuthPresent": "true",
    "aws:MultiFactorAuthAge": "60",
    "aws:SourceIp": "198.51.100.7",
    "aws:CurrentTime": "2027-03-31T23:59:59Z",
}
FULL = trust(**GIVEN, networks=("198.51.100.0/24",), mfa_max_age=3600)


def taken(document, context):
    return decide(document, "sts:AssumeRole", ROLE, context) == "Allow"


def test_the_right_user_may_take_the_role():
    assert taken(FULL, RIGHT)
    assert taken(trust(**GIVEN), RIGHT)


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("of another partner", {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/partner/other/x"}),
        (
            "of a partner whose name goes on",
            {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/partner/acme2/x"},
        ),
        ("without a path", {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/taro.yamada"}),
        ("with another tag", {"aws:PrincipalTag/jump-partner": "other"}),
        ("who is a role with the tag", {"aws:PrincipalType": "AssumedRole"}),
        ("without MFA in the console", {"aws:MultiFactorAuthPresent": "false"}),
        ("whose MFA is too old", {"aws:MultiFactorAuthAge": "3600"}),
        ("outside the networks", {"aws:SourceIp": "203.0.113.9"}),
        ("with somebody else's session name", {"sts:RoleSessionName": "hanako.sato"}),
        ("after the end", {"aws:CurrentTime": "2027-04-01T00:00:00Z"}),
    ],
)
def test_nobody_takes_the_role(who, change):
    assert not taken(FULL, RIGHT | change), who


@pytest.mark.parametrize("key", sorted(RIGHT.keys() - {"aws:username"}))
def test_a_missing_key_denies(key):
    assert not taken(FULL, {name: value for name, value in RIGHT.items() if name != key})


def test_there_is_one_allow_with_every_condition():
    (statement,) = orjson.loads(FULL.rendered)["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    assert statement["Action"] == ["sts:AssumeRole"]
    keys = {key for condition in statement["Condition"].values() for key in condition}
    assert keys == RIGHT.keys() - {"aws:username"}


def test_optional_conditions_are_left_out_when_not_wanted():
    (statement,) = orjson.loads(trust(**GIVEN, session_name=False).rendered)["Statement"]
    keys = {key for condition in statement["Condition"].values() for key in condition}
    assert keys == RIGHT.keys() - {
        "aws:username",
        "sts:RoleSessionName",
        "aws:SourceIp",
        "aws:MultiFactorAuthAge",
    }


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_every_arn_has_the_partition(partition):
    text = trust(**(GIVEN | {"partition": partition})).rendered.decode()
    assert text.count(f'"arn:{partition}:iam::111111111111:') == 2
    assert "arn:aws:" not in text


def test_equal_arguments_give_the_same_object():
    assert trust(**GIVEN) is trust(**GIVEN)
