"""The pictures of docs/people.md.  Run by `make screenshots`; nothing compares their bytes.

The clock is the page's own 2027-01-15, so that the same page gives the same picture on one machine.
"""

import sys
import tempfile
from pathlib import Path

from devtools import Browser, Page, missing

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
MOST = 150_000  # bytes of a picture
sys.path.insert(0, str(ROOT / "tests" / "unit" / "portal"))


def shoot(browser: Browser, folder: Path) -> None:
    import kits

    from jumpcf.portal.page import page

    for name, kit in (("taro", kits.example("acme", "taro.yamada")), ("many", kits.many())):
        (folder / f"{name}.html").write_bytes(page(kit))

    def take(name: str, kit: str, width: int, height: int, languages: str, *, search: str = "") -> None:
        with browser.page(width=width, height=height, languages=languages) as shown:
            shown.open(folder / f"{kit}.html")
            if name.endswith("print"):
                shown.printed()
                shown.ask("document.body.style.padding = '40px'")  # the paper's edge
            if search:
                look_for(shown, search)
            save(name, shown)

    take("kit-ja", "taro", 1080, 900, "ja")
    take("kit-phone", "taro", 375, 812, "ja", search="prod")
    take("kit-search", "many", 1080, 560, "en", search="team1 service-11")
    take("kit-print", "taro", 794, 1123, "en")


def look_for(shown: Page, words: str) -> None:
    shown.ask("document.querySelector('#accounts').scrollIntoView()")
    shown.ask("document.querySelector('#q').focus({preventScroll: true})")
    shown.type(words)


def save(name: str, shown: Page) -> None:
    data = shown.png()
    if len(data) > MOST:
        sys.exit(f"{name}.png has {len(data):,} bytes; {MOST:,} are enough")
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(data)
    print(f"docs/pictures/{name}.png  {len(data):,} bytes")


def main() -> None:
    if program := missing():
        sys.exit(f"{program} is not installed (apt-get install {program} fonts-noto-cjk)")
    with tempfile.TemporaryDirectory() as folder, Browser(Path(folder) / "profile") as browser:
        shoot(browser, Path(folder))


if __name__ == "__main__":
    main()
