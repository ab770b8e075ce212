"""Checks that no folder of files shows well."""

import shutil
from pathlib import Path

import pytest

from jumpcf.errors import ProblemsFound
from jumpcf.estate import partitions
from jumpcf.estate.check_names import check_names
from jumpcf.estate.files import Params
from jumpcf.estate.load import load, load_with_warnings
from jumpcf.estate.report import Report
from jumpcf.estate.schema import BoundaryFile, LevelFile, PartnerFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.source import parse
from jumpcf.estate.validate import validate
from tests.unit.builders import PASSWORDS

MINIMAL = Path(__file__).parents[2] / "estates/good/minimal"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(MINIMAL, tmp_path / "estate")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def codes(folder):
    with pytest.raises(ProblemsFound) as caught:
        load(folder)
    return [problem.code for problem in caught.value.problems]


def test_the_minimal_estate_loads():
    estate, warnings = load_with_warnings(MINIMAL)
    assert (list(estate.organizations), list(estate.partners), warnings) == (["corp"], ["acme"], ())


def test_a_warning_alone_stops_nothing(folder):
    change(folder / "params/partners/acme.yaml", "levels: [Read]", "levels: [Read], groups: [ops]")
    _, warnings = load_with_warnings(folder)
    assert [(problem.code, problem.severity) for problem in warnings] == [("E213", "warning")]


def test_warnings_are_told_beside_errors(folder):
    change(folder / "params/partners/acme.yaml", "levels: [Read]", "levels: [Reed], groups: [ops]")
    assert codes(folder) == ["E211", "E213"]


def test_a_relaxed_boundary_with_a_reason_is_let_through(folder):
    (folder / "params/levels").mkdir()
    (folder / "params/levels/Build.yaml").write_text(
        "level: Build\nmanaged_policies: [arn:aws:iam::aws:policy/PowerUserAccess]\n"
        "boundary: relaxed\naccept_escalation: they run the landing zone\n"
    )
    level = load(folder).levels["Build"]
    assert (level.boundary, level.accept_escalation) == ("relaxed", "they run the landing zone")


def checked_names(kind, key, **texts):
    params, report = Params(), Report()
    for name, text in texts.items():
        document, _ = parse(text, f"params/{key}/{name}.yaml")
        getattr(params, key)[name], _ = validate(kind, name, document)
    check_names(params, report)
    return [problem.code for problem in report.errors]


def test_levels_that_differ_only_in_case_collide():
    levels = {name: f"level: {name}\nsession: 1h" for name in ("DbOperator", "DBOperator")}
    assert checked_names(LevelFile, "levels", **levels) == ["E217"]


def test_boundaries_that_differ_only_in_case_collide():
    text = "boundary: {}\nstatements: [{{effect: Allow, actions: ['*'], resources: ['*']}}]"
    boundaries = {name: text.format(name) for name in ("data", "Data")}
    assert checked_names(BoundaryFile, "boundaries", **boundaries) == ["E217"]


def test_roles_that_differ_only_in_case_collide():
    text = (MINIMAL / "params/partners/acme.yaml").read_text().replace("[Read]", "[DbOperator, DBOperator]")
    assert checked_names(PartnerFile, "partners", acme=text) == ["E217"]


def test_an_unknown_ou_does_not_make_excepted_accounts_wrong(folder):
    new = '/Workloads/Dve], except_accounts: ["333333333333"]'
    change(folder / "params/partners/acme.yaml", "/Workloads/Dev]", new)
    assert codes(folder) == ["E214"]


@pytest.mark.parametrize(("old", "line"), [('"r-c0rp"}', 6), ('"ACTIVE"', 13), ('"ou-c0rp-10000000"', 8)])
def test_a_null_in_a_lock_is_refused(folder, old, line):
    path = folder / "params/lock/corp.json"
    path.write_text(path.read_text().replace(old, "null" + "}" * old.endswith("}"), 1))
    with pytest.raises(ProblemsFound) as caught:
        load(folder)
    assert ("E117", line) in {(problem.code, problem.line) for problem in caught.value.problems}


def test_a_lock_with_a_hole_is_not_asked_about_ous(folder):
    change(folder / "params/lock/corp.json", '"id": "ou-c0rp-11000000"', '"id": "ou-c0rp-1"')
    assert codes(folder) == ["E205"]


