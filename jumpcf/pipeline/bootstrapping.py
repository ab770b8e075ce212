"""Beside the flow: what a person does once before a pipeline can plan and deploy."""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jumpcf.errors import AwsRefused, GateRefused, Mark
from jumpcf.pipeline.building import bodies, build, compile_into, load
from jumpcf.pipeline.connecting import connect_by
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.bootstrap import Bootstrap, PipelineStack, Standing, Step
    from jumpcf.artifacts.manifest import Connection, Manifest
    from jumpcf.aws.sessions import Sessions
    from jumpcf.estate.model import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A bootstrap with what it was made from, ready to be done.  `manifest` is None where a lock is missing still."""

    bootstrap: "Bootstrap"
    sessions: "Sessions"
    manifest: "Manifest | None"


def repository_of(folders: Folders) -> str | None:
    """The repository that params name; read without locks, which come later."""
    from jumpcf.estate.syncing import wanted

    file = wanted(folders.root, ()).params.estate
    assert file is not None
    return file.model.pipeline.repository if file.model.pipeline else None


def policies(folders: Folders, repository: str | None) -> dict[str, Any]:
    """Each role of the pipeline, by account and name, with trust and policies; offline, and nothing is written."""
    import orjson

    from jumpcf.estate.repository import lines_of

    estate, _ = load(folders)
    if repository and (estate.pipeline is None or estate.pipeline.repository != repository):
        lines_of(repository)
        estate = replace(estate, pipeline=_named(repository))
    if estate.pipeline is None:
        raise GateRefused("G597", "params name no repository", "add --repository owner/name")
    with tempfile.TemporaryDirectory() as out:
        manifest = compile_into(folders, estate, Path(out))
        accounts = _connections(manifest)
        made: dict[str, Any] = {}
        for stack in manifest.bootstrap:
            body = orjson.loads((Path(out) / stack.path).read_bytes())
            made.setdefault(accounts[stack.place].account, {}).update(_roles(body))
    return made


def _named(repository: str) -> "Pipeline":
    from jumpcf.estate.model import Pipeline

    return Pipeline(
        repository=repository, environment="production", provider="create", mark=Mark("the command line")
    )


def _roles(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for resource in body["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            its = resource["Properties"]
            policies = {one["PolicyName"]: one["PolicyDocument"] for one in its.get("Policies", [])}
            yield its["RoleName"], {"trust": its["AssumeRolePolicyDocument"], "policies": policies}


def find(
    folders: Folders, organizations: Sequence[str], management_profile: str | None, say: Say = silent
) -> Found:
    """Look at the organizations and at the pipeline's stacks.  Reads only."""
    from jumpcf.artifacts.manifest import Connection
    from jumpcf.aws.bootstrap import management, standing
    from jumpcf.estate.syncing import wanted
    from jumpcf.planner.bootstrapping import make_bootstrap

    asked = wanted(folders.root, organizations)
    ways = asked.ways
    managed = management_profile is not None
    beside = {
        management(name): Connection(account="", region=way.region, profile=management_profile)
        for name, way in ways.items()
        if managed
    }
    sessions = connect_by(asked.jump, {**ways, **beside})
    say(f"Looking at {', '.join(ways)} ...")
    standings = [
        standing(sessions, name, id_, way, managed=managed)
        for name, (id_, way) in asked.organizations.items()
    ]
    manifest = _manifest(folders, asked.organizations, say)
    stacks = stacks_of(folders, sessions, manifest, ("jump", *ways)) if manifest else ()
    found = make_bootstrap(
        asked.estate,
        standings,
        stacks,
        managed=tuple(ways) if managed else (),
        provider=_provider(folders, sessions, stacks),
    )
    return Found(bootstrap=found, sessions=sessions, manifest=manifest)


def _manifest(folders: Folders, organizations: Sequence[str] | dict[str, Any], say: Say) -> "Manifest | None":
    """What the estate compiles to; None where an organization has no lock yet, so that nothing compiles."""
    for name in organizations:
        if not (folders.root / "params" / "lock" / f"{name}.json").exists():
            say(f"{name} has no lock yet: run jumpcf sync, then bootstrap again for the pipeline's roles.")
            return None
    return build(folders, say=say).manifest


def _connections(manifest: "Manifest") -> "dict[str, Connection]":
    return {"jump": manifest.jump, **{one.name: one.connection for one in manifest.organizations}}


def stacks_of(
    folders: Folders, sessions: "Sessions", manifest: "Manifest", places: Sequence[str]
) -> "tuple[PipelineStack, ...]":
    """The pipeline's stacks in these places ("jump", organizations), held against what was compiled."""
    from jumpcf.aws.bootstrap import pipeline_stack

    templates, ways = bodies(folders, manifest), _connections(manifest)
    return tuple(
        pipeline_stack(sessions, one, ways[one.place], templates.parsed(one.digest), manifest.estate)
        for one in manifest.bootstrap
        if one.place in places
    )


def _provider(
    folders: Folders, sessions: "Sessions", stacks: "Sequence[PipelineStack]"
) -> tuple[str, bool, bool] | None:
    """GitHub's provider: its ARN, whether params want it made, whether it is there.  None without a pipeline."""
    if not stacks:
        return None
    from jumpcf.aws.bootstrap import providers
    from jumpcf.iam.pipeline import provider

    estate, _ = load(folders)
    assert estate.pipeline is not None
    arn = provider(estate.partition, estate.jump.account)
    return arn, estate.pipeline.provider == "create", arn in providers(sessions)


def do(folders: Folders, found: Found, say: Say = silent) -> None:
    """Do every step, in order; AwsRefused at the first that fails, and what is done stays done."""
    todo: dict[str, Callable[[Step], None]] = {
        "trust": lambda step: _activate(found, step),
        "delegate": lambda step: _delegate(found, step),
        "stack": lambda step: _roll_out(folders, found, step),
    }
    for step in found.bootstrap.steps:
        say(f"{step.place}: {step.what} ...")
        todo[step.kind](step)


def _managing(found: Found, organization: str) -> str:
    from jumpcf.aws.bootstrap import management

    standings: dict[str, Standing] = {one.organization: one for one in found.bootstrap.standings}
    return organization if standings[organization].own else management(organization)


def _activate(found: Found, step: "Step") -> None:
    from jumpcf.aws.bootstrap import activate

    activate(found.sessions, _managing(found, step.place))


def _delegate(found: Found, step: "Step") -> None:
    from jumpcf.aws.bootstrap import delegate

    admin = next(one.admin_account for one in found.bootstrap.standings if one.organization == step.place)
    delegate(found.sessions, _managing(found, step.place), admin)


def _roll_out(folders: Folders, found: Found, step: "Step") -> None:
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.bootstrap import roll_out
    from jumpcf.aws.s3 import Templates, artifact_bucket

    manifest = found.manifest
    assert manifest is not None
    api = Api(found.sessions, JUMP, "s3")
    templates = Templates(bodies(folders, manifest).raw, api, artifact_bucket(manifest))
    key = step.place, step.stack
    (compiled,) = (one for one in manifest.bootstrap if (one.place, one.name) == key)
    (seen,) = (one for one in found.bootstrap.stacks if (one.place, one.name) == key)
    token = f"bootstrap-{secrets.token_hex(6)}"
    outcome = roll_out(found.sessions, compiled, seen, templates, manifest.estate, token)
    if outcome.state != "succeeded":
        raise AwsRefused("A527", f"{compiled.name}: {outcome.reason}", where=compiled.place)
