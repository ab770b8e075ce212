import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from unit import builders as an
from unit.compiled import ROOT, STACKS, compiled, problems_of

from jumpcf.artifacts.codec import content_digest, decode
from jumpcf.artifacts.manifest import Manifest, Target
from jumpcf.compiler.build import compile_estate

TWO = an.an_estate(
    an.a_partner("zeta", grants=(an.a_grant("lab", partner="zeta", organization="lab"),)),
    an.a_partner("acme", grants=(an.a_grant("prod"), an.a_grant("dev"))),
    organizations=[an.an_organization("lab"), an.an_organization("corp")],
)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_jump_account_comes_first_and_then_the_organizations_by_name(tmp_path):
    manifest, _ = compiled(TWO, tmp_path)
    assert [(each.place, each.name) for each in manifest.stacks] == [
        ("jump", "jump-base"),
        ("jump", "jump-partner-acme"),
        ("jump", "jump-partner-zeta"),
        ("corp", "jump-acme-dev"),
        ("corp", "jump-acme-prod"),
        ("lab", "jump-zeta-lab"),
    ]


def test_a_stack_set_knows_its_targets_tags_and_capabilities(tmp_path):
    grant = an.a_grant(units=("ou-ab12-22222222", "ou-ab12-33333333"), excepted=("444444444444",))
    manifest, _ = compiled(an.an_estate(an.a_partner(grants=(grant,))), tmp_path)
    stack = manifest.stacks[-1]
    assert (stack.kind, stack.partner, stack.grant, stack.needs) == ("stackset", "acme", "dev", ())
    assert stack.target == Target(
        ous=("ou-ab12-22222222", "ou-ab12-33333333"),
        paths=("/Workloads/Dev", "/Sandbox"),
        excepted=("444444444444",),
    )
    assert stack.tags == {"jumpcf-estate": "example", "jumpcf-partner": "acme", "jumpcf-grant": "dev"}
    assert stack.capabilities == ("CAPABILITY_NAMED_IAM",)


def test_a_partner_needs_what_all_partners_share(tmp_path):
    manifest, _ = compiled(TWO, tmp_path)
    assert {each.name: each.needs for each in manifest.stacks if each.place == "jump"} == {
        "jump-base": (),
        "jump-partner-acme": ("jump-base",),
        "jump-partner-zeta": ("jump-base",),
    }


def test_digest_and_size_are_those_of_the_file_and_of_its_meaning(tmp_path):
    manifest, bodies = compiled(TWO, tmp_path)
    for stack in manifest.stacks:
        assert stack.size == (tmp_path / stack.path).stat().st_size
        assert stack.digest == content_digest(bodies[f"{stack.place}/{stack.name}"])


def test_the_manifest_on_disk_is_the_one_returned(tmp_path):
    manifest, _ = compiled(TWO, tmp_path)
    assert decode(Manifest, (tmp_path / "manifest.json").read_bytes()) == manifest


def test_sources_say_which_lines_made_which_resource_and_statement(tmp_path):
    level = an.a_level(statements=(an.a_statement(),))
    partner = an.a_partner(users=(an.a_user(ends="2026-12-31"),))
    compiled(an.an_estate(partner, levels=[level]), tmp_path)
    sources = orjson.loads((tmp_path / "sources.json").read_bytes())
    file, user, grant = (
        "params/partners/acme.yaml:1:1",
        "params/partners/acme.yaml:7:5",
        "params/partners/acme.yaml:10:3",
    )
    assert sources["jump/jump-partner-acme"] == {
        "Members": [file],
        "MembersPolicy1": [file],
        "MembersPolicy1/AssumeDev": [grant],
        "MembersPolicy1/DenyEndedUsers20270101T000000ZPart1": [user],
        "UserTaroYamada6c9755": [user],
    }
    assert sources["corp/jump-acme-dev"] == {
        "BoundaryPower": ["(built-in)"],
        "RolePower": ["(built-in)", file, grant],
        "RolePower/fence": [file, user, grant],
        "RolePower/level": ["params/levels/x.yaml:3:5"],
        "RolePower/level/Level1": ["params/levels/x.yaml:3:5"],
    }


def test_a_second_build_touches_no_file(tmp_path):
    compiled(TWO, tmp_path)
    for path in tmp_path.rglob("*.json"):
        os.utime(path, (1, 1))
    compiled(TWO, tmp_path)
    assert {path.stat().st_mtime for path in tmp_path.rglob("*.json")} == {1}


def test_one_organization_alone_has_the_jump_accounts_whole_part(tmp_path):
    whole, _ = compiled(TWO, tmp_path / "whole")
    part = compile_estate(TWO, STACKS, tmp_path / "part", organizations=["lab"])
    assert [each.name for each in part.organizations] == ["lab"]
    assert part.stacks == tuple(each for each in whole.stacks if each.place in ("jump", "lab"))


def test_a_chosen_organization_leaves_the_files_of_the_others(tmp_path):
    compiled(TWO, tmp_path)
    compile_estate(TWO, STACKS, tmp_path, organizations=["lab"])
    assert (tmp_path / "templates/corp/jump-acme-dev.json").exists()


def test_a_grant_that_is_gone_takes_its_file_along(tmp_path):
    compiled(TWO, tmp_path)
    compiled(an.an_estate(), tmp_path)
    assert sorted(name for name in files(tmp_path) if name.startswith("templates")) == [
        "templates/corp/jump-acme-dev.json",
        "templates/jump/jump-base.json",
        "templates/jump/jump-partner-acme.json",
    ]


