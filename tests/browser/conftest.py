"""A real Chromium and real servers, one for all tests of a run."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, sync_playwright
from playwright.sync_api import expect as expect_at_once

from geo.catalog import save_area
from tests.tiny import tiny_area

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
PATIENCE_MS = 120_000
WAIT_FOR_NAME_S = 12
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
)

expect_at_once.set_options(timeout=PATIENCE_MS)


def expect(shown: Any) -> Patient:
    """Expect something of what a page shows, as Playwright's ``expect`` does."""
    return Patient(expect_at_once(shown))


class Patient:
    """What is expected, asked once more where two elements answer to a locator that should name
    one: Streamlit leaves what an earlier run showed until the new run ends. Two that stay are a
    failure.
    """

    def __init__(self, expected: Any) -> None:
        self._expected = expected

    def __getattr__(self, name: str) -> Callable[..., None]:
        check = getattr(self._expected, name)

        def patiently(*arguments: Any, **options: Any) -> None:
            end = time.monotonic() + PATIENCE_S
            while True:
                try:
                    return check(*arguments, **options)
                except AssertionError as error:
                    if "strict mode violation" not in str(error) or time.monotonic() > end:
                        raise
                    time.sleep(0.1)

        return patiently


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says so; in CI its absence is a failure."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Chromium: looked for {', '.join(NAMES)}")
        print("\nBROWSER TESTS SKIPPED: no Chromium", file=sys.__stderr__, flush=True)
        pytest.skip(f"no Chromium: looked for {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


def settled(page: Page) -> None:
    """Wait until a page is as its last change left it: nothing runs, nothing drawn is old."""
    app = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
    page.wait_for_selector(f"{app}[data-test-script-state=notRunning]", state="attached")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)


def choose(page: Page, label: str, option: str) -> None:
    """Choose in one of Streamlit's select boxes as a person does; what is drawn meanwhile, or
    scrolling to it, may shut it again.
    """
    box = page.get_by_role("combobox", name=re.compile(label)).first
    found = page.get_by_role("option", name=re.compile(option)).first
    for _ in range(10):
        box.scroll_into_view_if_needed()
        box.click()
        try:
            found.click(timeout=2000)
        except TimeoutError:
            continue
        return
    pytest.fail(f"the box {label} did not offer {option}")


def to_page(page: Page, section: str, name: str) -> None:
    """Go to another page by the bar on top."""
    bar = page.get_by_test_id("stTopNav")
    bar.get_by_role("button", name=section).click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def give_file(page: Page, field: Locator, file: Any, name: str) -> None:
    """Choose a file and wait until it is named. Streamlit drops the address it gives a file where
    a run begins at that moment, and shows nothing: as a person would, choose it again.
    """
    for _ in range(PATIENCE_S // WAIT_FOR_NAME_S):
        settled(page)
        field.set_input_files(file)
        try:
            page.get_by_text(name).first.wait_for(timeout=WAIT_FOR_NAME_S * 1000)
        except TimeoutError:
            continue
        return
    pytest.fail(f"the file {name} was chosen and never named")


@dataclass
class Visit:
    """A tab, and all it asked for and complained of."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.base + path, wait_until="domcontentloaded")

    @property
    def outside(self) -> list[str]:
        """What was asked of anyone but our server."""
        own = {urlsplit(self.base).netloc, ""}
        return [url for url in self.asked if urlsplit(url).netloc not in own]


def drawn_map(page: Page, at: int = 0) -> Locator:
    """A map on the page, once its ground is there."""
    found = page.locator(".narhet").nth(at)
    page.locator(".narhet[data-ground]").nth(at).wait_for(state="attached")
    return found


def click_map(page: Page, x: float, y: float, at: int = 0) -> None:
    """Click so many pixels from a map's upper left corner."""
    drawn_map(page, at).locator(".map").click(position={"x": x, "y": y})


@contextmanager
def visiting(browser: Browser, base: str, language: str = "sv-SE") -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    visit = Visit(page, base)
    page.on("request", lambda request: visit.asked.append(request.url))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            visit.complaints.append(f"{said.text} {said.location}")
            if said.type == "error" and not _harmless(said.location.get("url", ""))
            else None
        ),
    )
    yield visit
    context.close()


def _harmless(url: str) -> bool:
    """At a deep link Streamlit's own script feels its way to the server: it asks under the page's
    address first, gets 404, and then asks at the root."""
    return urlsplit(url).path.endswith(("/_stcore/health", "/_stcore/host-config"))


@pytest.fixture(scope="session")
def areas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the tiny area in it."""
    folder = tmp_path_factory.mktemp("browser-home")
    save_area(tiny_area(), folder)
    return folder


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(command: list[str], home: Path, **environment: str) -> Iterator[str]:
    """Start a server, wait until it answers, give its address, stop it."""
    port = free_port()
    log = home / f"server-{port}.log"
    settings = {**os.environ, "NARHET_HOME": str(home), "NARHET_TILES": "", **environment}
    program = [sys.executable, *command, str(port)]
    with log.open("wb") as output:
        # From another folder: the launcher must not depend on where it is started.
        server = subprocess.Popen(
            program, cwd=home, env=settings, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        base = f"http://localhost:{port}"
        _wait_for(base, server, log)
        yield base
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-3000:]}")


@pytest.fixture(scope="session")
def server(areas: Path) -> Iterator[str]:
    """The dashboard, with the tiny area and no tiles."""
    with serving([str(ROOT / "app.py"), "--port"], areas) as base:
        yield base


@pytest.fixture(scope="session")
def bench(areas: Path) -> Iterator[str]:
    """The bench page: every kind of layer, and texts that attack."""
    with serving([str(ROOT / "tests" / "browser" / "bench_app.py")], areas) as base:
        yield base


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    with visiting(browser, server) as made:
        yield made


@pytest.fixture
def bench_visit(browser: Browser, bench: str) -> Iterator[Visit]:
    with visiting(browser, bench) as made:
        yield made
