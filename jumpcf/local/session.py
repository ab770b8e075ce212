"""The embedded AWS as a thing to hold: started from an estate, stopped with its state kept.

`LocalAws` is for one process at a time and one object at a time in it, because moto's services are per
process; the folder's lock and a flag here say so instead of mixing states.
"""

import contextlib
import os
import shlex
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from moto.core.base_backend import BackendDict
from moto.organizations.models import organizations_backends
from moto.s3.models import s3_backends

from jumpcf.errors import JumpcfError
from jumpcf.estate.model import Estate
from jumpcf.local import control, credentials, moto_changes, parameter_store, state, tree
from jumpcf.local import faults as faults_at_work
from jumpcf.local.accounts import access_key_id, secret_access_key
from jumpcf.local.fault_words import REASON
from jumpcf.local.records import Fault
from jumpcf.local.saver import Saver
from jumpcf.local.seed import seed
from jumpcf.local.server import Server
from jumpcf.local.traffic import Call
from jumpcf.local.world import World

STATE = Path(".jumpcf") / "local"  # within the estate's folder
ESTATE = Path("params") / "estate.yaml"
FAULTS = "faults.yaml"  # in the state's folder; taken in by every command that opens the embedded AWS
SAVE_EVERY = 1.0  # seconds: what a killed process forgets at most
SPEED = 0.15  # seconds per batch: visible in a demo, not tiresome


class LocalAws:
    """AWS on this machine, for the estate in `folder`; state is kept in `folder`/.jumpcf/local/.

    `speed` is the seconds that a batch of a StackSet operation takes, or a plain stack's operation; 0 finishes
    every operation inside the call that starts it.  `delay` is the seconds until auto-deployment notices a new or
    moved account, `lag` those by which the lists of a StackSet's instances, operations and results are behind.
    `clock` gives seconds since the epoch and is the only time there is.
    With `enforce` calls are judged by their caller's policies; the accounts' own keys remain administrators'.
    Without `paths` Organizations answers as before March 2026.
    `faults` is a file of faults, which are put in anew; the state's own faults.yaml is taken in whenever it has
    changed.
    """

    _open: "LocalAws | None" = None

    def __init__(
        self,
        folder: Path,
        estate: Estate,
        *,
        speed: float = SPEED,
        delay: float = 0.0,
        lag: float = 0.0,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        save_every: float = SAVE_EVERY,
        enforce: bool = False,
        paths: bool = True,
        faults: Path | None = None,
    ) -> None:
        self.folder = folder / STATE
        self.estate = estate
        self.world = World(
            clock=lambda: clock() + self.world.ahead,
            speed=speed,
            delay=delay,
            lag=lag,
            enforce=enforce,
            paths=paths,
            begun=faults_at_work.begun,
        )
        self._faults = faults
        self._port = port
        self._server: Server | None = None
        self._open_things = contextlib.ExitStack()
        self._saver = Saver(self.save, save_every)

    def __enter__(self) -> Self:
        _check_process()
        with contextlib.ExitStack() as stack:
            stack.enter_context(state.locked(self.folder))
            moto_changes.apply()
            forget_everything()
            stack.callback(forget_everything)
            state.restore(self.folder, self.world)
            seed(self.world, self.estate)
            self._take_in_faults()
            self._saver.start()
            stack.callback(self._saver.stop)
            self._server = Server(self.world, self._port, self._saver.wanted)
            self._server.start()
            stack.callback(self._server.stop)
            stack.enter_context(
                control.announced(self.folder, self._server.endpoint, self._server.control.secret)
            )
            self._open_things = stack.pop_all()
        LocalAws._open = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        LocalAws._open = None
        with self._open_things:
            self._saver.stop()
            self.save()

    @property
    def endpoint(self) -> str:
        assert self._server is not None, "the embedded AWS is not started"
        return self._server.endpoint

    def environment(self) -> dict[str, str]:
        """What to put into os.environ so that boto3 and the aws CLI talk to the embedded AWS, and only to it.

        Writes the profiles: those that the estate names, `local-<account id>` for every account, and the
        jump account as the default.
        """
        jump = self.estate.jump
        wanted = credentials.profiles(self.estate, self.regions())
        config, secrets = credentials.write(self.folder, wanted)
        return credentials.environment(self.endpoint, config, secrets, jump.account, jump.region)

    def regions(self) -> dict[str, str]:
        """Every account and the region that its profile gets."""
        regions = {}
        for organization in self.estate.organizations.values():
            region = organization.connection.region
            regions[organization.management_account] = region
            for account, (management, _) in organizations_backends.master_accounts.items():
                if management == organization.management_account:
                    regions[account] = region
            regions[organization.connection.account] = region
        return {self.estate.jump.account: self.estate.jump.region} | regions

    def client(self, service: str, account: str, region: str | None = None) -> Any:
        """A boto3 client with an account's own credentials, for tests and tools."""
        return credentials.clean_session().client(
            service,
            region_name=region or self.regions().get(account, self.estate.jump.region),
            endpoint_url=self.endpoint,
            aws_access_key_id=access_key_id(account),
            aws_secret_access_key=secret_access_key(account),
        )

    def create_account(self, name: str, unit: str) -> str:
        """Create an account and move it into an OU, by the Organizations API; gives its id."""
        management = self._management_of_unit(unit)
        client = self.client("organizations", management)
        made = client.create_account(AccountName=name, Email=f"{name}@local.example")["CreateAccountStatus"]
        self.move_account(made["AccountId"], unit)
        return str(made["AccountId"])

    def move_account(self, account: str, unit: str) -> None:
        """Move an account from wherever it is into an OU or to the root, by the Organizations API."""
        client = self.client("organizations", self._management_of_unit(unit))
        source = client.list_parents(ChildId=account)["Parents"][0]["Id"]
        if source != unit:
            client.move_account(AccountId=account, SourceParentId=source, DestinationParentId=unit)

    def suspend_account(self, account: str) -> None:
        """Close an account, which suspends it, by the Organizations API."""
        self._administrator(account).close_account(AccountId=account)

    def remove_account(self, account: str) -> None:
        """Remove an account from its organization, by the Organizations API."""
        self._administrator(account).remove_account_from_organization(AccountId=account)

    def fail(
        self,
        *,
        account: str = "",
        stackset: str = "",
        action: str = "",
        times: int | None = 1,
        reason: str = REASON,
    ) -> None:
        """Make the next matching piece of a StackSet operation fail; empty means any, `times` None for ever.

        `action` is CREATE, UPDATE or DELETE.
        """
        with self.world.lock:
            self.world.faults.append(Fault("account", account, stackset, action, times=times, reason=reason))

    @property
    def calls(self) -> Counter[Call]:
        """How often each call came in."""
        assert self._server is not None, "the embedded AWS is not started"
        return self._server.traffic.calls

    def take_in(self, faults: Path) -> None:
        """Put in the faults of a file; ProblemsFound for all that is wrong with it."""
        with self.world.lock:
            _fault_files().take_in(self.world, faults, str(faults), anew=True)

    def overtake(self, stackset: str) -> None:
        """Answer the next request for an operation on this StackSet with StaleRequest: another came between."""
        with self.world.lock:
            self.world.overtaken.append(stackset)

    def save(self) -> None:
        """Write the state now."""
        with self.world.lock:
            state.save(self.folder, self.world)

    def _take_in_faults(self) -> None:
        own, name = self.folder / FAULTS, (STATE / FAULTS).as_posix()
        if own.is_file() or name in self.world.fault_files:
            _fault_files().take_in(self.world, own, name)
        if self._faults is not None:
            self.take_in(self._faults)

    def _administrator(self, account: str) -> Any:
        return self.client("organizations", organizations_backends.master_accounts[account][0])

    def _management_of_unit(self, unit: str) -> str:
        for organization in self.estate.organizations.values():
            found = tree.backend(organization.management_account, organization.connection.region)
            if tree.knows(found, unit):
                return organization.management_account
        raise LookupError(f"no organization of the estate has the unit {unit}")


