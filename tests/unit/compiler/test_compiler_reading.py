"""A build from a stranger is taken only as what a build writes, and only for the accounts that params/ name."""

import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest
from jumpcf.artifacts.marks import STACK_GRANT_TAG, STACK_PARTNER_TAG
from jumpcf.compiler import reading
from jumpcf.compiler.reading import read_compiled
from jumpcf.errors import GateRefused
from jumpcf.estate.model import Estate
from tests.unit.builders import an_estate
from tests.unit.compiled import compiled

ESTATE = an_estate()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, Path]:
    folder = tmp_path_factory.mktemp("built")
    manifest, _ = compiled(ESTATE, folder)
    return manifest, folder


@pytest.fixture
def folder(built: tuple[Manifest, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(built[1], tmp_path / "build"))


def refused(folder: Path, estate: Estate = ESTATE) -> GateRefused:
    with pytest.raises(GateRefused) as caught:
        read_compiled(estate, folder)
    return caught.value


def written(folder: Path, manifest: Manifest) -> None:
    (folder / "manifest.json").write_bytes(canonical(manifest))


def first(manifest: Manifest, **parts: Any) -> Manifest:
    """The manifest with its first stack changed."""
    stacks = (replace(manifest.stacks[0], **parts), *manifest.stacks[1:])
    return replace(manifest, stacks=stacks)


def test_what_a_build_wrote_is_read_as_it_was(built: tuple[Manifest, Path], folder: Path) -> None:
    read = read_compiled(ESTATE, folder)
    assert (read.manifest, read.new) == (built[0], ())


CHANGES: dict[str, tuple[Callable[[Manifest], Manifest], str]] = {
    "another digest": (lambda one: first(one, digest="0" * 64), "has another template than"),
    "another size": (lambda one: first(one, size=one.stacks[0].size + 1), "has another template than"),
    "a path upwards": (lambda one: first(one, path="../../secret.json"), "elsewhere than a build puts it"),
    "an absolute path": (lambda one: first(one, path="/etc/passwd"), "elsewhere than a build puts it"),
    "a name with a path": (lambda one: first(one, name="../x"), "no proper name: 'jump/../x'"),
    "a name with markup": (lambda one: first(one, name="x\n::error::"), "no proper name"),
    "a name of somebody else's": (lambda one: first(one, name="AWSControlTowerBP-ROLES"), "no proper name"),
    "a stack of the pipeline": (lambda one: first(one, name="jump-pipeline"), "no proper name"),
    "a stack of the pipeline elsewhere": (
        lambda one: first(one, name="jump-pipeline-corp"),
        "no proper name",
    ),
    "a place of nobody": (lambda one: first(one, place="nowhere"), "no proper name: 'nowhere/"),
    "a stack as a StackSet": (lambda one: first(one, kind="stackset"), "is a stackset in the wrong place"),
    "another body under a digest": (
        lambda one: replace(one, bootstrap=(replace(one.stacks[0], path="bootstrap/jump/jump-base.json"),)),
        "a stack of bootstrap stands for another one",
    ),
    "a bootstrap from anywhere": (
        lambda one: replace(one, bootstrap=(replace(one.stacks[0], digest="0" * 64, path="/etc/passwd"),)),
        "a stack of bootstrap stands for another one",
    ),
    "one stack twice": (lambda one: replace(one, stacks=(*one.stacks, one.stacks[0])), "stands twice"),
    "a control character": (lambda one: replace(one, notices=("x\n::error::y",)), "control character"),
    "a sign that turns text round": (lambda one: replace(one, notices=("\u202ex",)), "control character"),
    "a text without end": (lambda one: replace(one, notices=("x" * 10_001,)), "longer than 10,000"),
    "an organization as jump": (
        lambda one: replace(one, organizations=(replace(one.organizations[0], name="jump"),)),
        "organization has no proper name: 'jump'",
    ),
    "an organization twice": (
        lambda one: replace(one, organizations=one.organizations * 2),
        "an organization stands twice",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_no_build_writes_is_refused(built: tuple[Manifest, Path], folder: Path, change: str) -> None:
    alter, words = CHANGES[change]
    written(folder, alter(built[0]))
    error = refused(folder)
    assert (error.code, words in error.what) == ("G600", True), error.what


def test_a_changed_template_is_refused_and_all_faults_are_told_at_once(
    built: tuple[Manifest, Path], folder: Path
) -> None:
    one, two = built[0].stacks[:2]
    (folder / one.path).write_bytes(b" " + (folder / one.path).read_bytes())
    (folder / two.path).unlink()
    error = refused(folder)
    assert f"{one.place}/{one.name} has another template" in error.what
    assert f"{two.place}/{two.name} has no template: No such file" in error.what


@pytest.mark.parametrize("part", ["templates", "templates/jump", "file"])
def test_no_link_is_followed(built: tuple[Manifest, Path], folder: Path, tmp_path: Path, part: str) -> None:
    at = folder / (built[0].stacks[0].path if part == "file" else part)
    at.rename(tmp_path / "elsewhere")
    at.symlink_to(tmp_path / "elsewhere")
    error = refused(folder)
    assert ("behind a link" in error.what) or ("not a regular file" in error.what), error.what


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"[]", "is no mapping"), (b"{", "is not JSON"), (b"[" * 5000 + b"]" * 5000, "is not JSON")],
)
def test_a_template_must_be_a_mapping(
    built: tuple[Manifest, Path], folder: Path, body: bytes, words: str
) -> None:
    stack: CompiledStack = built[0].stacks[0]
    (folder / stack.path).write_bytes(body)
    written(folder, first(built[0], digest=reading.digest(body), size=len(body)))
    assert words in refused(folder).what


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "it is not JSON"),
        (b"[]", "it has not the shape"),
        (b'{"estate": "::error::x"}', "it has not the shape"),
    ],
)
def test_a_manifest_that_is_none_is_refused_without_repeating_it(
    folder: Path, data: bytes, words: str
) -> None:
    (folder / "manifest.json").write_bytes(data)
    error = refused(folder)
    assert (error.code, words in error.what, "::error" in error.what) == ("G600", True, False), error.what


