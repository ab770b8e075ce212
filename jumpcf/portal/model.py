"""The kit as a record: everything its files say, and no secret."""

from dataclasses import dataclass, field

from jumpcf.estate.model import CliMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One role in one account.  `role` is path and name as the console's form takes them, without the first slash;
    `until` is its last valid day where that comes before the kit's, else ""."""

    level: str
    grant: str
    role: str
    arn: str
    color: str
    url: str
    profile: str
    session: int
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: str
    name: str
    region: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An OU by its path, with the accounts that lie directly in it."""

    path: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    name: str
    units: tuple[Unit, ...]

    @property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(account for unit in self.units for account in unit.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level as it appears in the kit.  `sessions` are the seconds that its sessions may last, all that occur;
    `policies` are the AWS managed policies on its roles; `mfa_max_age` is in seconds, None without a limit."""

    name: str
    color: str
    builtin: bool
    policies: tuple[str, ...]
    sessions: tuple[int, ...]
    mfa_max_age: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What one partner, or one user of it (`user`, else ""), is told.

    `until` is the last valid day in `timezone`, `ends` the first instant without access (UTC).  `networks` are
    empty where nothing is fenced by them.  `base` is the profile that signs in, and the prefix of the others.
    """

    estate: str
    partner: str
    title: str
    contact: str
    user: str
    timezone: str
    until: str
    ends: str
    jump: str
    region: str
    user_path: str
    partition: str
    sign_in: str
    networks: tuple[str, ...]
    cli: CliMode
    base: str
    password_days: int
    password_length: int
    organizations: tuple[Organization, ...]
    levels: tuple[Level, ...]
    schema: int = field(default=1)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"{self.partner}.{self.user}" if self.user else self.partner

    @property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(account for one in self.organizations for account in one.accounts)

    @property
    def links(self) -> tuple[Link, ...]:
        return tuple(link for account in self.accounts for link in account.links)
