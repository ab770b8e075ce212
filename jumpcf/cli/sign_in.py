"""`jumpcf local sign-in`: a person's password and code for a session of the embedded AWS."""

import ipaddress
import shlex
import sys

import click

from jumpcf.cli import completing
from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.errors import AwsRefused
from jumpcf.pipeline import building, sandbox

_ASKED = {
    "code": "MFA code",
    "new-password": "New password (it must be changed)",
}


def address(value: str) -> str:
    """An IP address, as text; its name is what --help shows for the value."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no IP address") from None


@click.command("sign-in")
@click.argument("user", shell_complete=completing.users)
@click.option("--code", default="", help="What the user's MFA device shows; asked for where there is one.")
@click.option(
    "--address",
    type=address,
    default="127.0.0.1",
    show_default=True,
    help="Where the person comes from; 127.0.0.1 is in no partner's network.",
)
@click.option("--profile", help="The name of the profile that is written; by default the user's.")
@click.option("--export", is_flag=True, help="Print the session (a secret) as lines to export.")
@pass_console
def command(console: Console, user: str, code: str, address: str, profile: str | None, export: bool) -> None:
    """Sign in by password, as at the console.

    USER is a user of the jump account.

    \b
    Example: jumpcf local sign-in taro.yamada --address 203.0.113.7
             aws sts assume-role --profile taro.yamada --role-arn … \\
               --role-session-name taro.yamada

    It asks for the password, for a code where the user has a device, and for a new password where it must be
    changed; without a terminal these are the lines of stdin, in this order.  `jumpcf local serve --enforce`
    must run.  The session lasts 12 hours, has MFA where a code was given, and ends with `serve`.

    Needs no credentials beside the password, and no network.
    """
    given = {"password": _typed(console, "Password"), "code": code}
    named = profile or user
    while True:
        done = sandbox.sign_in(console.folders(), user, address, named, **given)
        if not done.answer.wants:
            break
        given[done.answer.wants.replace("-", "_")] = _typed(console, _ASKED[done.answer.wants])
    answer = done.answer
    mfa = "with MFA" if answer.mfa else "without MFA"
    console.say(f"{user} is signed in from {address} {mfa}, until {answer.expires}: profile {named}.")
    if export and console.json:
        shown = {
            "Version": 1,
            "AccessKeyId": answer.key,
            "SecretAccessKey": answer.secret,
            "SessionToken": answer.token,
            "Expiration": answer.expires,
        }
        console.result(building.encode(shown))
    elif console.json:
        console.result(building.encode({"profile": named, "mfa": answer.mfa, "expires": answer.expires}))
    elif export:
        for name, value in sorted(done.exports.items()):
            console.result(f"export {name}={shlex.quote(value)}")


def _typed(console: Console, what: str) -> str:
    """A secret that a person types unseen, or the next line of stdin."""
    if console.interactive:
        return str(click.prompt(what, hide_input=True, err=True))
    line = sys.stdin.readline()
    if not line:
        raise AwsRefused(
            "A589", f"There is no terminal to ask for: {what}.", "Give it as the next line of stdin."
        )
    return line.rstrip("\r\n")
