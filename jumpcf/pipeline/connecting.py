"""Clients for the accounts that a verb works in, counted by the run's meter."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Connection, Manifest
    from jumpcf.aws.sessions import Sessions


def connect(manifest: "Manifest") -> "Sessions":
    """Those of the jump account and the organizations; nothing is asked of AWS yet."""
    return connect_by(manifest.jump, {one.name: one.connection for one in manifest.organizations})


def connect_by(jump: "Connection", organizations: "dict[str, Connection]") -> "Sessions":
    """The same by these ways."""
    from jumpcf.aws.sessions import Sessions
    from jumpcf.pipeline.metering import current

    return Sessions(jump, organizations, meter=current())


def jump_sessions(jump: "Connection") -> "Sessions":
    """Those of the jump account alone, whose credentials are verified.  AwsRefused A507 and the like."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.identity import verify_account

    sessions = connect_by(jump, {})
    verify_account(sessions, JUMP, jump)
    return sessions
