"""A piece of work of the portal page, 200 accounts of five levels, in Chromium; prints `seconds processor-seconds`.

python portal_page.py open|key|make    loaded and ready to be searched; the slowest key of a search with its layout,
                                       and the page's bytes made by Python
"""

import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
WORDS = "service-107"
OPEN = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
KEY = (
    "(() => { const box = document.querySelector('#q'); let most = 0;"
    f"for (let end = 0; end <= {len(WORDS)} * 2; end += 1) {{"
    f"  box.value = '{WORDS}'.slice(0, end <= {len(WORDS)} ? end : {len(WORDS)} * 2 - end);"
    "  const begun = performance.now(); box.dispatchEvent(new Event('input')); document.body.offsetHeight;"
    "  most = Math.max(most, performance.now() - begun); }"
    "return most; })()"
)


def main(what: str) -> None:
    sys.path[:0] = [str(TESTS / "browser"), str(TESTS / "unit" / "portal")]
    import devtools
    import kits

    from jumpcf.portal.page import page

    kit = kits.many(200)
    page(kits.many(1))  # jinja2 and its templates are loaded
    begun = time.perf_counter(), time.process_time()
    data = page(kit)
    if what == "make":
        print(time.perf_counter() - begun[0], time.process_time() - begun[1])
        return
    with tempfile.TemporaryDirectory() as folder, devtools.Browser(Path(folder) / "profile") as browser:
        path = Path(folder) / "portal.html"
        path.write_bytes(data)
        with browser.page() as shown:
            milliseconds = shown.open(path).ask(OPEN if what == "open" else KEY)
    print(milliseconds / 1000, milliseconds / 1000)


if __name__ == "__main__":
    main(sys.argv[1])
