"""The console in headless Chromium: a served office, pages signed in, and axe-core looking for barriers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from models.database import Database
from tests.web.office import Office
from web.cookies import LANGUAGE

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
#: What WCAG 2.2 AA asks for, and axe's own best practices.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, OLD_PC, PHONE = (1440, 900), (1366, 768), (390, 844)


@contextmanager
def served(database: Database, **given: Any) -> Iterator[Office]:
    """A running console on loopback; `office.settings.public_url` is its address (localhost: passkeys want a name)."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    office = Office(database, public_url=f"http://localhost:{port}", map_tiles_url="", **given)
    server = make_server("127.0.0.1", port, office.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Window:
    """A window of the browser; `faults` collects what the page complains of, the CSP's refusals too."""

    def __init__(
        self, chrome: Browser, office: Office, role: str | None = None, size: tuple[int, int] = DESKTOP
    ) -> None:
        """Signed in as staff of this role; None: as nobody."""
        self.office = office
        self.context = chrome.new_context(viewport={"width": size[0], "height": size[1]}, locale="th-TH")
        if role is not None:
            cookie = office.sign_in(role).client.get_cookie(office.cookie)
            assert cookie is not None
            self.context.add_cookies(
                [{"name": office.cookie, "value": cookie.value, "url": office.settings.public_url}]
            )
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)

    def speak(self, language: str) -> None:
        """Choose the language as the switch does."""
        self.context.add_cookies([{"name": LANGUAGE, "value": language, "url": self.office.settings.public_url}])

    def open(self, path: str) -> Page:
        """Go to a page of the console."""
        self.page.goto(self.office.settings.public_url + path)
        return self.page

    def close(self) -> None:
        """Close it, and insist that nothing was complained of."""
        self.context.close()
        assert self.faults == [], self.faults


def axe(page: Page) -> None:
    """No barrier that axe-core finds, and no sideways scrolling of the whole page."""
    if not AXE.is_file():
        pytest.fail("axe-core is not installed: run make setup")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    told = [
        f"{v['id']}: {v['help']}\n    " + "\n    ".join(n["html"][:200] for n in v["nodes"])
        for v in found["violations"]
    ]
    assert told == [], page.url + "\n" + "\n".join(told)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"{page.url} is {wide} wide in a window of {window}"