def test_the_same_bytes_come_from_every_process(tmp_path):
    """Sets and dictionaries of other hashes, another folder, another time: the same files."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from unit import builders as an\n"
        "from jumpcf.compiler.build import compile_estate\n"
        "users = tuple(an.a_user(f'user{n}', ends='2026-12-31', groups=('b', 'a')) for n in range(9))\n"
        "grants = (an.a_grant(levels=('Power', 'Read'), excepted=('444444444444', '333333333333')),)\n"
        "partner = an.a_partner(users=users, grants=grants, groups=('a', 'b'))\n"
        "estate = an.an_estate(partner, levels=[an.a_level('Power'), an.a_level('Read')])\n"
        "compile_estate(estate, Path(sys.argv[2]), Path(sys.argv[3]))\n"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", script, str(ROOT / "tests"), str(STACKS), str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=tmp_path,
            check=True,
        )
    assert files(tmp_path / "1") == files(tmp_path / "2")
    assert len(files(tmp_path / "1")) == 6


BROKEN = """from troposphere import Ref, Template
from troposphere.iam import Role
from jumpcf.stack import StackSpec
STACK = StackSpec(kind="stackset", per="grant")
def build(context):
    {line}
"""


def broken_stacks(tmp_path, line):
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "extra.py").write_text(BROKEN.format(line=line))
    return folder


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "return {}['x']",
            "stacks/extra.py:6:12: E305 KeyError: 'x' (in corp/jump-acme-dev-extra and 2 more)",
        ),
        (
            "return None",
            "stacks/extra.py: E306 build gave NoneType, not a Template (in corp/jump-acme-dev-extra and 2 more)",
        ),
        (
            "template = Template(); template.add_resource(Role('R')); return template",
            "stacks/extra.py: E307 ValueError: Resource AssumeRolePolicyDocument required in type AWS::IAM::Role "
            "(title: R) (in corp/jump-acme-dev-extra and 2 more)",
        ),
        (
            "return Template().add_resource(Role('not alphanumeric'))",
            'stacks/extra.py:6:36: E305 ValueError: Name "not alphanumeric" not alphanumeric '
            "(in corp/jump-acme-dev-extra and 2 more)",
        ),
    ],
)
def test_a_module_that_fails_is_told_once_at_its_own_line(tmp_path, line, told):
    folder = broken_stacks(tmp_path, line)
    assert [str(problem) for problem in problems_of(TWO, tmp_path / "build", folder)] == [told]


def test_a_failed_build_leaves_the_last_one_as_it_was(tmp_path):
    compiled(TWO, tmp_path / "build")
    before = files(tmp_path / "build")
    changed = an.an_estate(an.a_partner(networks=("203.0.113.0/24",)))
    problems_of(changed, tmp_path / "build", broken_stacks(tmp_path, "return 1 / 0"))
    assert files(tmp_path / "build") == before


def test_two_modules_that_make_one_stack_are_a_problem(tmp_path):
    folder = broken_stacks(tmp_path, "pass")
    shutil.copy(STACKS / "jump_base.py", folder / "base.py")
    (problem,) = problems_of(TWO, tmp_path / "build", folder)
    assert str(problem).startswith(
        "stacks/jump_base.py: E308 makes jump/jump-base, which stacks/base.py makes too"
    )


def test_a_module_of_ones_own_gets_a_name_of_its_own(tmp_path):
    folder = broken_stacks(tmp_path, "return Template()")
    text = BROKEN.replace("stackset", "stack").replace("grant", "partner").format(line="return Template()")
    (folder / "extra_jump.py").write_text(text)
    manifest = compile_estate(an.an_estate(), folder, tmp_path / "build")
    assert [each.name for each in manifest.stacks] == [
        "jump-base",
        "jump-extra-jump-acme",
        "jump-partner-acme",
        "jump-acme-dev",
        "jump-acme-dev-extra",
    ]


WITH_A_DELEGATE = {
    an.JUMP: "jump account",
    an.ADMIN: "admin account",
    "444444444444": "delegated administrator",
}


@pytest.mark.parametrize(
    "parts",
    [
        {"units": ("ou-ab12-33333333",)},
        {"protected": (an.JUMP, an.ADMIN, "444444444444")},
        {"excepted": ("444444444444",)},
    ],
    ids=["outside its OUs", "stays closed", "excepted"],
)
def test_an_acceptance_that_admits_nobody_has_no_notice(tmp_path, parts):
    grant = an.a_grant(accept_delegated_admin="security tooling", **parts)
    organization = an.an_organization(protected=WITH_A_DELEGATE)
    estate = an.an_estate(an.a_partner(grants=(grant,)), organizations=[organization])
    assert compiled(estate, tmp_path)[0].notices == ()


def test_notices_name_what_somebody_accepted_and_what_is_not_done(tmp_path):
    organization = an.an_organization(protected=WITH_A_DELEGATE)
    partner = an.a_partner(grants=(an.a_grant(accept_delegated_admin="security tooling"),))
    estate = an.an_estate(partner, organizations=[organization], assume_scope="role-name")
    manifest, _ = compiled(estate, tmp_path)
    assert manifest.notices == (
        "grant acme/dev accepts delegated administrators' accounts (444444444444): security tooling",
        "assume_scope is role-name: partners can also take a role of such a name in a stranger's account",
    )


def test_nothing_of_the_machine_is_in_the_files(tmp_path):
    compiled(TWO, tmp_path / "build")
    for name, data in files(tmp_path / "build").items():
        assert str(Path.home()).encode() not in data, name
        assert str(tmp_path).encode() not in data, name


def test_an_estate_without_grants_compiles(tmp_path):
    manifest, _ = compiled(an.an_estate(dataclasses.replace(an.a_partner(), grants=(), users=())), tmp_path)
    assert [each.name for each in manifest.stacks] == ["jump-base", "jump-partner-acme"]
