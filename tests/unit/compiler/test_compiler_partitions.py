"""The example estate in each partition: the same templates, with the partition's own ARNs.

China and GovCloud have no ARN, region or policy in common with the commercial partition, and awacs writes
`arn:aws:` for everything without a region.
"""

import dataclasses
import re
import shutil

import orjson
import pytest
from unit import builders as an
from unit.compiled import ROOT, STACKS, compiled

from jumpcf.compiler.build import compile_estate
from jumpcf.compiler.lint import lint
from jumpcf.estate.load import load

REGIONS = {"aws": "ap-northeast-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
OTHERS = ["aws-cn", "aws-us-gov"]
ARN = re.compile(r"arn:([^:\"]*):")


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """The manifest and the build folder of the example, by partition."""
    done = {}
    for partition, region in REGIONS.items():
        folder = tmp_path_factory.mktemp(partition)
        shutil.copytree(ROOT / "params", folder / "params")
        for path in (folder / "params").rglob("*.yaml"):
            text = re.sub(r"region: [a-z0-9-]+", f"region: {region}", path.read_text(encoding="utf-8"))
            path.write_text(text.replace("arn:aws:", f"arn:{partition}:"), encoding="utf-8")
        done[partition] = compile_estate(load(folder), STACKS, folder / "build"), folder / "build"
    return done


def texts(builds, partition):
    """Every template and guardrail, by its path."""
    folder = builds[partition][1]
    files = [*folder.glob("templates/*/*.json"), *folder.glob("guardrails/*/*.json")]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize("partition", REGIONS)
def test_no_template_and_no_guardrail_names_another_partition(builds, partition):
    found = texts(builds, partition)
    assert {name.split("/")[0] for name in found} == {"templates", "guardrails"}
    foreign = {name: sorted(set(ARN.findall(text)) - {partition}) for name, text in found.items()}
    assert {name: partitions for name, partitions in foreign.items() if partitions} == {}
    assert sum(len(ARN.findall(text)) for text in found.values()) > 200


@pytest.mark.parametrize("partition", OTHERS)
def test_but_for_partition_and_region_all_partitions_get_the_same(builds, partition):
    """So whatever the tests of the commercial partition prove, they prove of the others."""
    here, there = texts(builds, "aws"), texts(builds, partition)
    plain = {
        name: text.replace(f"arn:{partition}:", "arn:aws:")
        .replace(REGIONS[partition], REGIONS["aws"])
        .replace("stacksets.cloudformation.amazonaws.com*/*", "stacksets.cloudformation.amazonaws.com/*")
        for name, text in there.items()
    }
    assert plain == here


@pytest.mark.parametrize("partition", REGIONS)
def test_policies_of_aws_principals_and_sign_in_are_of_the_partition(builds, partition):
    found = texts(builds, partition)
    text = "".join(found.values())
    managed = set(re.findall(rf'"arn:{partition}:iam::aws:policy/(\w+)"', text))
    assert {"ReadOnlyAccess", "PowerUserAccess"} <= managed
    assert f'"arn:{partition}:signin:*:*:oauth2/public-client/*"' in text
    jump = builds[partition][0].jump.account
    assert f'"Principal":{{"AWS":"arn:{partition}:iam::{jump}:root"}}' in text
    base = orjson.loads(found["templates/jump/jump-base.json"])["Resources"]
    readers = base["ArtifactsPolicy"]["Properties"]["PolicyDocument"]["Statement"][1]["Principal"]["AWS"]
    assert all(reader.startswith(f"arn:{partition}:iam::") for reader in readers)
    # The bucket and the key name themselves by what CloudFormation gives back.
    assert base["ArtifactsPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]["Resource"][0] == {
        "Fn::GetAtt": ["Artifacts", "Arn"]
    }
    assert REGIONS[partition] in base["Artifacts"]["Properties"]["BucketName"]


def test_in_china_the_role_of_stack_sets_is_protected_whichever_principal_names_it(builds):
    text = "".join(texts(builds, "aws-cn").values())
    assert "role/aws-service-role/*stacksets.cloudformation.amazonaws.com*/*" in text
    assert "role/aws-service-role/*stacksets.cloudformation.amazonaws.com/*" not in text


@pytest.mark.parametrize("partition", OTHERS)
def test_cfn_lint_knows_the_regions_and_finds_nothing(builds, partition, tmp_path):
    manifest, build = builds[partition]
    one_of_each = tuple({stack.module: stack for stack in manifest.stacks}.values())
    report = lint(dataclasses.replace(manifest, stacks=one_of_each), build, tmp_path / "cache.json")
    assert [str(problem) for problem in report.problems] == []
    assert report.linted == 3
    assert {one.connection.region for one in manifest.organizations} == {REGIONS[partition]}


@pytest.mark.parametrize(
    ("partition", "cli", "told"),
    [("aws", "aws-login", False), ("aws-cn", "aws-login", True), ("aws-cn", "access-keys", False)],
)
def test_a_build_says_where_aws_login_is_not_verified(tmp_path, partition, cli, told):
    estate = an.an_estate(an.a_partner(cli=cli), partition=partition)
    manifest, _ = compiled(estate, tmp_path / "build")
    assert any("aws login is not verified" in notice for notice in manifest.notices) is told
