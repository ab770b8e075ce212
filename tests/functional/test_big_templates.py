"""A template over 51,200 bytes goes through the estate's bucket, inline otherwise."""

import json
from typing import Any

from tests.functional.conftest import World

JUMP, BUCKET = "111111111111", "jumpcf-example-111111111111-ap-northeast-1"
LEVELS = 16


def with_many_levels(world: World) -> None:
    """Sixteen wide custom levels in one grant: about 70 KB of template."""
    for number in range(LEVELS):
        level = {
            "level": f"Wide{number}",
            "statements": [
                {
                    "effect": "Allow",
                    "actions": ["s3:GetObject"],
                    "resources": [f"arn:aws:s3:::bucket-{number}-{one}-{'x' * 30}/*" for one in range(40)],
                }
            ],
        }
        path = world.folder / "params" / "levels" / f"Wide{number}.yaml"
        path.write_text(json.dumps(level))

    def grant(partner: dict[str, Any]) -> None:
        partner["grants"]["prod"]["levels"] = ["Read", *(f"Wide{number}" for number in range(LEVELS))]

    world.edit("partners/acme.yaml", grant)


def templates_of(world: World) -> list[str]:
    """Every version of every template that was ever put into the bucket, by its key."""
    versions = world.client("s3", JUMP).list_object_versions(Bucket=BUCKET, Prefix="templates/")
    return [row["Key"] for row in versions.get("Versions", [])]


def test_a_template_over_the_inline_limit_is_uploaded_once_and_deployed_by_url(world: World) -> None:
    with_many_levels(world)
    said = world.deploy("--org", "corp")
    assert said.code == 0, said.err + said.out
    size = (world.folder / "build" / "templates" / "corp" / "jump-acme-prod.json").stat().st_size
    assert size > 51_200
    assert len(templates_of(world)) == 1
    assert "acme-prod-Wide15" in world.roles_in("443000000001")
    assert "No changes." in world.run("plan", "--org", "corp").out
    assert world.run("status", "--org", "corp").code == 0


def test_the_bucket_is_content_addressed_encrypted_versioned_and_tls_only(world: World) -> None:
    with_many_levels(world)
    assert world.deploy("--org", "corp").code == 0
    s3 = world.client("s3", JUMP)
    (stored,) = templates_of(world)
    manifest = json.loads((world.folder / "build" / "manifest.json").read_text())
    (digest,) = (one["digest"] for one in manifest["stacks"] if one["name"] == "jump-acme-prod")
    assert stored == f"templates/{digest}.json"
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    denied = [one for one in policy["Statement"] if one["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [one["Condition"] for one in denied]


def test_small_templates_need_no_bucket(world: World) -> None:
    assert world.deploy("--org", "lab").code == 0
    assert templates_of(world) == []
