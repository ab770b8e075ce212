"""All files of a kit."""

from jumpcf.artifacts.codec import canonical
from jumpcf.portal.model import Kit
from jumpcf.portal.page import page
from jumpcf.portal.texts import texts

RECORD = "kit.json"


def files(kit: Kit, email: str) -> dict[str, bytes]:
    """Every file by its name; `email` is whom the mail goes to."""
    return {"portal.html": page(kit), **texts(kit, email), RECORD: canonical(kit)}
