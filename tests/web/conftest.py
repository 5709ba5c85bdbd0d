"""Fixtures of the console's tests. `office` runs a test on SQLite; `offices` on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from models.database import Database
from tests.web.office import Office


@pytest.fixture
def office(quick_database: Database) -> Office:
    """The console of an invented municipality."""
    return Office(quick_database)


@pytest.fixture
def offices(database: Database) -> Office:
    """The same, once per kind of database."""
    return Office(database)
