"""Fixtures of the console's tests. `office` runs a test on SQLite; `offices` on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from models.database import Database
from tests.browser import browser
from tests.web.office import Office


@pytest.fixture
def office(quick_database: Database, tmp_path: Path) -> Office:
    """The console of an invented municipality."""
    return Office(quick_database, data_dir=tmp_path)


@pytest.fixture
def offices(database: Database, tmp_path: Path) -> Office:
    """The same, once per kind of database."""
    return Office(database, data_dir=tmp_path)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Headless Chromium."""
    with browser() as running:
        yield running
