"""A real Chromium, spoken to over two pipes (the DevTools protocol): no driver to install, no port to open."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

fcntl = pytest.importorskip("fcntl", reason="pipes of POSIX")
PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("RELANCE_CI"), reason="no Chromium on this machine"
)


class Browser:
    """One tab. `events` are those received so far, oldest first."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back, self._rest = os.fdopen(to, "wb", buffering=0), back, b""
        self._ids = itertools.count(1)
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        """Let go of the pipes."""
        self._to.close()
        os.close(self._back)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask, and wait for the answer; AssertionError where the browser refuses."""
        id_ = next(self._ids)
        message = {"id": id_, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != id_:
            self.events.append(answer)
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._back, 1 << 20)
            assert more, "the browser is gone"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def open(self, file: Path, *, width: int = 1400, dark: bool = False, media: str = "screen") -> None:
        """Load a file in a window of so many CSS pixels, in one of the themes, and wait until it stands."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.events.clear()
        self.send("Page.navigate", url=file.absolute().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def run(self, script: str) -> Any:
        """The value of a script, awaited; AssertionError where it throws."""
        done = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def screenshot(self, *, whole: bool = True) -> bytes:
        """A PNG of the page from its top to its end, or of the window."""
        return base64.b64decode(self.send("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def pdf(self) -> bytes:
        """The page as it prints on A4."""
        self.send("Emulation.setEmulatedMedia", media="print")
        done = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(done["data"])

    def said(self) -> list[str]:
        """What the console, the log and uncaught errors hold."""
        kinds = {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}
        return [json.dumps(event["params"]) for event in self.events if event.get("method") in kinds]

    def asked(self) -> list[str]:
        """Every address the page asked for."""
        sent = (event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent")
        return [str(params["request"]["url"]) for params in sent]


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in this folder, ended afterwards."""
    assert PROGRAM, "chromium is missing"
    from_us, to_them = os.pipe()
    from_them, to_us = os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (from_us, to_us)]  # clear of 3 and 4, which they become
    process = subprocess.Popen(
        [
            "bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash",
            PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
            "--disable-dev-shm-usage", f"--user-data-dir={folder}", "about:blank",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=ends,
    )  # fmt: skip
    for end in (from_us, to_us, *ends):
        os.close(end)
    tab = Browser(to_them, from_them)
    try:
        yield tab
    finally:
        tab.close()
        process.terminate()
        process.wait(20)
