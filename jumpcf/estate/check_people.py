"""Users and their groups."""

from jumpcf.estate.check_defaults import check_repeated
from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.schema import PartnerFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.validate import File

MAX_GROUPS = 10  # of one IAM user, fixed (IAM and STS quotas); one is the group of all users
MEMBERS = "members"


def check_people(params: Params, report: Report) -> None:
    """Report users in groups that no grant names, groups without users, and what IAM would refuse."""
    session_name = not params.estate or params.estate.model.defaults.role_session_name == "required"
    for file in params.partners.values():
        if file:
            _users(file, session_name, report)
            _left(file, report)
            _reserved(file, report)
            if file.whole:
                _groups(file, report)


def _users(file: File[PartnerFile], session_name: bool, report: Report) -> None:
    for index, user in enumerate(file.model.users):
        check_repeated(file, ("users", index, "groups"), user.groups, report)
        if session_name and len(user.name) < 2:
            message = f"user '{user.name}': a role session's name has at least 2 characters"
            hint = "choose a longer name, or set defaults.role_session_name to optional"
            report.add(file.mark("users", index, "name"), "E220", message, hint)
        if len(set(user.groups)) > MAX_GROUPS - 1:
            message = f"{user.name} is in {len(set(user.groups))} named groups and that of all users"
            hint = f"IAM allows {MAX_GROUPS} groups per user"
            report.add(file.mark("users", index, "groups"), "E221", message, hint)


def _left(file: File[PartnerFile], report: Report) -> None:
    """A fence knows a session by its name alone: who came back under his name would be denied everything."""
    here = {user.name.casefold(): index for index, user in enumerate(file.model.users)}
    seen: dict[str, int] = {}
    for index, one in enumerate(file.model.left):
        mark, name = file.mark("left", index, "name"), one.name.casefold()
        if name in here:
            message = f"{one.name} left, and is a user ({file.mark('users', here[name], 'name')})"
            report.add(mark, "E262", message, "take him out of one of the two")
        elif seen.setdefault(name, index) != index:
            message = f"{one.name} stands twice in left"
            report.add(mark, "E209", message, f"it stands first at {file.mark('left', seen[name], 'name')}")


def _reserved(file: File[PartnerFile], report: Report) -> None:
    hint = "every user is in that group already; leave groups out to grant to all"
    message = f"a group may not be named {MEMBERS}"
    for index, user in enumerate(file.model.users):
        if MEMBERS in user.groups:
            place = file.mark("users", index, "groups", user.groups.index(MEMBERS))
            report.add(place, "E218", message, hint)
    for name, grant in file.model.grants.items():
        if grant.groups and MEMBERS in grant.groups:
            place = file.mark("grants", name, "groups", grant.groups.index(MEMBERS))
            report.add(place, "E218", message, hint)


def _groups(file: File[PartnerFile], report: Report) -> None:
    granted = {group for grant in file.model.grants.values() for group in grant.groups or ()} - {MEMBERS}
    filled = {group for user in file.model.users for group in user.groups}
    for index, user in enumerate(file.model.users):
        for place, group in enumerate(user.groups):
            if group not in granted and group != MEMBERS:
                hint = did_you_mean(group, granted, "a group is made by naming it in a grant")
                mark = file.mark("users", index, "groups", place)
                report.add(mark, "E212", f"no grant of {file.name} names the group {group}", hint)
    for name, grant in file.model.grants.items():
        for place, group in enumerate(grant.groups or ()):
            if group in granted - filled:
                hint = did_you_mean(group, filled - granted, "add it to a user's groups")
                mark = file.mark("grants", name, "groups", place)
                report.add(mark, "E213", f"no user is in the group {group}", hint, severity="warning")
