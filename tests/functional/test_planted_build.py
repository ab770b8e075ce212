"""A repository that brings build/ and .jumpcf/ along: what is built comes from stacks/ and params/ all the same."""

import shutil
from pathlib import Path

import orjson

from jumpcf.artifacts.codec import canonical, decode, digest
from jumpcf.artifacts.manifest import Manifest
from jumpcf.cli.main import main


def planted(folder: Path) -> None:
    """One template another than stacks/ give, and everything beside it as a build would have left it."""
    manifest = orjson.loads((folder / "build/manifest.json").read_bytes())
    stack = next(one for one in manifest["stacks"] if one["name"] == "jump-initech-move")
    path = folder / "build" / stack["path"]
    body = orjson.loads(path.read_bytes())
    role = next(one for one in body["Resources"].values() if one["Type"] == "AWS::IAM::Role")
    role["Properties"]["MaxSessionDuration"] = 43200
    data = canonical(body)
    path.write_bytes(data)
    stack |= {"digest": digest(data), "size": len(data)}
    whole = canonical(decode(Manifest, orjson.dumps(manifest)))
    (folder / "build/manifest.json").write_bytes(whole)
    remembered = folder / ".jumpcf/build.json"
    entry = orjson.loads(remembered.read_bytes())
    remembered.write_bytes(canonical(entry | {"manifest_digest": digest(whole)}))


def test_a_build_in_the_repository_is_built_anew(built_estate: Path, tmp_path: Path) -> None:
    theirs = shutil.copytree(built_estate, tmp_path / "theirs")
    planted(theirs)
    checkout = shutil.copytree(theirs, tmp_path / "checkout", copy_function=shutil.copyfile)
    assert (checkout / ".jumpcf/build.json").read_bytes() == (theirs / ".jumpcf/build.json").read_bytes()
    assert main(["-q", "-C", str(checkout), "build", "--no-lint"]) == 0
    for name in ("manifest.json", "templates/corp/jump-initech-move.json"):
        assert (checkout / "build" / name).read_bytes() == (built_estate / "build" / name).read_bytes()
