"""What a sync needs of params/ before there is a lock, and what comes of AWS's answers.

The locks are what a sync mends: what is wrong with them, or with grants because of them, does not stop it.  What is
wrong with the files that say whom to ask does.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jumpcf.artifacts.lock import LockChange, LockFile, OrganizationTree, StoredParameter
from jumpcf.artifacts.manifest import JUMP, Connection
from jumpcf.errors import AwsRefused, Problem, ProblemsFound
from jumpcf.estate.check import check
from jumpcf.estate.check_defaults import check_defaults
from jumpcf.estate.check_locks import check_locks, check_orphans
from jumpcf.estate.check_organizations import check_organizations
from jumpcf.estate.files import PARAMETERS, Params, read_params
from jumpcf.estate.lock import OrganizationLock, ParametersLock, parse_organization, parse_parameters
from jumpcf.estate.lock_changes import changes
from jumpcf.estate.lock_text import organization_text, parameters_text
from jumpcf.estate.report import Report
from jumpcf.estate.resolve import connection, networks_of
from jumpcf.estate.select import organizations
from jumpcf.estate.validate import File

LOCK = "params/lock"
Unfit = Callable[[str, str], AwsRefused]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to ask for what: id and way of each organization, the jump account and the parameters that params name."""

    folder: Path
    params: Params
    broken: tuple[Problem, ...]
    jump: Connection
    organizations: dict[str, tuple[str, Connection]]
    parameters: dict[str, tuple[str, ...]]

    @property
    def ways(self) -> dict[str, Connection]:
        """The way to each organization's admin account."""
        return {name: way for name, (_, way) in self.organizations.items()}

    @property
    def estate(self) -> str:
        assert self.params.estate is not None
        return self.params.estate.model.estate


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A file of params/lock/ as it is to be, and what it says: `text` None leaves it as it is."""

    told: LockFile
    text: str | None = None
    lock: File[OrganizationLock] | None = None
    parameters: File[ParametersLock] | None = None


def wanted(folder: Path, names: Collection[str]) -> Wanted:
    """Read params/ as far as a sync needs them; ProblemsFound with everything that stands in its way."""
    report, own = Report(), Report()
    params = read_params(folder, report)
    of_locks = [one for one in report.errors if _of_a_lock(one)]
    own.extend([one for one in report.errors if not _of_a_lock(one)])
    check_orphans(params, own)
    check_defaults(params, own)
    check_organizations(params, {}, own)
    if own.errors or params.estate is None:
        raise ProblemsFound(own.errors)
    chosen = organizations(list(params.organizations), names)
    jump = params.estate.model.jump
    return Wanted(
        folder=folder,
        params=params,
        broken=tuple(of_locks),
        jump=connection(jump, jump.region),
        organizations={
            name: (file.model.id, connection(file.model.admin, file.model.region))
            for name, file in params.organizations.items()
            if file and name in chosen
        },
        parameters=_parameters(params),
    )


def _of_a_lock(problem: Problem) -> bool:
    return problem.file.startswith(f"{LOCK}/") and problem.code != "E112"


def _parameters(params: Params) -> dict[str, tuple[str, ...]]:
    """Parameter names, and the partners that name each."""
    found: dict[str, tuple[str, ...]] = {}
    for name, file in sorted(params.partners.items()):
        if file and isinstance(file.model.networks, str):
            parameter = file.model.networks.removeprefix("ssm:")
            found[parameter] = (*found.get(parameter, ()), name)
    return found


def fresh(
    wanted: Wanted,
    answers: Mapping[str, OrganizationTree | dict[str, StoredParameter] | AwsRefused],
    unfit: Unfit,
) -> list[Fresh]:
    """Each file that was asked for: its new text, and what that changes.

    `unfit` makes the refusal of an answer that cannot stand in a lock, of its place and what is wrong with it.
    """
    found = []
    for name in wanted.organizations:
        answer = answers[name]
        assert not isinstance(answer, dict)
        found.append(
            _refused(name, name, answer) if isinstance(answer, AwsRefused) else _lock(wanted, answer, unfit)
        )
    if (parameters := _parameters_file(wanted, answers.get(JUMP, {}), unfit)) is not None:
        found.append(parameters)
    return found


def _lock(wanted: Wanted, tree: OrganizationTree, unfit: Unfit) -> Fresh:
    text, name, file = organization_text(tree), tree.name, f"{LOCK}/{tree.name}.json"
    new, problems = parse_organization(text, name, file)
    if new is None or problems:
        return _refused(name, name, unfit(name, _told(problems)))
    old = wanted.params.locks.get(name)
    sound = old is not None and (old.model.id != tree.id or name in check_locks(wanted.params, Report()))
    found = changes(wanted.params, old.model if old and sound else None, new.model)
    return replace(_file(wanted, file, name, text, found, readable=sound), lock=new)


def _parameters_file(wanted: Wanted, answer: object, unfit: Unfit) -> Fresh | None:
    """None where no parameter is named and none is locked."""
    file = f"{LOCK}/{PARAMETERS}.json"
    if isinstance(answer, AwsRefused):
        return _refused(PARAMETERS, JUMP, answer)
    assert isinstance(answer, dict)
    if not answer and not (wanted.folder / file).exists():
        return None
    text = parameters_text(answer)
    new, problems = parse_parameters(text, PARAMETERS, file)
    if problems:
        return _refused(PARAMETERS, JUMP, unfit(JUMP, _told(problems)))
    old = wanted.params.parameters
    found = list(_parameter_changes(old.model if old else None, answer, wanted.parameters))
    return replace(_file(wanted, file, JUMP, text, found, readable=old is not None), parameters=new)


def _file(
    wanted: Wanted, file: str, place: str, text: str, found: list[LockChange], *, readable: bool
) -> Fresh:
    path = wanted.folder / file
    if not path.exists():
        return Fresh(told=LockFile(file=file, place=place, state="new", changes=tuple(found)), text=text)
    if path.read_bytes() == text.encode():
        return Fresh(told=LockFile(file=file, place=place, state="same"))
    if not readable:
        found = [LockChange(kind="unreadable", subject=place), *found]
    return Fresh(told=LockFile(file=file, place=place, state="changed", changes=tuple(found)), text=text)


def _told(problems: list[Problem]) -> str:
    return "; ".join(problem.message for problem in problems)


def _refused(name: str, place: str, refused: AwsRefused) -> Fresh:
    told = LockFile(
        file=f"{LOCK}/{name}.json",
        place=place,
        state="refused",
        refused=f"{refused.code} {refused.what}",
        hint=refused.hint,
    )
    return Fresh(told=told)


def _parameter_changes(
    lock: ParametersLock | None, now: Mapping[str, StoredParameter], users: Mapping[str, tuple[str, ...]]
) -> Iterator[LockChange]:
    old = lock.parameters if lock else {}
    for name in sorted(old.keys() | now.keys()):
        before = set(networks_of(old[name].value)) if name in old else set()
        after = set(networks_of(now[name].value)) if name in now else set()
        if name not in now:
            facts = ["no partner names it any more"]
        elif name not in old:
            facts = [f"is locked at version {now[name].version}: {', '.join(sorted(after))}"]
        elif old[name].version == now[name].version and before == after:
            continue
        else:
            facts = [f"is version {now[name].version}, was {old[name].version}"]
            facts += [f"adds {', '.join(sorted(after - before))}"] if after - before else []
            facts += [f"takes away {', '.join(sorted(before - after))}"] if before - after else []
            facts += ["the value is the same"] if before == after else []
        gains = tuple(f"{one}'s networks" for one in users.get(name, ()))
        yield LockChange(kind="parameter", subject=name, facts=tuple(facts), gains=gains)


def misfits(wanted: Wanted, files: list[Fresh]) -> tuple[Problem, ...]:
    """What a build would say of params with the new locks: an OU that a grant names is gone, and the like."""
    params, report = replace(wanted.params, locks=dict(wanted.params.locks)), Report()
    written = {one.told.file for one in files if one.text is not None}
    report.extend([one for one in wanted.broken if one.file not in written])
    for one in files:
        if one.lock:
            params.locks[one.lock.name] = one.lock
        if one.parameters:
            params.parameters, params.parameters_broken = one.parameters, False
    check(params, report)
    refused, moved = {one.told.file for one in files if one.told.state == "refused"}, _moved(wanted, files)
    return tuple(
        replace(one, hint=moved.get(one.message, one.hint))
        for one in report.errors
        # whose hint is to do what was just refused
        if not (one.code == "E253" and one.file in refused)
        and not (one.code == "E227" and f"{LOCK}/{PARAMETERS}.json" in refused)
    )


def _moved(wanted: Wanted, files: list[Fresh]) -> dict[str, str]:
    """Where an OU is now whose path is gone, by the words of the problem (E214); the id tells that it is the same."""
    found: dict[str, str] = {}
    for lock in (one.lock for one in files if one.lock):
        now = {unit.id: unit.path for unit in lock.model.units}
        old = wanted.params.locks.get(lock.name)
        for unit in old.model.units if old else ():
            if now.get(unit.id, unit.path) != unit.path:
                found[f"{lock.name} has no OU {unit.path}"] = f"the OU is {now[unit.id]} now: write that"
    return found
