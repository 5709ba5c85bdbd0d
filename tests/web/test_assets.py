"""Promises of /assets/: kept for ever under a hash, nothing but what is meant to be served, and pages without npm."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import ROOT
from tests.web.office import Browser, Office
from web.assets import SERVED, Assets, find_modules


def test_own_files_are_kept_for_ever_under_their_hash(office: Office) -> None:
    address = Assets(None).address("own/console.css")
    assert address
    page = Browser(office).get(address)
    assert (page.status_code, page.mimetype) == (200, "text/css")
    assert "immutable" in page.headers["Cache-Control"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_an_old_address_is_served_but_not_kept(office: Office) -> None:
    page = Browser(office).get("/assets/000000000000/own/console.css")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "name",
    [
        "own/../console.py",
        "own/%2e%2e/console.py",
        "own/..%2fconsole.py",
        "own/nothing.css",
        "own//etc/passwd",
        "htmx.org/package.json",
        "htmx.org/dist/../package.json",
        "axe-core/axe.min.js",
        "@fontsource/sarabun/LICENSE",
        "left-pad/index.js",
    ],
)
def test_nothing_else_is_served(office: Office, name: str) -> None:
    assert Browser(office).get(f"/assets/0/{name}").status_code == 404


@pytest.mark.skipif(find_modules(ROOT) is None, reason="npm packages are not installed (make setup)")
@pytest.mark.parametrize("package", SERVED)
def test_every_package_serves_something(office: Office, package: str) -> None:
    assets = Assets(find_modules(ROOT))
    modules = find_modules(ROOT)
    assert modules
    files = [p.relative_to(modules / package).as_posix() for p in (modules / package).rglob("*") if p.is_file()]
    served = [name for name in files if assets.file(package, name)]
    assert served
    address = assets.address(f"{package}/{served[0]}")
    assert address
    assert Browser(office).get(address).status_code == 200


def test_without_npm_pages_name_nothing_that_is_missing(tmp_path: Path) -> None:
    assets = Assets(None)
    assert assets.address("htmx.org/dist/htmx.min.js") is None
    assert Assets(tmp_path).address("leaflet/dist/leaflet.js") is None
