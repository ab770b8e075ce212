"""IAM and Parameter Store as the tests of passwords need them: one user, his login profile, one parameter."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_world import Scripted, refused

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone."""


class FakeVault(Scripted):
    """`lose` names calls whose first answer is lost after they took effect, so that botocore makes them again.

    `kill` is (number of the write, "before" or "after" its effect): the process dies there.  `elsewhere`, a call
    after which somebody else gives the user a password.
    """

    def __init__(self) -> None:
        super().__init__()
        self.path, self.partner = "/partner/acme/", "acme"
        self.there = True
        self.created = NOW
        self.profile: dict[str, Any] | None = None
        self.password = ""
        self.last_used: datetime | None = None
        self.parameters: dict[str, dict[str, Any]] = {}
        self.lose: set[str] = set()
        self.kill: tuple[int, str] | None = None
        self.elsewhere = ""
        self.writes: list[str] = []
        self._retries = 0

    # IAM

    def get_user(self, UserName: str) -> dict[str, Any]:
        self.check("GetUser")
        return {"User": self._user(UserName)}

    def list_users(self, PathPrefix: str, MaxItems: int, Marker: str = "") -> dict[str, Any]:
        return {"Users": [self._user("ken")] if self.there else []}

    def get_login_profile(self, UserName: str) -> dict[str, Any]:
        self.check("GetLoginProfile")
        if self.profile is None:
            raise refused("NoSuchEntity", "Login Profile for User ken cannot be found.")
        return {"LoginProfile": self.profile}

    def create_login_profile(self, UserName: str, Password: str, PasswordResetRequired: bool) -> Any:
        return self._write(
            "CreateLoginProfile", lambda: self._create(UserName, Password, PasswordResetRequired)
        )

    def delete_login_profile(self, UserName: str) -> None:
        def take() -> None:
            self.profile, self.password = None, ""

        self._write("DeleteLoginProfile", take)

    # Systems Manager

    def put_parameter(self, Name: str, Value: str, Overwrite: bool, **more: Any) -> None:
        def put() -> None:
            if Overwrite:
                assert "Tags" not in more, "AWS takes no tags with Overwrite"
                self.parameters[Name] |= {"Value": Value}
            elif Name in self.parameters:
                raise self._refused("ParameterAlreadyExists", "The parameter already exists.")
            else:
                tags = {one["Key"]: one["Value"] for one in more.pop("Tags")}
                self.parameters[Name] = {"Value": Value, "tags": tags, "written": NOW, **more}

        self._write("PutParameter", put)
        if self.elsewhere == "PutParameter":
            self.give("Chosen-by-hand-1")

    def delete_parameter(self, Name: str) -> None:
        def delete() -> None:
            if Name not in self.parameters:
                raise self._refused("ParameterNotFound", "not found")
            del self.parameters[Name]

        self._write("DeleteParameter", delete)

    def get_parameter(self, Name: str, WithDecryption: bool) -> Any:
        self.check("GetParameter")
        if Name not in self.parameters:
            raise refused("ParameterNotFound", "not found")
        return {"Parameter": {"Value": self.parameters[Name]["Value"]}}

    def describe_parameters(self, ParameterFilters: Any, MaxResults: int, NextToken: str = "") -> Any:
        (only,) = ParameterFilters
        found = [
            {"Name": name, "LastModifiedDate": one["written"]}
            for name, one in self.parameters.items()
            if name.startswith(f"{only['Values'][0]}/")
        ]
        return {"Parameters": found}

    def list_tags_for_resource(self, ResourceType: str, ResourceId: str) -> Any:
        if ResourceId not in self.parameters:
            raise refused("InvalidResourceId", "not found")
        tags = self.parameters[ResourceId]["tags"]
        return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def add_tags_to_resource(self, ResourceType: str, ResourceId: str, Tags: Any) -> None:
        self.check("AddTagsToResource")
        self.parameters[ResourceId]["tags"] |= {one["Key"]: one["Value"] for one in Tags}

    def remove_tags_from_resource(self, ResourceType: str, ResourceId: str, TagKeys: list[str]) -> None:
        for key in TagKeys:
            self.parameters[ResourceId]["tags"].pop(key, None)

    # Behind the scenes

    def give(self, password: str, *, reset: bool = False, at: datetime = NOW) -> None:
        """What somebody else does: an administrator, or the person himself."""
        self.profile = {"UserName": "ken", "CreateDate": at, "PasswordResetRequired": reset}
        self.password = password

    @property
    def stored(self) -> str:
        (one,) = self.parameters.values()
        return str(one["Value"])

    def _user(self, name: str) -> dict[str, Any]:
        if not self.there:
            raise refused("NoSuchEntity", f"The user with name {name} cannot be found.")
        tags = [{"Key": "jump-partner", "Value": self.partner}]
        user = {"UserName": name, "Path": self.path, "Tags": tags, "CreateDate": self.created}
        return user | ({"PasswordLastUsed": self.last_used} if self.last_used else {})

    def _create(self, name: str, password: str, reset: bool) -> Any:
        if self.profile is not None:
            raise self._refused("EntityAlreadyExists", "Login Profile for user ken already exists.")
        self.give(password, reset=reset)
        return {"LoginProfile": self.profile}

    def _write(self, name: str, effect: Any) -> Any:
        self.writes.append(name)
        number, when = self.kill or (0, "")
        if (number, when) == (len(self.writes), "before"):
            raise Killed
        self.check(name)
        self._retries = 0
        answer = effect()
        if (number, when) == (len(self.writes), "after"):
            raise Killed
        if name in self.lose:
            self.lose.remove(name)
            self._retries = 1
            answer = effect()
        return answer

    def _refused(self, code: str, message: str) -> Exception:
        error = refused(code, message)
        error.response["ResponseMetadata"]["RetryAttempts"] = self._retries
        return error


LATER = NOW + timedelta(days=15)
