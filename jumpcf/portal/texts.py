"""A kit's plain texts: the profiles, the extension's list, the e-mail.  Pure: the same kit, the same bytes."""

import functools
from typing import TYPE_CHECKING

from jumpcf.portal.model import Kit

if TYPE_CHECKING:
    import jinja2

YOU = "YOUR.USER.NAME"
"""Stands in a partner's files where a user's have his name."""


def texts(kit: Kit, email: str) -> dict[str, bytes]:
    """Each by its file's name; `email` is whom the mail goes to."""
    return {
        "aws-config": _text("aws-config.txt", kit, **_user(kit)),
        "aws-extend-switch-roles.ini": _text("switch-roles.txt", kit),
        "email.txt": _text("email.txt", kit, to=email),
    }


def _user(kit: Kit) -> dict[str, str]:
    user = kit.user or YOU
    account = f"arn:{kit.partition}:iam::{kit.jump}"
    return {
        "user": user,
        "user_arn": f"{account}:user{kit.user_path}{user}",
        # A virtual device has whatever name its owner gives it, and no path; the page asks for the user's.
        "mfa_serial": f"{account}:mfa/{user}",
    }


def _text(template: str, kit: Kit, **more: object) -> bytes:
    return environment().get_template(template).render(kit=kit, **more).encode()


@functools.cache
def environment() -> "jinja2.Environment":
    """HTML is escaped; the other texts are not HTML, and their names are one line each (`links.shown`)."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("jumpcf.portal"),
        autoescape=jinja2.select_autoescape(["html"], default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
