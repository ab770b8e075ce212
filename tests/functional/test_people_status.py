"""`jumpcf user status`: everybody of the example estate on the embedded AWS, with what each did since."""

import csv
import io

from tests.functional.conftest import World, calls
from tests.functional.test_offboarding import enrol, iam_of, leave

FOUND = ("user", "status")


def test_what_people_have_is_told_beside_what_params_want(lasting_world: World) -> None:
    iam = iam_of(lasting_world)
    enrol(lasting_world, "ken.mori")
    iam.create_user(
        UserName="=by.hand", Path="/partner/acme/", Tags=[{"Key": "jump-partner", "Value": "acme"}]
    )
    iam.tag_user(UserName="mio.kato", Tags=[{"Key": "jump-partner", "Value": "globex"}])
    leave(lasting_world, "jun.ito")

    made = lasting_world.run("-o", "json", *FOUND, "acme").json
    people = {one["name"]: one for one in made["people"]}
    assert made["schema"] == 1
    codes = {name: [each["code"] for each in one["findings"]] for name, one in people.items()}
    assert codes == {
        "=by.hand": ["unknown"],
        "hanako.sato": ["no-mfa"],
        "jun.ito": ["unknown", "no-mfa"],
        "ken.mori": ["groups", "needless-key", "policies"],
        "mio.kato": ["tag", "no-mfa"],
        "taro.yamada": ["no-mfa"],
        "yuki.abe": ["no-mfa"],
    }
    ken, taro = people["ken.mori"], people["taro.yamada"]
    assert (ken["password"], ken["mfa"], len(ken["keys"])) == ("own", ["passkey", "virtual"], 1)
    assert (taro["password"], taro["signed_in"], taro["mfa"]) == ("initial", None, [])

    rows = csv.DictReader(io.StringIO(lasting_world.run(*FOUND, "acme", "-o", "csv").out))
    assert [one["user"] for one in rows] == ["'=by.hand", *sorted(people)[1:]]
    secrets = iam.list_access_keys(UserName="ken.mori")["AccessKeyMetadata"][0]["AccessKeyId"], "passkey-ABC"
    told = lasting_world.run("-v", *FOUND)
    assert not any(secret in told.out + lasting_world.run("-o", "json", *FOUND).out for secret in secrets)
    assert "no-mfa (CIS v3.0.0/1.10): 11" in told.out
    assert "AWS makes one at most every 4 hours" in " ".join(told.out.split())

    for words, code in (
        ("no-mfa", 3),
        ("stale-45d,policies", 3),
        ("stale-0d", 3),
        ("stale-45d,ended", 0),
        ("no-mfa,sloth", 252),
    ):
        said = lasting_world.run(*FOUND, "acme", "--fail-on", words)
        assert said.code == code, said.err
    assert "sloth: not known. There are no-mfa (" in " ".join(said.err.split())
    assert lasting_world.run(*FOUND, "acme", "ken.mori", "--fail-on", "no-mfa").code == 0
    for arguments in (("acme", "ken.mroi"), ("acmee",)):
        said = lasting_world.run(*FOUND, *arguments)
        assert (said.code, "G561" in said.err, "did you mean" in said.err) == (252, True, True)

    assert lasting_world.run("user", "offboard", "acme", "ken.mori", "--yes").code == 0
    with calls() as seen:
        (ken,) = lasting_world.run("-o", "json", *FOUND, "acme", "ken.mori").json["people"]
    assert seen.writes == ["GenerateCredentialReport"]
    assert (ken["password"], ken["mfa"], ken["keys"]) == ("none", [], [])
    assert [one["code"] for one in ken["findings"]] == ["left"]  # until a deploy deletes him