def test_one_name_in_two_organizations_is_no_collision(folder):
    params = folder / "params"
    for kind, ending in (("organizations", "yaml"), ("lock", "json")):
        text = (params / kind / f"corp.{ending}").read_text()
        for old, new in (
            ("o-corp0example", "o-korp0example"),
            ("corp", "korp"),
            ("c0rp", "k0rp"),
            ("222222222222", "666666666666"),
        ):
            text = text.replace(old, new)
        (params / kind / f"korp.{ending}").write_text(text)
    acme = (params / "partners/acme.yaml").read_text()
    (params / "partners/acme-web.yaml").write_text(
        acme.replace("partner: acme", "partner: acme-web").replace("taro", "jiro")
    )
    change(params / "partners/acme.yaml", "  dev: {organization: corp", "  web-dev: {organization: korp")
    assert [partner.name for partner in load(folder).partners.values()] == ["acme", "acme-web"]
    change(params / "partners/acme.yaml", "organization: korp", "organization: corp")
    assert codes(folder) == ["E217"]


def test_a_short_user_name_is_fine_where_session_names_are_free(folder):
    change(folder / "params/partners/acme.yaml", "name: taro.yamada", "name: t")
    assert codes(folder) == ["E220"]
    change(
        folder / "params/estate.yaml",
        "timezone: Asia/Tokyo",
        "timezone: Asia/Tokyo, role_session_name: optional",
    )
    assert load(folder).partners["acme"].users[0].name == "t"


def test_an_estate_in_china_has_chinese_levels(folder):
    change(folder / "params/estate.yaml", "ap-northeast-1", "cn-north-1")
    change(folder / "params/organizations/corp.yaml", "ap-northeast-1", "cn-northwest-1")
    estate = load(folder)
    assert estate.partition == "aws-cn"
    assert estate.levels["Read"].managed_policies == ("arn:aws-cn:iam::aws:policy/ReadOnlyAccess",)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("ap-northeast-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", None),
        ("eusc-de-east-1", None),
        ("us-west-2", "aws"),
    ],
)
def test_a_region_tells_its_partition(region, partition):
    assert partitions.of_region(region) == partition


def test_the_jump_account_is_protected_also_where_it_is_a_member(folder):
    change(folder / "params/lock/corp.json", "333333333333", "111111111111")
    (grant,) = load(folder).partners["acme"].grants
    assert grant.protected == ("111111111111", "222222222222")


def test_a_stacksets_delegated_administrator_is_never_admitted(folder):
    stacksets = "member.org.stacksets.cloudformation.amazonaws.com"
    change(
        folder / "params/lock/corp.json",
        "{}",
        f'{{"333333333333": ["guardduty.amazonaws.com", "{stacksets}"]}}',
    )
    change(
        folder / "params/partners/acme.yaml",
        "levels: [Read]",
        "levels: [Read], accept_delegated_admin: they run it",
    )
    estate, warnings = load_with_warnings(folder)
    assert "333333333333" in estate.partners["acme"].grants[0].protected
    assert [problem.code for problem in warnings] == ["E237", "E261"]


def test_defaults_are_those_of_the_documentation(folder):
    estate = load(folder)
    assert (estate.role_session_name, estate.assume_scope, estate.fence) == (
        "required",
        "org-paths",
        ("self-service", "session"),
    )
    assert estate.password_policy == PASSWORDS
    assert estate.partners["acme"].cli == "aws-login"
    assert estate.quotas == {}


def tag_condition(folder):
    """The condition keys and values on tags of instances, in the built-in level SSM."""
    return [
        (key, values)
        for statement in load(folder).levels["SSM"].statements
        for keys in statement.conditions.values()
        for key, values in keys.items()
        if key.startswith("ssm:resourceTag/") and "session-id" not in key
    ]


@pytest.mark.parametrize(
    ("written", "key", "value"),
    [
        ("", "jump-partner", "${jump:partner}"),
        (", ssm_tag: {}", "jump-partner", "${jump:partner}"),
        (", ssm_tag: {key: 'corp:vendor'}", "corp:vendor", "${jump:partner}"),
        (
            ", ssm_tag: {value: 'x-${jump:partner}/${jump:grant}'}",
            "jump-partner",
            "x-${jump:partner}/${jump:grant}",
        ),
        (", ssm_tag: {key: vendor, value: '${jump:partner}'}", "vendor", "${jump:partner}"),
    ],
)
def test_the_tag_for_session_manager_may_be_another(folder, written, key, value):
    change(folder / "params/estate.yaml", "timezone: Asia/Tokyo", f"timezone: Asia/Tokyo{written}")
    assert tag_condition(folder) == [(f"ssm:resourceTag/{key}", (value,))]


