"""The whole life of one person: hired on Monday, gone after the last day (docs/people.md, "A life").

Nothing here looks at a policy.  Params and verbs go through plan, StackSets and stacks as people use them; what he
may do is what the embedded AWS answers him under enforcement, by a clock that stands still until it is moved.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jumpcf.errors import GateRefused, JumpcfError
from jumpcf.pipeline import building, people
from jumpcf.pipeline.folders import Folders
from tests.functional.conftest import World, calls, opened
from tests.functional.test_offboarding import (
    ACME,
    ALL,
    TAKING,
    by_hand,
    failures,
    held,
    leave,
    users,
)
from tests.functional.test_playing_the_partner import DEV, ELSEWHERE, JUMP, OFFICE, PROD, role
from tests.local.people import Clock, Device, Person, enrol, with_key
from tests.local.support import denies, refused

RIN, HANAKO = "rin.ueda", "hanako.sato"
ME = f"arn:aws:iam::{JUMP}:user/partner/acme/{RIN}"
READER = role("acme-prod-Read", PROD)
BEFORE_THE_END, AFTER_THE_END = 4_047_116_400 - 60, 4_047_116_400 + 60  # of 2098-03-31 in Tokyo
OWN, LATER = "Known-to-Ueda-01", "Known-to-Ueda-02"
FREEZE = ("acme", "--user", RIN)
Roles = set[tuple[str, str]]  # of (role, account)


@dataclass
class Life(World):
    """The example estate under enforcement, its clock, and what Ueda has by now."""

    clock: Clock = field(default_factory=Clock)
    phone: Device | None = None

    @property
    def iam(self) -> Any:
        return self.client("iam", JUMP)

    def sign_in(self, *typed: str, address: str = OFFICE) -> tuple[Person | None, str]:
        """At the page for passwords, with these lines typed and the phone's code where he has one."""
        code = ["--code", self.phone.code()] if self.phone else []
        words = ("local", "sign-in", RIN, "--address", address, "--export", *code)
        said = self.run("-o", "json", *words, typed="".join(f"{line}\n" for line in typed))
        assert not any(password in said.out + said.err for password in typed)
        if said.code:
            assert (said.code, said.out) == (4, "")
            return None, said.err
        given = said.json
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Person(self.aws, *keys, address=address, name=RIN), said.err

    def signed_in(self, *typed: str) -> Person:
        person, said = self.sign_in(*typed)
        assert person, said
        return person

    def colleague(self) -> Person:
        """Sato in a session with MFA, by a key."""
        hanako = with_key(self.aws, HANAKO, address=OFFICE)
        shown = enrol(hanako, self.clock, name=HANAKO).shown()
        return hanako.using(hanako.client("sts").get_session_token(**shown)["Credentials"])

    def reachable(self) -> Roles:
        """What the compiled templates give him, by `jumpcf access matrix`."""
        entries = self.run("-o", "json", "access", "matrix", "--partner", "acme").json["entries"]
        mine = [one for one in entries if one["user"] == RIN]
        return {(one["role"].rpartition("/")[2], one["account"]) for one in mine}

    def handed(self, *, new: bool = False) -> str:
        """His initial password, as `jumpcf user password` shows it."""
        folders = Folders(root=self.folder, build=self.folder / "build")
        manifest = building.build(folders, lint=False).manifest
        return people.hand_over(folders, manifest, "acme", RIN, new=new).password.reveal()

    def written(self) -> str:
        """Everything that runs left in the estate's folder, the embedded AWS's own state apart."""
        kept = [path for name in (".jumpcf/journal", "build") for path in (self.folder / name).rglob("*")]
        return "".join(path.read_text("utf-8", "replace") for path in kept if path.is_file())


@pytest.fixture
def life(lasting_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Life]:
    # Codes of MFA devices move this clock on; it must stay behind the one by which a freeze is stamped.
    folder, clock = tmp_path / "estate", Clock(float(int(time.time()) - 3600))
    shutil.copytree(lasting_estate, folder)
    with opened(folder, capsys, clock=clock, enforce=True) as world:
        yield Life(folder=folder, aws=world.aws, capture=capsys, clock=clock)


def test_a_life_from_the_first_day_to_the_last(life: Life) -> None:
    hanako = life.colleague()
    initial = _hired(life)
    his = _first_signed_in_and_enrolled(life, initial)
    reader, his = _moved_to_another_group(life, his)
    _frozen_and_thawed(life, his, reader, hanako)
    key = _at_the_end_of_the_contract(life)
    _offboarded(life, key, initial)


def _hired(life: Life) -> str:
    """A line in params and a deploy; nothing that others have is touched."""
    ueda = {"name": RIN, "email": f"{RIN}@acme.example", "groups": ["dev"]}
    life.edit("partners/acme.yaml", lambda it: it["users"].append(ueda))
    assert "initial passwords\n  + acme  rin.ueda  (the user is new)\n" in life.run("plan").out
    with calls() as made:
        said = life.deploy()
    assert said.code == 0, said.out + said.err
    assert made.writes.count("CreateLoginProfile") == 1
    assert "UpdateStackSet" not in made.writes
    initial = life.handed()
    with pytest.raises(JumpcfError) as again:
        life.handed()
    assert again.value.code == "A564"  # nobody is shown it twice
    return initial


