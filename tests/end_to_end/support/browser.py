"""A real browser without a window, spoken to over a pipe in the Chrome DevTools Protocol.

https://chromedevtools.github.io/devtools-protocol/ describes the commands and events.
"""

import base64
import contextlib
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time
import zipfile

import pytest

from support import wheels

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_S = 60

# axe-core, a checker of accessibility, as a package of the index carries it.
AXE = ("axe-playwright-python==0.1.8 --hash=sha256:"
       "fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8")
AXE_MEMBER = "axe_playwright_python/axe.min.js"


def find_browser():
    named = os.environ.get("BNB_PROBE_BROWSER")
    path = named or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("needs a browser: no chromium or google-chrome here")
    return path


def axe():
    """axe-core's script, fetched once. The test is skipped where that cannot be done."""
    folder = wheels.cache_folder() / "axe"
    folder.mkdir(exist_ok=True)
    if not list(folder.glob("*.whl")):
        wanted = folder / "requirements.txt"
        wanted.write_text(AXE)
        done = wheels.pip("download", "--no-deps", "--require-hashes", "--only-binary=:all:",
                          "-d", str(folder), "-r", str(wanted))
        if done.returncode != 0:
            pytest.skip(f"needs axe-core: pip cannot have {AXE.split()[0]}: "
                        f"{done.stderr.strip().splitlines()[-1]}")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as package:
        return package.read(AXE_MEMBER).decode()


class Page:
    """One page of a running browser."""

    def __init__(self, process, to_browser, from_browser):
        self._process = process
        self._to = to_browser
        self._from = from_browser
        self._buffer = b""
        self._number = 0
        self._session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target,
                                  flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def _receive(self, until):
        while b"\0" not in self._buffer:
            left = until - time.monotonic()
            ready = left > 0 and select.select([self._from], [], [], left)[0]
            chunk = os.read(self._from, 1 << 16) if ready else b""
            assert chunk, "the browser says nothing any more"
            self._buffer += chunk
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = self._receive(until)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait_for(self, method):
        until = time.monotonic() + PATIENCE_S
        while not any(event["method"] == method for event in self.events):
            answer = self._receive(until)
            if "method" in answer:
                self.events.append(answer)

    def show(self, path, width=1280, height=900, dark=False, media=""):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.events.clear()
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        self.wait_for("Page.loadEventFired")

    def value(self, expression):
        """What an expression (a promise's outcome) is in the page; isolated from its policy."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self, path):
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF")["data"])

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code)

    def requests(self):
        """Addresses that the page asked for, itself included."""
        return [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        """What the browser says of the page: errors, refused styles, warnings."""
        said = [event["params"]["entry"]["text"] for event in self.events
                if event["method"] == "Log.entryAdded"]
        return said + [str(event["params"]) for event in self.events
                       if event["method"] in ("Runtime.exceptionThrown",
                                              "Runtime.consoleAPICalled")]


@contextlib.contextmanager
def open_page():
    """A page of a browser that is ended afterwards. The test is skipped where there is none."""
    program = find_browser()
    folder = tempfile.mkdtemp(prefix="bnb-probe-browser-")
    to_browser, writes = os.pipe()
    reads, from_browser = os.pipe()

    def wire():
        # The protocol's pipe is on descriptors 3 and 4, which may be in use for these already.
        inward, outward = os.dup(to_browser), os.dup(from_browser)
        os.dup2(inward, 3)
        os.dup2(outward, 4)
        os.set_inheritable(3, True)
        os.set_inheritable(4, True)

    process = subprocess.Popen(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         f"--user-data-dir={folder}", "--remote-debugging-pipe"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        close_fds=False, preexec_fn=wire, start_new_session=True)
    os.close(to_browser)
    os.close(from_browser)
    try:
        yield Page(process, writes, reads)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(writes)
        os.close(reads)
        shutil.rmtree(folder, ignore_errors=True)
