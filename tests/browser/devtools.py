"""Debian's Chromium, driven through the DevTools protocol over two pipes (--remote-debugging-pipe).

https://chromedevtools.github.io/devtools-protocol/  One message is one JSON text that ends with a NUL.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = "chromium"
PATIENCE = 120  # seconds without a word, on a machine that is busy with something else

_FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check"),
    # In a container there is no user namespace for the sandbox, and little shared memory.
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
    ),
    *("--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text"),
)
_KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowDown": 40}


def missing() -> str:
    """The name of the program that is not there, else ""."""
    return "" if shutil.which(PROGRAM) else PROGRAM


class Browser:
    """One process; `page` gives pages that know nothing of each other."""

    def __init__(self, profile: Path) -> None:
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        # Chromium reads from 3 and writes to 4: out of the way first what may be one of these.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_read, to_write)]
        os.close(to_read)
        os.close(to_write)
        self._talk = profile.with_name(profile.name + ".log")
        with self._talk.open("wb") as talk:
            self._process = subprocess.Popen(
                [PROGRAM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
                stdout=talk,
                stderr=talk,
                close_fds=False,
                preexec_fn=lambda: [os.dup2(end, number) for number, end in enumerate(ends, 3)] and None,
            )
        for end in ends:
            os.close(end)
        self._rest = b""
        self._sent = 0
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.agent = str(self.call("Browser.getVersion")["userAgent"])

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events that come before it are kept by session."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            heard = self.hear()
            if heard.get("id") == self._sent:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                answer: dict[str, Any] = heard["result"]
                return answer

    def hear(self) -> dict[str, Any]:
        """The next message."""
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], PATIENCE)[0]:
                raise self._lost("says nothing")
            part = os.read(self._read, 1 << 20)
            if not part:
                raise self._lost("is gone")
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.setdefault(message.get("sessionId", ""), []).append(message)
        return message

    def _lost(self, how: str) -> RuntimeError:
        return RuntimeError(f"{PROGRAM} {how}: {self._talk.read_text(errors='replace')[-1000:]}")

    @contextlib.contextmanager
    def page(self, **how: Any) -> Iterator["Page"]:
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        try:
            yield Page(self, session, **how)
        finally:
            self.call("Target.disposeBrowserContext", browserContextId=context)
            self.events.pop(session, None)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(RuntimeError, OSError):
            self.call("Browser.close")
        for end in (self._write, self._read):
            os.close(end)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass
class Page:
    """A tab.  `languages` is what the browser prefers; `at` what its clock says (ISO)."""

    browser: Browser
    session: str
    languages: str = "en-US"
    width: int = 1280
    height: int = 900
    at: str = "2027-01-15T03:00:00Z"
    scale: float = field(default=1)
    first: str = ""

    def __post_init__(self) -> None:
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")
        self.become(self.languages, self.width, self.height, self.at)

    def become(
        self,
        languages: str = "en-US",
        width: int = 1280,
        height: int = 900,
        at: str = "2027-01-15T03:00:00Z",
    ) -> None:
        """Another reader's tab, once the next page is opened: nothing is heard, kept or printed any more."""
        self.browser.events.pop(self.session, None)
        if self.first:
            self.call("Page.removeScriptToEvaluateOnNewDocument", identifier=self.first)
            self.call("Emulation.setEmulatedMedia", media="", features=[])
            self.call("Accessibility.disable")
        agent = self.browser.agent
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=languages)
        clean = (
            f"Date.now = () => Date.parse({at!r}); if (location.protocol === 'file:') localStorage.clear();"
        )
        told = self.call("Page.addScriptToEvaluateOnNewDocument", source=clean)
        self.first = told["identifier"]
        self.resize(width, height)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=self.scale,
            mobile=width < 600,
        )

    def open(self, path: Path) -> "Page":
        """Open a file and wait until it is loaded."""
        before = len(self.heard("Page.loadEventFired"))
        self.call("Page.navigate", url=path.as_uri())
        while len(self.heard("Page.loadEventFired")) == before:
            self.browser.hear()
        return self

    def heard(self, *methods: str) -> list[dict[str, Any]]:
        """What events of these kinds said so far."""
        return [
            one["params"] for one in self.browser.events.get(self.session, []) if one["method"] in methods
        ]

    def ask(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """A key, as a keyboard does it."""
        code = {"windowsVirtualKeyCode": _KEYS[key], "key": key, "code": "Space" if key == " " else key}
        text = {"Enter": "\r", " ": " "}.get(key)
        more = {"modifiers": 8 if shift else 0, **code}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **down, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", **more)

    def type(self, text: str) -> None:
        """Text into what has the focus, as an input method gives it."""
        self.call("Input.insertText", text=text)

    def printed(self) -> None:
        """From now on the page looks as on paper."""
        self.call("Emulation.setEmulatedMedia", media="print")

    def png(self, *, whole: bool = False) -> bytes:
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])
