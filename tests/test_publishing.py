"""What everybody may see of cases: only what staff approved, as coarse as promised, and gone the moment it must be."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.seed import seed
from models import freshness, publishing, small_cells
from models.database import Database
from models.files import File
from models.people import Person
from models.publications import Publication
from models.tickets import STATES, Ticket
from models.town import Category, Department, put_setting

HOUSE = Path(__file__).parent.parent
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SECRET = "คำของผู้แจ้งที่ไม่มีใครควรเห็น"


@pytest.fixture
def town(database: Database) -> Database:
    with database.begin() as session:
        seed(session)
        session.add(Person(id=1, name="ยายคำ สมมุติ", created_at=NOW))
    return database


def case(town: Database, number: int, *, shown: bool | None = True, **given: Any) -> str:
    """A case; its public name. `shown` None: staff have not decided yet."""
    values: dict[str, Any] = {
        "kind": "complaint",
        "category": "streetlight",
        "state": "taken",
        "received_at": NOW - timedelta(days=3),
        "answer_by": NOW + timedelta(days=12),
        "lat": 14.020849,
        "lon": 100.525049,
        "moo": 5,
    } | given
    with town.begin() as session:
        department = session.query(Department).filter_by(code="ENG").one()
        ticket = Ticket(
            fiscal_year=2570, number=number, text=SECRET, place=SECRET, reporter_id=1, department=department, **values
        )
        session.add(ticket)
        session.flush()
        if shown is None:
            return ""
        row = Publication(ticket_id=ticket.id, shown=shown, title=f"ไฟดับ {number}", decided_at=NOW, moo=values["moo"])
        row.lat, row.lon = publishing.coarse(values["lat"]), publishing.coarse(values["lon"])
        session.add(row)
        session.flush()
        return row.code


def codes(town: Database) -> set[str]:
    with town.read() as session:
        return {each.code for each in publishing.public_cases(session)}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", ["complaint", "question", "message"])
def test_only_approved_matters_of_the_town_are_public(town: Database, state: str, kind: str) -> None:
    closed = NOW if state in ("done", "refused", "withdrawn", "merged") else None
    code = case(town, 1, kind=kind, state=state, closed_at=closed)
    public = kind == "complaint" and state not in ("withdrawn", "merged")
    assert codes(town) == ({code} if public else set())
    with town.read() as session:
        assert (publishing.public_case(session, code) is not None) == public
        assert (publishing.standing(session, 2570, 1) is not None) == public
        ticket = session.query(Ticket).one()
        assert publishing.publishable(ticket) == public


@pytest.mark.parametrize("given", [{"shown": None}, {"shown": False}, {"sensitive": True}], ids=str)
def test_what_is_not_approved_does_not_exist(town: Database, given: dict[str, Any]) -> None:
    code = case(town, 7, **given)
    assert codes(town) == set()
    with town.read() as session:
        assert publishing.public_case(session, code) is None
        assert publishing.standing(session, 2570, 7) is None
        assert publishing.standing(session, 2570, 8) is None  # and looks the same as a number that there is not


def test_nothing_of_what_the_reporter_wrote_comes_out(town: Database) -> None:
    code = case(town, 1)
    with town.read() as session:
        found = publishing.public_case(session, code)
    assert found is not None
    assert SECRET not in repr(found)
    assert "ยายคำ" not in repr(found)
    assert (found.lat, found.lon) == (14.021, 100.525)
    assert (found.state, found.received.isoformat(), found.days) == ("going", "2026-11-17", None)


def test_places_of_kinds_that_lead_to_a_door_are_withheld(town: Database) -> None:
    code = case(town, 1, category="welfare")
    with town.read() as session:
        found = publishing.public_case(session, code)
        assert found is not None
        assert (found.lat, found.lon, found.moo, found.place) == (None, None, None, "")
    with town.begin() as session:
        put_setting(session, "public.withheld", [])
    with town.read() as session:
        told = publishing.public_case(session, code)
        assert told is not None
        assert told.moo == 5


def test_photos_are_covered_copies_only(town: Database) -> None:
    code = case(town, 1)
    with town.begin() as session:
        for number, more in enumerate(({}, {"copy_of_id": 1, "approved": True}, {"copy_of_id": 1})):
            token = f"{number}" * 32
            row = File(token=token, message_id=token, chat_key="U", ticket_id=1, kind="image", created_at=NOW, **more)
            row.state, row.sha256 = "stored", "0" * 64
            session.add(row)
            session.flush()
    with town.read() as session:
        photos = publishing.public_photos(session, [code])[code]
        assert [photo.token[0] for photo in photos] == ["1"]
        assert publishing.photo_of(session, code, "1" * 32)
        assert not publishing.photo_of(session, code, "0" * 32)


# -- freshness ---------------------------------------------------------------------------------------------------------


def stamps(town: Database) -> dict[str, int]:
    with town.read() as session:
        return freshness.stamps(session)


def test_every_change_of_something_public_is_counted_with_its_commit(town: Database) -> None:
    case(town, 1)
    before = stamps(town)
    with town.begin() as session:
        session.query(Ticket).one().state = "waiting"
    assert stamps(town)["cases"] == before["cases"] + 1
    assert stamps(town)["withdrawn"] == before["withdrawn"]
    with town.begin() as session:
        session.query(Ticket).one().sensitive = True
    assert stamps(town)["withdrawn"] == before["withdrawn"] + 1


def test_what_is_not_public_leaves_no_trace(town: Database) -> None:
    before = stamps(town)
    case(town, 1, shown=None)
    with town.begin() as session:
        session.query(Ticket).one().state = "done"
    assert stamps(town) == before


def test_what_is_rolled_back_was_no_change(town: Database) -> None:
    case(town, 1)
    before = stamps(town)
    with suppress(RuntimeError), town.begin() as session:
        session.query(Ticket).one().state = "done"
        session.flush()
        raise RuntimeError
    assert stamps(town) == before


def test_statements_over_many_rows_are_counted_too(town: Database) -> None:
    case(town, 1)
    before = stamps(town)
    with town.begin() as session:
        session.execute(update(Category).where(Category.code == "road").values(name="ถนน"))
        session.execute(update(Ticket).values(moo=3))
    after = stamps(town)
    assert after["town"] > before["town"]
    assert after["cases"] > before["cases"]


# -- small cells -------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40), max_size=12))
def test_nothing_small_follows_from_the_rest(cells: dict[int, int]) -> None:
    told = small_cells.told(cells)
    assert all(number is None or number == 0 or number >= small_cells.LEAST for number in told.values())
    away = [key for key, number in told.items() if number is None]
    if away and small_cells.total_told(cells):
        rest = sum(cells.values()) - sum(number for number in told.values() if number is not None)
        assert len(away) > 1
        assert rest >= small_cells.LEAST


def test_a_cell_that_follows_by_subtraction_is_hidden_with_its_neighbour() -> None:
    assert small_cells.told({"a": 2, "b": 7, "c": 90}) == {"a": None, "b": None, "c": 90}
    assert small_cells.told({"a": 0, "b": 7}) == {"a": 0, "b": 7}
    assert not small_cells.total_told({"a": 2})


def test_a_process_that_knows_only_the_database_counts_too(quick_database: Database) -> None:
    """As a command does (songsiang town set): nothing of the site is imported there."""
    before = stamps(quick_database)["town"]
    code = (
        "import sys; from models.database import Database; from models.town import put_setting\n"
        "with Database(sys.argv[1]).begin() as s: put_setting(s, 'town.name', 'เมืองใหม่')"
    )
    subprocess.run([sys.executable, "-c", code, str(quick_database.engine.url)], check=True, cwd=HOUSE)
    assert stamps(quick_database)["town"] == before + 1
