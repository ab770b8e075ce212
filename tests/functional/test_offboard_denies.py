"""What an offboarded user has open in the jump account: denied everything, until the deploy that deletes him."""

import json

from tests.functional.conftest import calls
from tests.functional.nights import AT_ONCE, Night, groups, words
from tests.functional.test_offboarding import iam_of, users
from tests.functional.test_playing_the_partner import ELSEWHERE, OFFICE
from tests.local.people import Person, enrol
from tests.local.support import refused

JUMP = "111111111111"
FREEZE = f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"


def opened(night: Night) -> Person:
    """His session in the jump account, beside a bucket whose policy lets everybody in."""
    s3 = night.client("s3", JUMP)
    s3.create_bucket(
        Bucket="shared-in-jump", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
    )
    s3.put_object(Bucket="shared-in-jump", Key="k", Body=b"secret")
    everybody = {"AWS": "*"}
    statement = {"Effect": "Allow", "Principal": everybody, "Action": "s3:GetObject"}
    allowed = {
        "Version": "2012-10-17",
        "Statement": [{**statement, "Resource": "arn:aws:s3:::shared-in-jump/*"}],
    }
    s3.put_bucket_policy(Bucket="shared-in-jump", Policy=json.dumps(allowed))
    taro = night.taro()
    device = enrol(taro, night.clock, name=taro.name)
    return taro.using(taro.client("sts").get_session_token(**device.shown())["Credentials"])


def shut_out(his: Person) -> bool:
    """Whether an explicit Deny keeps him from the bucket, at the office and elsewhere.  The embedded AWS does not
    judge what a bucket's policy alone allows within one account, and says so: he would be let in."""
    codes = {
        refused(each.client("s3").get_object, Bucket="shared-in-jump", Key="k")[0]
        for each in (his.at(OFFICE), his.at(ELSEWHERE))
    }
    assert codes <= {"AccessDenied", "NotImplemented"}
    return codes == {"AccessDenied"}


def test_what_he_has_open_in_the_jump_account_is_denied_until_he_is_deleted(night: Night) -> None:
    his = opened(night)
    assert not shut_out(his)
    said = night.run(*AT_ONCE)
    assert said.code == 0, said.out + said.err
    assert "policy attachment jump-freeze stays until he is deleted" in words(said.out)
    assert "what he had open in the jump account may do nothing any more" in words(said.out)
    assert "Look for shells that he opened (Power, SSM, in corp, lab)" in words(said.out)
    assert shut_out(his)
    assert groups(night, "taro.yamada") == []

    with calls() as made:
        again = night.run("-o", "json", *AT_ONCE)
    assert (again.code, again.json["state"]) == (0, "done")
    assert [name for name in made.writes if name != "DeleteParameter"] == []
    seen = night.run("-o", "json", "user", "status", "acme", "taro.yamada").json["people"][0]
    assert "policies" not in [one["code"] for one in seen["findings"]]

    assert night.deploy("--accept-deletion").code == 0
    assert "taro.yamada" not in users(night)


def test_after_a_freeze_an_offboarding_opens_nothing_again(night: Night) -> None:
    his = opened(night)
    assert night.run("partner", "freeze", "acme", "--user", "taro.yamada", "--reason", "INC-7").code == 0
    assert shut_out(his)
    assert night.run(*AT_ONCE).code == 0
    assert shut_out(his)


def test_where_the_policy_is_not_there_everything_else_is_taken_and_it_is_said(night: Night) -> None:
    his = opened(night)
    iam_of(night).delete_policy(PolicyArn=FREEZE)
    said = night.run(*AT_ONCE)
    assert said.code == 3, said.out + said.err
    assert "has nothing any more, but WHAT HE HAS OPEN MAY NOT BE DENIED" in words(said.out)
    assert f"the jump account has no policy {FREEZE}" in words(said.out)
    assert "may do nothing any more" not in words(said.out)
    assert "is judged by no Deny of ours until that deploy deletes him" in words(said.out)
    assert "password none (1 taken)" in words(said.out)
    assert not shut_out(his)
    assert night.deploy("--accept-deletion").code == 0
    assert "taro.yamada" not in users(night)


def test_the_deploys_own_offboarding_denies_him_everything_before_it_takes_anything(night: Night) -> None:
    assert night.run("user", "remove", "acme", "taro.yamada").code == 0
    with calls() as made:
        assert night.deploy("--accept-deletion").code == 0
    his = [
        name
        for name in made.writes
        if name in ("AttachUserPolicy", "RemoveUserFromGroup", "DetachUserPolicy")
    ]
    assert (his[0], his[-1]) == ("AttachUserPolicy", "DetachUserPolicy")
    assert "taro.yamada" not in users(night)
