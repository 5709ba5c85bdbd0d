"""Fixtures of the console's tests. `office` runs a test on SQLite; `offices` on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from models.database import Database
from tests.browser import browser
from tests.web.office import Office


@pytest.fixture
def office(quick_database: Database) -> Office:
    """The console of an invented municipality."""
    return Office(quick_database)


@pytest.fixture
def offices(database: Database) -> Office:
    """The same, once per kind of database."""
    return Office(database)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Headless Chromium."""
    with browser() as running:
        yield running
