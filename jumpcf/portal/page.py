"""The page: one file that loads nothing, whose policy allows its own script and style and no others."""

import base64
import hashlib
from collections import Counter
from importlib.resources import files as resources

from jumpcf.portal.links import COLORS
from jumpcf.portal.model import Account, Kit
from jumpcf.portal.texts import YOU, environment

BUILTIN = {
    "Read": ("閲覧のみ。変更はできません。", "Looks at everything, changes nothing."),
    "SSM": (
        "専用のタグが付いたインスタンスに、Session Managerで接続します。",
        "Session Manager on the instances that are tagged for you.",
    ),
    "Power": ("IAMと組織の管理を除くすべて。", "Everything but IAM and the organization."),
    "PowerAndIam": (
        "Powerに加えて、アクセス許可の境界の範囲内でのIAM。",
        "As Power, and IAM within the permissions boundary.",
    ),
    "Admin": ("アクセス許可の境界の範囲内でのすべて。", "Everything within the permissions boundary."),
}


def page(kit: Kit) -> bytes:
    """The whole page.  Every name in it is escaped; script and style are ours and hold none."""
    from markupsafe import Markup

    style, script = _ours("portal.css"), _ours("portal.js")
    text = (
        environment()
        .get_template("portal.html")
        .render(
            kit=kit,
            you=YOU,
            colors=COLORS,
            builtin=BUILTIN,
            twice={account.id: _twice(account) for account in kit.accounts},
            policy=policy(style, script),
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704
        )
    )
    return text.encode()


def policy(style: str, script: str) -> str:
    """Nothing is loaded, sent or framed; what runs is what was written (CSP Level 3, hash-source)."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _ours(name: str) -> str:
    return resources("jumpcf.portal").joinpath("templates", name).read_text(encoding="utf-8")


def _twice(account: Account) -> frozenset[str]:
    """Levels that two grants give in an account: the grant then tells the links apart."""
    counted = Counter(link.level for link in account.links)
    return frozenset(level for level, times in counted.items() if times > 1)
