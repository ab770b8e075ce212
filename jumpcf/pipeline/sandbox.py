"""The embedded AWS: beneath a verb with --local, as an endpoint of its own, its faults, its end."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf.pipeline.building import load
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.local.records import Fault
    from jumpcf.local.session import LocalAws
    from jumpcf.local.signing_in import SignedIn


@contextlib.contextmanager
def world(folders: Folders, *, local: bool, say: Say = silent) -> Iterator[None]:
    """The AWS that the steps within talk to: the real one, or with `local` the embedded one beneath boto3."""
    if not local:
        yield
        return
    from jumpcf.local.session import LocalAws

    estate, _ = load(folders)
    with LocalAws(folders.root, estate) as aws, beneath(aws):
        say("Using the embedded AWS (--local); nothing leaves this machine.")
        yield


@contextlib.contextmanager
def beneath(aws: "LocalAws") -> Iterator[None]:
    """Within, boto3 talks to the embedded AWS and to nothing else."""
    before = dict(os.environ)
    os.environ.update(aws.environment())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def serve(
    folders: Folders,
    port: int,
    *,
    delay: float,
    lag: float,
    enforce: bool,
    faults: Path | None,
    announce: Say,
    say: Say,
) -> None:
    """Serve the embedded AWS until it is stopped; `delay`, `lag` (seconds), `enforce` and `faults` (a file) as
    LocalAws has them."""
    from jumpcf.local.session import serve as serve_local

    estate, _ = load(folders)
    serve_local(
        folders.root,
        estate,
        port,
        delay=delay,
        lag=lag,
        enforce=enforce,
        faults=faults,
        announce=announce,
        say=say,
    )


def faults(
    folders: Folders, add: Sequence["Fault"], *, clear: Sequence[int] | None = None
) -> tuple["Fault", ...]:
    """Put faults into the embedded AWS, or take them out by number (an empty `clear`: all); gives what is there."""
    from jumpcf.local.control import Request
    from jumpcf.local.session import faults as local_faults

    estate, _ = load(folders)
    request = Request(tuple(add), None if clear is None else tuple(clear))
    return local_faults(folders.root, estate, request).faults


def sign_in(
    folders: Folders,
    user: str,
    address: str,
    profile: str,
    *,
    password: str,
    code: str = "",
    new_password: str = "",
) -> "SignedIn":
    """Sign a user of the jump account in where the embedded AWS is served; the session becomes the profile."""
    from jumpcf.local.sign_in import Request
    from jumpcf.local.signing_in import sign_in as sign_in_there

    estate, _ = load(folders)
    request = Request(
        account=estate.jump.account,
        region=estate.jump.region,
        user=user,
        password=password,
        code=code,
        new_password=new_password,
        address=address,
    )
    return sign_in_there(folders.root, request, profile)


def reset(folders: Folders) -> None:
    """Forget the embedded AWS's state."""
    from jumpcf.local.session import reset as reset_local

    reset_local(folders.root)