def reset(folder: Path) -> None:
    """Forget the state of the embedded AWS of the estate in `folder`; refused while somebody uses it, and
    where there is no estate, so that a wrong folder is neither written to nor believed to be reset."""
    if not (folder / ESTATE).is_file():
        raise JumpcfError(
            "A596",
            f"There is no {ESTATE} here, so no embedded AWS to reset.",
            "Run it in the estate's folder, or name that with -C.",
            where=str(folder),
        )
    with state.locked(folder / STATE):
        state.forget(folder / STATE)


def faults(folder: Path, estate: Estate, request: control.Request) -> control.Answer:
    """Look at the faults, put some in or take some out: in the state, or in the process that has it open."""
    try:
        with LocalAws(folder, estate) as aws:
            return control.perform(aws.world, request)
    except JumpcfError as error:
        if error.code not in ("A591", "A594"):
            raise
        try:
            return control.ask(folder / STATE, request)
        except (OSError, ValueError):
            raise error from None


def serve(
    folder: Path,
    estate: Estate,
    port: int,
    *,
    delay: float = 0.0,
    lag: float = 0.0,
    announce: Callable[[str], None],
    say: Callable[[str], None],
    stopped: threading.Event | None = None,
    save_every: float = SAVE_EVERY,
    enforce: bool = False,
    faults: Path | None = None,
) -> None:
    """Serve until Ctrl-C, SIGTERM or `stopped`; `announce` gets the lines to export, `say` the talk.

    The state is saved when it ends, and within `save_every` seconds after each request.
    """
    end = stopped or threading.Event()
    with (
        LocalAws(
            folder,
            estate,
            port=port,
            delay=delay,
            lag=lag,
            save_every=save_every,
            enforce=enforce,
            faults=faults,
        ) as aws,
        _on_signals(end),
    ):
        for name, value in sorted(aws.environment().items()):
            announce(f"export {name}={shlex.quote(value)}")
        say(f"The embedded AWS listens on {aws.endpoint}; Ctrl-C stops it and keeps its state.")
        end.wait()
    say("Stopped; the state is kept in .jumpcf/local/.")


@contextlib.contextmanager
def _on_signals(end: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM end the wait; elsewhere than in the main thread, signals are not ours."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: end.set()) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _fault_files() -> ModuleType:
    """Loaded where there is such a file only: reading it takes pydantic, a third of the whole start."""
    from jumpcf.local import fault_files

    return fault_files


def forget_everything() -> None:
    """Empty every service of this process."""
    BackendDict.reset()
    parameter_store.keep(None)
    organizations_backends.master_accounts.clear()  # moto's reset leaves these two
    s3_backends.bucket_accounts.clear()


def _check_process() -> None:
    if LocalAws._open is not None:
        raise JumpcfError("A591", "The embedded AWS is already open in this process.", "Close it first.")
    if "MOTO_ACCOUNT_ID" in os.environ:
        raise JumpcfError(
            "A592",
            "MOTO_ACCOUNT_ID is set, which would make every account of the embedded AWS the same one.",
            "Unset it.",
        )