def test_a_manifest_with_a_second_meaning_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"{", b'{"estate":"other",', 1))
    assert "not in the one form" in refused(folder).what


def test_a_manifest_that_is_a_link_or_missing_is_refused(folder: Path, tmp_path: Path) -> None:
    path = folder / "manifest.json"
    path.rename(tmp_path / "manifest.json")
    assert "No such file" in refused(folder).what
    path.symlink_to(tmp_path / "manifest.json")
    assert "it is not a regular file" in refused(folder).what


def elsewhere(manifest: Manifest) -> dict[str, Manifest]:
    """The manifest with one thing changed by which another account would be reached."""
    one = manifest.organizations[0]
    far = replace(manifest.jump, account="999999999999")
    assert manifest.passwords is not None
    return {
        "the estate": replace(manifest, estate="other"),
        "the partition": replace(manifest, partition="aws-cn"),
        "the jump account": replace(manifest, jump=far),
        "the artifact bucket": replace(manifest, bucket="somebody-elses"),
        "the role that CloudFormation gets": replace(manifest, service_role="arn:aws:iam::9:role/theirs"),
        "where passwords are kept": replace(manifest, passwords=replace(manifest.passwords, prefix="/")),
        **{
            what: replace(manifest, organizations=(changed,))
            for what, changed in {
                f"the id of {one.name}": replace(one, id="o-other000000"),
                f"the root of {one.name}": replace(one, root="r-other"),
                f"the admin account of {one.name}": replace(
                    one, connection=replace(one.connection, role_arn="arn:aws:iam::999999999999:role/x")
                ),
            }.items()
        },
    }


def test_a_build_for_other_accounts_is_refused_whatever_differs(
    built: tuple[Manifest, Path], folder: Path
) -> None:
    told = {}
    for what, manifest in elsewhere(built[0]).items():
        written(folder, manifest)
        error = refused(folder)
        told[what] = (error.code, error.what.splitlines()[1:])
    assert told == {what: ("G601", [f"    {what} is another one than params/ say"]) for what in told}


