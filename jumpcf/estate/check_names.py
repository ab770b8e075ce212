"""Names that jumpcf makes in AWS: reserved, too long, or made twice in one account.

IAM compares names of users, groups and roles without regard to case (IAM User Guide, "IAM and STS quotas").
"""

from dataclasses import dataclass, field

from jumpcf.errors import Mark
from jumpcf.estate import names
from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.schema import PartnerFile
from jumpcf.estate.validate import File

MAX_ROLE = 64  # path and name together, for the console's switch-role form
MAX_GROUP = 128
MAX_STACK_SET = 128
RESERVED_PARTNERS = ("base", "members", "partner", "pipeline")


@dataclass(slots=True)
class _Taken:
    """Which names are taken where, and by what."""

    report: Report
    by_name: dict[tuple[str, str, str], tuple[str, Mark]] = field(default_factory=dict)

    def take(self, kind: str, account: str, name: str, what: str, mark: Mark) -> bool:
        key = (kind, account, name.casefold())
        if key not in self.by_name:
            self.by_name[key] = (what, mark)
            return True
        other, first = self.by_name[key]
        message = f"{what} compiles to the {kind} {name}, as does {other} ({first})"
        self.report.add(mark, "E217", message, "rename one of the two")
        return False


def check_names(params: Params, report: Report) -> None:
    """Report names that collide in an account, are reserved, or break a limit."""
    taken = _Taken(report)
    for name, file in params.partners.items():
        if name in RESERVED_PARTNERS:
            mark = file.mark("partner") if file else Mark(f"params/partners/{name}.yaml")
            report.add(mark, "E218", f"a partner may not be named {name}", "jumpcf uses this name itself")
        if file and file.model.partner == name:  # else said already, and the name may be another file's
            _people(file, taken)
            for grant in file.model.grants:
                _grant(file, grant, taken, report)
    _levels(params, taken)


def _people(file: File[PartnerFile], taken: _Taken) -> None:
    partner = file.model.partner
    for index, user in enumerate(file.model.users):
        taken.take("user", "", user.name, f"{partner}'s user", file.mark("users", index, "name"))
    members = names.members_group(partner)
    taken.take("group", "", members, f"the group of {partner}'s users", file.mark("partner"))
    seen: set[str] = set()
    for name, grant in file.model.grants.items():
        for index, group in enumerate(grant.groups or ()):
            if group not in seen and group != "members":  # "members" is refused as a reserved name
                seen.add(group)
                mark = file.mark("grants", name, "groups", index)
                full = names.group(partner, group)
                taken.take("group", "", full, f"{partner}'s group {group}", mark)
                _fits("group", full, MAX_GROUP, mark, taken.report)


def _grant(file: File[PartnerFile], name: str, taken: _Taken, report: Report) -> None:
    partner, grant = file.model.partner, file.model.grants[name]
    what, mark = f"{partner}'s grant {name}", file.key_mark("grants", name)
    stack_set = names.stack_set(partner, name)
    alone = taken.take("StackSet", grant.organization, stack_set, what, mark)
    _fits("StackSet", stack_set, MAX_STACK_SET, mark, report)
    for index, level in enumerate(dict.fromkeys(grant.levels)):
        role, here = names.role(partner, name, level), file.mark("grants", name, "levels", index)
        if alone:
            taken.take("role", grant.organization, role, f"{what}, level {level}", here)
        _fits("role", f"{names.ROLE_PATH}{role}", MAX_ROLE, here, report)


def _fits(kind: str, name: str, limit: int, mark: Mark, report: Report) -> None:
    if len(name) > limit:
        message = f"the {kind} {name} has {len(name)} characters; AWS allows {limit}"
        report.add(mark, "E219", message, f"shorten the names that it is made of by {len(name) - limit}")


def _levels(params: Params, taken: _Taken) -> None:
    for name, file in params.levels.items():
        if file:
            taken.take("level", "", name, f"params/levels/{name}.yaml", file.mark("level"))
    for name, boundary in params.boundaries.items():
        if boundary:
            taken.take("boundary", "", name, f"params/boundaries/{name}.yaml", boundary.mark("boundary"))
