"""The embedded AWS as a thing to hold: started from an estate, stopped with its state kept.

`LocalAws` is for one process at a time and one object at a time in it, because moto's services are per
process; the folder's lock and a flag here say so instead of mixing states.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from moto.core.base_backend import BackendDict
from moto.organizations.models import organizations_backends
from moto.s3.models import s3_backends

from jumpcf.errors import JumpcfError
from jumpcf.estate.model import Estate
from jumpcf.local import credentials, operations
from jumpcf.local.accounts import access_key_id, secret_access_key
from jumpcf.local.records import Fault
from jumpcf.local.seed import allow_principals, seed
from jumpcf.local.server import Server
from jumpcf.local.world import World

SPEED = 0.15  # seconds per batch: visible in a demo, not tiresome
DEFAULT_REASON = (
    "ResourceLogicalId:Injected, ResourceType:AWS::IAM::Role, ResourceStatusReason:Injected failure."
)


class LocalAws:
    """AWS on this machine, for the estate in `folder`; state is kept in `folder`/.jumpcf/local/.

    `speed` is the seconds that a batch of a StackSet operation takes; 0 finishes every operation inside the
    call that starts it.  `clock` gives seconds since the epoch and is the only time there is.
    """

    _open: "LocalAws | None" = None

    def __init__(
        self,
        folder: Path,
        estate: Estate,
        *,
        speed: float = SPEED,
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        self.folder = folder / ".jumpcf" / "local"
        self.estate = estate
        self.world = World(clock=clock, speed=speed)
        self._port = port
        self._server: Server | None = None

    def __enter__(self) -> Self:
        _check_process()
        self.folder.mkdir(parents=True, exist_ok=True)
        forget_everything()
        allow_principals(())
        seed(self.world, self.estate)
        self._server = Server(self.world, self._port, lambda: None)
        self._server.start()
        LocalAws._open = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        LocalAws._open = None
        assert self._server is not None
        self._server.stop()
        forget_everything()

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
        return boto3.client(
            service,
            region_name=region or self.regions().get(account, self.estate.jump.region),
            endpoint_url=self.endpoint,
            aws_access_key_id=access_key_id(account),
            aws_secret_access_key=secret_access_key(account),
        )

    def fail(
        self,
        *,
        account: str = "",
        stackset: str = "",
        action: str = "",
        times: int | None = 1,
        reason: str = DEFAULT_REASON,
    ) -> None:
        """Make the next matching piece of a StackSet operation fail; empty means any, `times` None for ever.

        `action` is CREATE, UPDATE or DELETE.
        """
        with self.world.lock:
            self.world.faults.append(Fault(account, stackset, action, times, reason))

    def settle(self) -> None:
        """Bring every operation to where the clock says it is, as the next call would."""
        with self.world.lock:
            operations.advance(self.world)


def forget_everything() -> None:
    """Empty every service of this process."""
    BackendDict.reset()
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
