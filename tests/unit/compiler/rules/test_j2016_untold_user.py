import shutil

import pytest
from rule_samples import found, shown_red
from unit import builders as an
from unit.compiled import STACKS, problems_of

from jumpcf.compiler.rules.j2016_untold_user import RULE

TARO = {"UserName": "taro", "Path": "/partner/acme/", "Tags": [{"Key": "jump-partner", "Value": "acme"}]}


def said_of(per="partner", **own):
    return found(RULE, {"Taro": {"Type": "AWS::IAM::User", "Properties": TARO | own}}, per=per)


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


@pytest.mark.parametrize("made", [{"Fn::Join": ["", ["taro"]]}, {"Fn::Sub": "taro"}, {"Ref": "Name"}])
@pytest.mark.parametrize("per", ["estate", "partner"])
def test_name_path_and_partner_are_text(made, per):
    assert said_of(per) == []
    for name in ("UserName", "Path"):
        assert said_of(per, **{name: made}) == [f"Taro: its {name} is no plain text"]
    tags = [{"Key": "jump-partner", "Value": made}]
    assert said_of(per, Tags=tags) == ["Taro: the value of its tag jump-partner is no plain text"]
    assert said_of(per, Tags=[{"Key": "team", "Value": made}]) == []


def test_a_tag_that_may_be_the_partners_is_none_that_nobody_can_read():
    words = ["Taro: it has a tag that may be jump-partner: its Key is no plain text"]
    for tag in (
        {"Key": {"Fn::Sub": "jump-partner"}, "Value": "acme"},
        {"Fn::If": ["Is", TARO["Tags"][0], {}]},
    ):
        assert said_of(Tags=[tag]) == words
    assert said_of(Tags={"Fn::If": ["Is", TARO["Tags"], []]}) == ["Taro: its Tags are no list"]


def test_a_partners_user_has_a_name_that_cloudformation_did_not_invent():
    nameless = {"Path": "/partner/acme/", "Tags": TARO["Tags"]}
    for own, words in ((nameless, ["Taro: it has no UserName"]), ({"Path": "/tools/"}, []), ({}, [])):
        assert found(RULE, {"Taro": {"Type": "AWS::IAM::User", "Properties": own}}) == words


def test_the_users_of_a_pipeline_or_target_account_are_no_partners():
    for per in ("pipeline", "grant"):
        assert said_of(per, UserName={"Ref": "Name"}) == []


def test_a_module_that_puts_a_name_together_stops_the_build(tmp_path):
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = folder / "partner.py"
    text = module.read_text(encoding="utf-8").replace("import Ref, Tags", "import Join, Ref, Tags")
    assert text.count("UserName=user.name,") == 1
    module.write_text(text.replace("UserName=user.name,", 'UserName=Join("", [user.name]),'), "utf-8")
    problems = problems_of(an.an_estate(), tmp_path / "build", folder)
    assert {problem.code for problem in problems} == {"J2016"}
    assert any("its UserName is no plain text" in problem.message for problem in problems)
