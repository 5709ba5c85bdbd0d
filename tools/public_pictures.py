"""Draws docs/images/public.png: the invented town's public site on a telephone, pages side by side.

`python -m tools.public_pictures` needs Chromium.
"""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from PIL import Image

from bot import invented
from bot.bucket import store_of
from bot.invented_site import fill_site
from bot.open_data import OpenData
from bot.release import release
from models.database import Database
from tests.browser import browser
from tests.web.browsing import served
from tests.web.office import Browser as Reader

TARGET = Path(__file__).parents[1] / "docs" / "images" / "public.png"
SIZE, SPACE = (360, 760), 12


def main() -> None:
    """Fill a town, open its pages, put them beside each other."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/town.db")
        release(database)
        with served(database, data_dir=Path(folder)) as town:
            store = store_of(town.settings)
            with database.begin() as session:
                invented.fill(session, town.now)
                fill_site(session, store, town.now)
            OpenData(database, store, town.settings.public_url, lambda: town.now).work()
            found = re.search(r'src="/cases/([a-z0-9]{9})/', Reader(town).get("/cases?state=done").text)
            paths = ["/", f"/cases/{found[1]}" if found else "/cases", "/cases/map", "/open-data/cases"]
            shots = _shots(town.settings.public_url, paths)
        database.dispose()
    wide = len(shots) * (SIZE[0] + SPACE) - SPACE
    sheet = Image.new("RGB", (wide, SIZE[1]), "white")
    for place, shot in enumerate(shots):
        sheet.paste(shot, (place * (SIZE[0] + SPACE), 0))
    sheet.quantize(128).save(TARGET, optimize=True)


def _shots(base: str, paths: list[str]) -> list[Image.Image]:
    with browser() as chrome:
        page = chrome.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="th-TH").new_page()
        shots = []
        for path in paths:
            page.goto(base + path, wait_until="networkidle")
            shots.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        return shots


if __name__ == "__main__":
    main()
