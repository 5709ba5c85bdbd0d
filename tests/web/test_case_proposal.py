"""A wish told at the counter becomes a proposal by one press: once, with its files; its reporter hears the number."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from models.database import Database
from models.proposals import Proposal
from models.tickets import Entry, Ticket
from tests.web.office import Office
from tests.web.test_media import photo, send

WORDS = "อยากให้ทำลานกีฬาในหมู่ 3 ตรงที่ว่างข้างศาลา"


@pytest.fixture
def office(quick_database: Database, tmp_path: Path) -> Office:
    """An office that keeps files."""
    return Office(quick_database, data_dir=tmp_path)


def filed(office: Office, kind: str = "proposal") -> int:
    """A case entered at the counter; its id."""
    office.sign_in("clerk").post("/console/intake/", channel="letter", words=WORDS, kind=kind)
    with office.database.read() as session:
        return session.scalars(select(Ticket.id).order_by(Ticket.id.desc())).first() or 0


def test_one_press_makes_it_a_proposal_and_ends_the_case(offices: Office) -> None:
    number, clerk = filed(offices), offices.sign_in("clerk")
    assert "ทำเป็นข้อเสนอโครงการ" in clerk.get(f"/console/cases/{number}").text
    assert clerk.post(f"/console/cases/{number}/propose").location.endswith("/console/proposals/1")
    with offices.database.read() as session:
        made, case = session.scalars(select(Proposal)).one(), session.get_one(Ticket, number)
        assert (made.title, made.state, made.channel, made.received_at) == (WORDS, "review", "paper", case.received_at)
        assert case.state == "done"
        last = session.scalars(select(Entry).where(Entry.ticket_id == number).order_by(Entry.id.desc())).first()
        assert last is not None
        assert made.name in last.words
    assert clerk.post(f"/console/cases/{number}/propose").status_code == 422


def test_opened_again_it_is_the_same_proposal_with_its_photos(office: Office) -> None:
    number, clerk = filed(office), office.sign_in("clerk")
    assert send(clerk, f"/console/cases/{number}/photos", (photo(), "ที่ว่าง.jpg")).status_code == 303
    clerk.post(f"/console/cases/{number}/propose")
    clerk.post(f"/console/cases/{number}/reopen", words="ผู้แจ้งเพิ่มข้อมูล")
    clerk.post(f"/console/cases/{number}/propose")
    with office.database.read() as session:
        assert [p.id for p in session.scalars(select(Proposal))] == [1]
    assert "/console/proposals/1/photo/1" in clerk.get("/console/proposals/1").text


def test_a_complaint_becomes_none_and_a_crew_decides_nothing(office: Office) -> None:
    complaint, wish = filed(office, "complaint"), filed(office)
    clerk = office.sign_in("clerk")
    assert "ทำเป็นข้อเสนอโครงการ" not in clerk.get(f"/console/cases/{complaint}").text
    assert clerk.post(f"/console/cases/{complaint}/propose").status_code == 422
    assert office.sign_in("crew").post(f"/console/cases/{wish}/propose").status_code in (403, 404)
    with office.database.read() as session:
        assert session.scalars(select(Proposal)).all() == []
