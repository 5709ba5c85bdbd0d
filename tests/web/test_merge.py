"""Merging two cases: looked at side by side, everyone informed, undone exactly, never across a seal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from models.following import followers
from models.people import Person
from models.tickets import Follow, Ticket
from tests.web.office import Office
from tests.web.test_case import lines, page, reachable, tell, ticket

FIRST, SECOND, THIRD = ("U" + letter * 32 for letter in "cde")


def two(office: Office) -> tuple[int, int]:
    """Two cases of the same dark lamp, both reporters in LINE; somebody follows the newer one."""
    place: dict[str, Any] = {"moo": 3, "place": "หน้าศาลา", "lat": 14.0208, "lon": 100.525}
    kept = office.case("ไฟหน้าศาลาดับ", **place)
    gone = office.case("ไฟดับหน้าศาลาค่ะ มืดมาก", **place)
    reachable(office, kept, FIRST)
    reachable(office, gone, SECOND)
    with office.database.begin() as session:
        third = Person(line_id=THIRD, name="ลุงชม สมมุติ", created_at=office.now)
        session.add(third)
        session.flush()
        session.add(Follow(ticket_id=gone, person_id=third.id, since=office.now))
    return kept, gone


def test_the_other_case_is_offered_and_shown_beside_it_first(offices: Office) -> None:
    kept, gone = two(offices)
    clerk = offices.sign_in("clerk")
    assert "รวมกับ 1/70" in clerk.get(page(gone)).text
    shown = clerk.post(f"{page(gone)}/merge", into="1/70")
    assert shown.status_code == 200
    assert "ไฟหน้าศาลาดับ" in shown.text
    assert "ไฟดับหน้าศาลาค่ะ มืดมาก" in shown.text
    assert lines(offices, gone) == ["created"]
    assert lines(offices, kept) == ["created"]


def test_everyone_who_told_of_it_follows_the_kept_case_and_is_told(offices: Office) -> None:
    kept, gone = two(offices)
    offices.sign_in("clerk").post(f"{page(gone)}/merge", into="1", sure="y")
    assert ticket(offices, gone).state == "merged"
    assert ticket(offices, gone).merged_into_id == kept
    assert lines(offices, kept)[-1] == "absorbed"
    with offices.database.read() as session:
        assert {p.line_id for p in followers(session, session.get_one(Ticket, kept))} == {SECOND, THIRD}
    assert tell(offices) == []
    offices.later(seconds=61)
    letters = tell(offices)
    assert {letter.chat_key for letter in letters} == {SECOND, THIRD}
    assert all("1/70" in str(letter.messages) for letter in letters)


def test_undo_parts_them_again(office: Office) -> None:
    kept, gone = two(office)
    clerk = office.sign_in("clerk")
    clerk.post(f"{page(gone)}/merge", into="1/70", sure="y")
    clerk.post(f"{page(gone)}/undo")
    assert (ticket(office, gone).state, ticket(office, gone).merged_into_id) == ("new", None)
    with office.database.read() as session:
        assert [f.ticket_id for f in session.scalars(select(Follow))] == [gone]
    office.later(minutes=5)
    assert tell(office) == []
    assert lines(office, kept)[-1] == "absorbed"  # what happened stays written


def test_sensitive_cases_stay_alone(office: Office) -> None:
    secret = office.case(sensitive=True)
    other = office.case()
    office.confide("clerk")
    clerk = office.sign_in("clerk")
    assert clerk.post(f"{page(other)}/merge", into="1/70", sure="y").status_code == 422
    assert clerk.post(f"{page(secret)}/merge", into="2/70", sure="y").status_code == 422


def test_not_with_itself_nor_with_a_closed_one_nor_out_of_sight(office: Office) -> None:
    number = office.case()
    office.case(state="done", closed_at=office.now)
    office.case(department="CLERK")
    head = office.sign_in("head")
    for into in ("1/70", "2/70", "3/70", "nonsense"):
        assert head.post(f"{page(number)}/merge", into=into, sure="y").status_code == 422, into
    assert ticket(office, number).state == "new"


def test_crew_merges_nothing(office: Office) -> None:
    number = office.case()
    office.case()
    assert office.sign_in("crew").post(f"{page(number)}/merge", into="2/70", sure="y").status_code == 403
