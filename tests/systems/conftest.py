"""Fixtures: `office` is the console's office (tests/web/office.py); `system` another system that speaks to it."""

from __future__ import annotations

import pytest

from models.database import Database
from tests.systems.system import System
from tests.web.office import Office


@pytest.fixture
def office(quick_database: Database) -> Office:
    """An invented municipality."""
    return Office(quick_database)


@pytest.fixture
def offices(database: Database) -> Office:
    """The same, once per kind of database."""
    return Office(database)


@pytest.fixture
def system(office: Office) -> System:
    """Another system of the town, with every scope, acting for the clerk."""
    return System(office)


@pytest.fixture
def systems(offices: Office) -> System:
    """The same, once per kind of database."""
    return System(offices)
