"""From another command: sign in where the embedded AWS is served, and keep the session as a profile."""

from dataclasses import dataclass
from pathlib import Path

from jumpcf.errors import AwsRefused
from jumpcf.local import control, credentials
from jumpcf.local.session import STATE
from jumpcf.local.sign_in import Answer, Request


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the sign-in page answers, and with a session what to export for it (a secret is in it)."""

    answer: Answer
    exports: dict[str, str]


def sign_in(folder: Path, request: Request, profile: str) -> SignedIn:
    """Sign in at the embedded AWS of the estate in `folder`; a session is written as the profile.

    A588 where nobody serves it: a session ends with the process that gave it.  A589 where it is refused.
    """
    place = folder / STATE
    try:
        endpoint, answer = control.ask_to_sign_in(place, request)
    except (OSError, ValueError):
        raise AwsRefused(
            "A588",
            "Nobody serves the embedded AWS of this estate, and a session lives only while it is served.",
            "Run in another shell: jumpcf local serve --enforce",
            where=str(place),
        ) from None
    if answer.wants:
        return SignedIn(answer, {})
    if not credentials.is_free(place, profile):
        raise AwsRefused(
            "A589", f"The profile {profile} is an account's own.", "Name another with --profile."
        )
    person = credentials.Person(
        key=answer.key,
        secret=answer.secret,
        token=answer.token,
        region=request.region,
        address=request.address,
    )
    credentials.add(place, profile, person)
    return SignedIn(answer, credentials.of_person(endpoint, place, request.account, person))