@pytest.mark.parametrize("tags", [{}, {"jumpcf-estate": "other"}])
def test_a_stack_without_the_estates_tags_is_refused(
    built: tuple[Manifest, Path], folder: Path, tags: dict[str, str]
) -> None:
    """A deploy would leave it to nobody: the next plan would take it for somebody else's."""
    written(folder, first(built[0], tags=tags))
    error = refused(folder)
    assert (error.code, "does not carry the tags of this estate" in error.what) == ("G601", True)


def test_a_stack_in_another_partners_name_is_refused(built: tuple[Manifest, Path], folder: Path) -> None:
    theirs = next(one for one in built[0].stacks if one.partner)
    stacks = tuple(replace(one, partner="other") if one is theirs else one for one in built[0].stacks)
    written(folder, replace(built[0], stacks=stacks))
    assert f"{theirs.place}/{theirs.name} does not carry the tags" in refused(folder).what


def test_every_field_of_a_connection_is_held(built: tuple[Manifest, Path], folder: Path) -> None:
    jump = built[0].jump
    for field in dataclasses.fields(jump):
        written(folder, replace(built[0], jump=replace(jump, **{field.name: "other"})))
        assert "the jump account is another one" in refused(folder).what


def test_an_organization_that_params_do_not_have_yet_is_told(folder: Path) -> None:
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    read = read_compiled(replace(ESTATE, organizations={}), folder, planning=True)
    assert read.new == tuple(one["name"] for one in manifest["organizations"])
    assert "params/ have no organization" in refused(folder, replace(ESTATE, organizations={})).what


def rewritten(folder: Path, manifest: Manifest, place: str, change: Callable[[Any], None]) -> None:
    """The first template of a place changed, with a manifest that fits it: what a module can do that reaches into
    the process which compiles it."""
    stack = next(one for one in manifest.stacks if one.place == place and one.partner)
    body = orjson.loads((folder / stack.path).read_bytes())
    change(body)
    data = canonical(body)
    (folder / stack.path).write_bytes(data)
    fits = replace(stack, digest=reading.digest(data), size=len(data))
    written(
        folder,
        replace(manifest, stacks=tuple(fits if one is stack else one for one in manifest.stacks)),
    )


def a_role(body: Any) -> Any:
    return next(one for one in body["Resources"].values() if one["Type"] == "AWS::IAM::Role")


def open_to_all(body: Any) -> None:
    trust = a_role(body)["Properties"]["AssumeRolePolicyDocument"]
    trust["Statement"].append(
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Sid": "x\n::error::"}
    )


RULES: dict[str, tuple[Callable[[Any], None], str]] = {
    "a Transform": (lambda body: body.update(Transform="AWS::Include"), "[J2011]"),
    "everybody": (open_to_all, "[J2004]"),
    "no boundary": (lambda body: a_role(body)["Properties"].pop("PermissionsBoundary"), "[J2007]"),
    "no Condition": (lambda body: a_role(body).pop("Condition"), "[J2008]"),
    "no resources": (lambda body: body.pop("Resources"), "cannot be read as a template"),
    "resources that are none": (lambda body: body.update(Resources=["x"]), "cannot be read as a template"),
    "a type that is none": (lambda body: a_role(body).update(Type=[1]), "cannot be read as a template"),
}


@pytest.mark.parametrize("planning", [True, False])
@pytest.mark.parametrize("change", RULES)
def test_the_rules_hold_where_a_module_switched_them_off(
    built: tuple[Manifest, Path], folder: Path, change: str, planning: bool
) -> None:
    alter, words = RULES[change]
    place = next(one.name for one in built[0].organizations)
    rewritten(folder, built[0], place, alter)
    with pytest.raises(GateRefused) as caught:
        read_compiled(ESTATE, folder, planning=planning)
    assert (caught.value.code, words in caught.value.what) == ("G602", True), caught.value.what
    assert "\n::" not in caught.value.what