def another_partner(folder):
    partners = folder / "params/partners"
    text = (partners / "acme.yaml").read_text(encoding="utf-8").replace("203.0.113", "198.51.100")
    (partners / "globex.yaml").write_text(text.replace("acme", "globex").replace("taro.yamada", "jo.doe"))


@pytest.mark.parametrize(
    ("value", "theirs", "refused"),
    [
        ("fixed", "[SSM]", True),
        ("fixed", "[Read]", False),
        ("${jump:grant}", "[SSM]", True),
        ("${jump:partner}", "[SSM]", False),
    ],
)
def test_two_partners_never_share_a_tag_for_session_manager(folder, value, theirs, refused):
    tag = f"timezone: Asia/Tokyo, ssm_tag: {{value: '{value}'}}"
    change(folder / "params/estate.yaml", "timezone: Asia/Tokyo", tag)
    another_partner(folder)
    change(folder / "params/partners/globex.yaml", "[Read]", theirs)
    change(folder / "params/partners/acme.yaml", "[Read]", "[SSM]")
    if refused:
        assert codes(folder) == ["E259"]
    else:
        assert tag_condition(folder) == [("ssm:resourceTag/jump-partner", (value,))]


def test_a_folder_without_params_is_one_problem(tmp_path):
    assert codes(tmp_path) == ["E257"]


def test_other_files_in_params_are_left_alone(folder):
    for name in (
        "README.md",
        "schema.json",
        ".editorconfig",
        "partners/.acme.yaml.swp",
        "partners/notes.txt",
        "partners/.hidden.yaml",
    ):
        (folder / "params" / name).write_text("anything: [")
    assert load(folder).name == "minimal"


def test_a_string_parameter_may_hold_several_networks(folder):
    change(folder / "params/partners/acme.yaml", "[203.0.113.0/24]", "ssm:/jump/acme/networks")
    (folder / "params/lock/parameters.json").write_text(
        '{"schema": 1, "parameters": '
        '{"/jump/acme/networks": {"value": "203.0.113.0/24, 192.0.2.0/24", "version": 2}}}'
    )
    assert load(folder).partners["acme"].networks == ("192.0.2.0/24", "203.0.113.0/24")


def test_a_broken_file_does_not_make_those_who_name_it_wrong(folder):
    (folder / "params/levels").mkdir()
    (folder / "params/levels/DbOperator.yaml").write_text("level: DbOperator\n\tx")
    change(folder / "params/partners/acme.yaml", "[Read]", "[Read, DbOperator]")
    (folder / "params/organizations/corp.yaml").write_text("organization: [")
    assert codes(folder) == ["E101", "E101"]


def test_a_locked_ou_with_a_slash_in_its_name_is_found_by_its_id(folder):
    change(
        folder / "params/lock/corp.json",
        '"name": "Dev", "path": "/Workloads/Dev"',
        '"name": "R/D", "path": "/Workloads/R/D"',
    )
    change(folder / "params/partners/acme.yaml", "/Workloads/Dev", "ou-c0rp-11000000")
    assert load(folder).partners["acme"].grants[0].units == ("ou-c0rp-11000000",)


@pytest.mark.parametrize(
    ("word", "possible", "hint"),
    [
        ("crop", ["corp", "lab"], "did you mean corp?"),
        ("READ", ["Read", "Power"], "did you mean Read?"),
        ("xyz", ["corp", "lab"], "possible: corp, lab"),
        ("xyz", [str(number) for number in range(50)], ""),
        ("xyz", [], ""),
    ],
)
def test_hints_name_what_was_meant_or_what_there_is(word, possible, hint):
    assert did_you_mean(word, possible) == hint


@pytest.mark.parametrize("title", ['"a\\x1b[31mb"', '"a\\u202eb"', '"two\\nlines"', '"   "'])
def test_a_title_cannot_play_tricks_on_a_terminal(folder, title):
    change(folder / "params/partners/acme.yaml", "title: Acme Consulting K.K.", f"title: {title}")
    assert codes(folder) == ["E205"]


@pytest.mark.parametrize("title", ["株式会社ひので開発", "Müller & Söhne (Köln)", "Ünïcode 😀", "a"])
def test_a_title_may_be_in_any_script(folder, title):
    change(folder / "params/partners/acme.yaml", "title: Acme Consulting K.K.", f"title: {title}")
    assert load(folder).partners["acme"].title == title