def _first_signed_in_and_enrolled(life: Life, initial: str) -> Person:
    """From the office alone, with a password of his own, and without MFA to nothing but himself."""
    for lines, address, why in (
        (("wrong",), OFFICE, "A589 Your authentication information is incorrect"),
        ((initial, OWN), ELSEWHERE, "explicit deny"),
        ((initial,), OFFICE, "New password"),
        ((initial, "weak"), OFFICE, "it needs"),
    ):
        person, said = life.sign_in(*lines, address=address)
        assert (person, why in said) == (None, True), said
    beginner, said = life.sign_in(initial, OWN)
    assert beginner, said
    assert "without MFA" in said

    roles = life.reachable()
    assert {account for _, account in roles} >= {PROD}
    assert len(roles) > 10
    assert all(denies(beginner.assume, role(*one)) for one in roles)
    assert refused(beginner.assume, READER)[1] == (
        f"User: {ME} is not authorized to perform: sts:AssumeRole on resource: {READER} "
        "with an explicit deny in an identity-based policy"
    )
    own, iam = {"UserName": RIN}, beginner.client("iam")
    _nothing_but_himself(life, beginner)
    assert iam.get_user()["User"]["Arn"] == ME
    iam.get_account_password_policy()
    life.phone = enrol(beginner, life.clock, name=RIN)
    assert [one["SerialNumber"] for one in iam.list_mfa_devices(**own)["MFADevices"]] == [life.phone.serial]
    assert denies(iam.deactivate_mfa_device, **own, SerialNumber=life.phone.serial)
    assert all(denies(beginner.assume, role(*one)) for one in roles)  # the session is from before

    known, said = life.sign_in(OWN)
    assert known, said
    assert "with MFA" in said
    assert all(known.assume(role(*one)) for one in roles)
    session = known.assume(READER)
    arn = session.client("sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:sts::{PROD}:assumed-role/acme-prod-Read/{RIN}"
    session.client("s3").list_buckets()
    session.client("cloudformation").list_stacks()
    away, _ = life.sign_in(OWN, address=ELSEWHERE)
    assert away  # no policy of ours stops the sign-in itself
    assert denies(away.client("iam").get_user)
    assert denies(away.assume(READER).client("iam").list_roles)
    return known


def _nothing_but_himself(life: Life, beginner: Person) -> None:
    iam, mine = beginner.client("iam"), {"Name": f"/jump/example/passwords/acme/{RIN}"}
    for call, given in (
        (iam.list_users, {}),
        (iam.get_user, {"UserName": HANAKO}),
        (iam.create_access_key, {"UserName": RIN}),
        (iam.add_user_to_group, {"UserName": RIN, "GroupName": "acme-ops"}),
        (iam.tag_user, {"UserName": RIN, "Tags": [{"Key": "jump-partner", "Value": "globex"}]}),
        (beginner.client("s3").list_buckets, {}),
        (beginner.client("cloudformation").list_stacks, {}),
        (beginner.client("ssm").get_parameter, {**mine, "WithDecryption": True}),
    ):
        assert refused(call, **given)[0].startswith("AccessDenied"), call
    assert life.client("ssm", JUMP).get_parameter(**mine)  # it is there


def _moved_to_another_group(life: Life, his: Person) -> tuple[Person, Person]:
    """What the old group gave is refused at once, what the new one gives is there, and he stays who he is."""
    before, roles = life.iam.get_user(UserName=RIN)["User"], life.reachable()
    builder = his.assume(role("acme-dev-Power", DEV))

    def regroup(partner: dict[str, Any]) -> None:
        next(user for user in partner["users"] if user["name"] == RIN)["groups"] = ["ops"]

    life.edit("partners/acme.yaml", regroup)
    with calls() as made:
        assert life.deploy().code == 0
    assert set(made.writes) & TAKING == set()
    now = life.reachable()
    lost, given = roles - now, now - roles
    assert {name for name, _ in lost} == {"acme-dev-Power", "acme-dev-SSM"}
    assert {name for name, _ in given} == {"acme-ops-SSM", "acme-data-DbOperator", "acme-data-Read"}
    for name, account in lost:
        assert refused(his.assume, role(name, account))[0] == "AccessDenied"
    assert all(his.assume(role(*one)) for one in now)
    assert not denies(builder.client("cloudformation").list_stacks)  # what is open goes on until its end
    after = life.iam.get_user(UserName=RIN)["User"]
    assert (after["UserId"], after["Path"]) == (before["UserId"], "/partner/acme/")
    groups = life.iam.list_groups_for_user(UserName=RIN)["Groups"]
    assert {one["GroupName"] for one in groups} == {"acme-members", "acme-ops"}
    life.signed_in(OWN)
    return his.assume(READER), his


def _frozen_and_thawed(life: Life, his: Person, reader: Person, hanako: Person) -> None:
    """His laptop is stolen; his colleagues go on working."""
    file = life.folder / "params/partners/acme.yaml"
    before, hers = file.read_bytes(), hanako.assume(READER)
    said = life.run("partner", "freeze", *FREEZE, "--reason", "stolen laptop")
    assert said.code == 0, said.out + said.err
    assert f"every call of {RIN}" in said.out
    assert denies(his.assume, READER)
    assert denies(his.client("iam").get_user)
    assert denies(reader.client("iam").list_roles)
    thief, _ = life.sign_in(OWN)
    assert thief
    assert denies(thief.client("iam").get_user)
    assert not denies(hers.client("iam").list_roles)
    assert not denies(hanako.assume, READER)
    attached = life.iam.list_attached_user_policies(UserName=RIN)["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["jump-freeze"]
    assert life.run("plan", "--detailed-exitcode").code == 0
    with pytest.raises(GateRefused) as closed:
        life.handed(new=True)
    assert (closed.value.code, closed.value.hint) == (
        "G571",
        f"jumpcf partner thaw acme --user {RIN} opens the door again",
    )
    kit = life.run("partner", "kit", *FREEZE, "--out", str(life.folder / "kits"))
    assert (kit.code, "G582" in kit.err) == (5, True)

    frozen = file.read_bytes()
    leave(life, RIN)  # taken out by hand, he would take his fence along
    said = life.run("deploy", "--yes", "--accept-deletion", "--accept-open-sessions")
    assert (said.code, "G521" in said.err) == (5, True)
    file.write_bytes(frozen)

    assert life.run("partner", "thaw", *FREEZE, "--yes").code == 5
    assert denies(his.assume, READER)
    said = life.run("partner", "thaw", *FREEZE, "--yes", "--accept-broadening")
    assert said.code == 0, said.out + said.err
    assert file.read_bytes() == before
    assert not denies(reader.client("iam").list_roles)
    assert not denies(life.signed_in(OWN).assume, READER)


def _at_the_end_of_the_contract(life: Life) -> Person:
    """The clock alone ends it: sessions of the last minute, his key, and what he signs in to afterwards."""
    key = with_key(life.aws, RIN, address=OFFICE)
    life.clock.now = float(BEFORE_THE_END)
    his = life.signed_in(OWN)
    reader = his.assume(READER)
    assert not denies(reader.client("iam").list_roles)
    assert not denies(key.client("iam").get_user)
    assert denies(key.assume, READER)  # a key has no MFA
    life.clock.now = float(AFTER_THE_END)
    for person in (his, key, life.signed_in(OWN)):
        assert denies(person.client("iam").get_user)
        assert denies(person.assume, READER)
    assert denies(reader.client("iam").list_roles)
    life.iam.update_login_profile(UserName=RIN, PasswordResetRequired=True)
    person, said = life.sign_in(OWN, LATER)
    assert (person, "explicit deny" in said) == (None, True), said
    life.iam.update_login_profile(UserName=RIN, PasswordResetRequired=False)
    day = ("expiring", "--at", "2098-04-01", "--partner", "acme", "--fail-on", "ended")
    told = life.run(*day)
    assert (told.code, RIN in told.out) == (3, True), told.out
    return key


def _offboarded(life: Life, key: Person, initial: str) -> None:
    """Out of params: everything that he enrolled is taken, and IAM says so; then there is nobody."""
    by_hand(life, RIN)
    assert held(life, RIN) == ALL
    assert life.run("user", "remove", "acme", RIN).code == 0
    secrets = (OWN, LATER, initial, key.key, key.secret, "passkey-ABC")
    with calls() as made:
        asked = life.deploy()
    assert (asked.code, made.writes) == (5, [])
    assert f"the plan takes away: jump/jump-partner-acme user {RIN}" in " ".join(asked.err.split())
    assert held(life, RIN) == ALL
    said = life.deploy("--accept-deletion")
    assert said.code == 0, said.out + said.err
    told = "password, 1 access key, 2 MFA devices, 1 service-specific credential, 1 inline policy taken"
    assert f"(offboard-user {RIN}): {RIN}: 3 group memberships, {told}" in " ".join(said.err.split())
    assert RIN not in users(life)
    assert failures(life, ACME) == []
    assert life.run("-o", "json", "user", "offboard", "acme", RIN, "--yes").json["state"] == "gone"
    devices = life.iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    assert RIN not in "".join(one["SerialNumber"] for one in devices)
    assert refused(key.client("iam").get_user)[0] == "InvalidClientTokenId"
    life.phone = None
    person, why = life.sign_in(OWN)
    assert (person, "authentication information is incorrect" in why) == (None, True)
    texts = said.out + said.err + life.written()
    assert f'"work":"offboard-user {RIN}"' in texts
    assert not any(secret in texts for secret in secrets)
    with calls() as made:
        assert life.deploy().code == 0
    assert made.writes == []