def test_a_closed_account_is_held_against_params_where_they_are_the_builds_own(
    built: tuple[Manifest, Path], folder: Path
) -> None:
    def always(body: Any) -> None:
        body["Conditions"] = {name: {"Fn::Equals": ["a", "a"]} for name in body["Conditions"]}

    rewritten(folder, built[0], built[0].organizations[0].name, always)
    assert read_compiled(ESTATE, folder, planning=True)
    error = refused(folder)
    assert (error.code, "would be made in" in error.what) == ("G602", True)


def test_whom_params_deny_is_held_against_params_where_they_are_the_builds_own(
    built: tuple[Manifest, Path], folder: Path
) -> None:
    def nameless(body: Any) -> None:
        for statement in a_role(body)["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            del statement["Condition"]["StringEquals"]["sts:RoleSessionName"]

    rewritten(folder, built[0], built[0].organizations[0].name, nameless)
    assert read_compiled(ESTATE, folder, planning=True)
    error = refused(folder)
    assert error.code == "G602"
    assert "its trust does not ask for the user's own name" in error.what
    assert "(params/partners/acme.yaml:" in error.what
    assert "[J2014]" in error.what


@pytest.mark.parametrize("partner", [True, False])
def test_what_users_are_denied_is_held_against_params_whatever_the_manifest_calls_their_stack(
    built: tuple[Manifest, Path], folder: Path, partner: bool
) -> None:
    def groupless(body: Any) -> None:
        user = next(one for one in body["Resources"].values() if one["Type"] == "AWS::IAM::User")
        del user["Properties"]["Groups"]

    rewritten(folder, built[0], JUMP, groupless)
    if not partner:
        manifest = decode(Manifest, (folder / "manifest.json").read_bytes())
        stack = next(one for one in manifest.stacks if one.place == JUMP and one.partner)
        tags = {key: value for key, value in stack.tags.items() if key != STACK_PARTNER_TAG}
        other = replace(stack, partner=None, tags=tags)
        stacks = tuple(other if one is stack else one for one in manifest.stacks)
        written(folder, replace(manifest, stacks=stacks))
    assert read_compiled(ESTATE, folder, planning=True)
    error = refused(folder)
    assert error.code == "G602"
    assert "denies him everything from" in error.what
    assert "(params/partners/acme.yaml:" in error.what
    assert "[J2018]" in error.what


def otherwise(manifest: Manifest) -> dict[str, Manifest]:
    """The manifest with one thing changed that stands in params/ alone."""
    one, person, passwords = manifest.organizations[0], manifest.people[0], manifest.passwords
    grant = next(stack for stack in manifest.stacks if stack.target)
    assert grant.target is not None
    assert passwords is not None
    assert manifest.password_policy is not None

    def stack(**parts: Any) -> Manifest:
        others = tuple(replace(each, **parts) if each is grant else each for each in manifest.stacks)
        return replace(manifest, stacks=others)

    return {
        "the rollout or the protected accounts": replace(
            manifest, organizations=(replace(one, protected={}),)
        ),
        "the rollout or": replace(
            manifest, organizations=(replace(one, rollout=replace(one.rollout, failure_tolerance="100%")),)
        ),
        "the people are others": replace(
            manifest, people=(replace(person, frozen=True), *manifest.people[1:])
        ),
        "the passwords are kept otherwise": replace(manifest, passwords=replace(passwords, unused_days=9999)),
        "the password policy is another": replace(
            manifest, password_policy=replace(manifest.password_policy, minimum_length=6)
        ),
        "goes elsewhere than its grant": stack(target=replace(grant.target, ous=("r-ab12",), paths=("/",))),
        "goes elsewhere": stack(target=replace(grant.target, excepted=("999999999999",))),
        "is for no grant of params/": stack(
            grant="somebody-elses", tags={**grant.tags, STACK_GRANT_TAG: "somebody-elses"}
        ),
    }


def test_a_deploy_takes_no_manifest_that_params_do_not_give(
    built: tuple[Manifest, Path], folder: Path
) -> None:
    """A plan does: on a pull request the params at hand are older than the build."""
    for words, manifest in otherwise(built[0]).items():
        written(folder, manifest)
        error = refused(folder)
        assert (error.code, words in error.what) == ("G601", True), (words, error.what)
        assert read_compiled(ESTATE, folder, planning=True).manifest == manifest
