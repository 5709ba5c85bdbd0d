"""Takes the console's pictures for README and docs/staff.md: `python -m tools.console_pictures` fills docs/images.

The real pages over the invented town, in Chromium; colours are reduced so that the files stay small.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from bot import invented
from bot.release import release
from models.database import Database
from models.helpers import Helper
from models.tickets import Ticket
from tests.browser import browser
from tests.web.browsing import PHONE, Window, served

FOLDER = Path(__file__).parent.parent / "docs" / "images"
SIZE = (1280, 800)
#: Name of the picture, and the page that it shows; {case} is one with a photo's worth of history.
PAGES = {
    "console-work": "work",
    "console-list": "?state=open",
    "console-case": "{case}",
    "console-intake": "../intake/",
    "console-overview": "../overview/",
}


def main() -> None:
    """Take them all; the page of a case on a telephone, too."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/town.db")
        release(database)
        with served(database, data_dir=Path(folder)) as office, browser() as chrome:
            with database.begin() as session:
                invented.fill(session, office.now)
                session.add(Helper(name="ผู้ใหญ่แดง", office="headman", moo=3, created_at=office.now))
                found = select(Ticket).where(
                    Ticket.state == "taken", Ticket.sensitive.is_(False), Ticket.lat.is_not(None)
                )
                ticket = session.scalars(found.order_by(Ticket.id.desc())).first()
                assert ticket is not None
                ticket.on_behalf, number = "headman", ticket.id
            window = Window(chrome, office, "admin", SIZE)
            for name, path in PAGES.items():
                window.open("/console/cases/" + path.format(case=number))
                _take(window, name)
            window.close()
            small = Window(chrome, office, "head", PHONE)
            small.open(f"/console/cases/{number}")
            _take(small, "console-phone")
            small.close()
        database.dispose()


def _take(window: Window, name: str) -> None:
    window.page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(window.page.screenshot())) as picture:
        picture.convert("RGB").quantize(64).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
