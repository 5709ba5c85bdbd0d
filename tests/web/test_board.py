"""The board: columns with their counts, and moves that overwrite nobody's."""

from __future__ import annotations

import re
from datetime import timedelta

from werkzeug.test import TestResponse

from models.tickets import Ticket
from tests.web.listing import LIST, ago, filed, key_of
from tests.web.office import START, Office

BOARD = LIST + "board"


def lanes(page: TestResponse) -> dict[str, tuple[str, list[str]]]:
    """Count and numbers of each column."""
    assert page.status_code == 200
    found = re.findall(r'<section class="lane (\w+)"(.*?)</section>', page.text, re.DOTALL)
    shown = {}
    for state, body in found:
        count = re.search(r'class="count">([^<]+)<', body)
        assert count is not None
        shown[state] = (count[1], re.findall(r"<strong>(\d+/\d+)<", body))
    return shown


def test_cases_stand_in_the_column_of_their_state(offices: Office) -> None:
    new = [filed(offices, f"ใหม่ {n}", **ago(n)) for n in range(9)]
    waiting = filed(offices, "รออะไหล่", state="waiting", pause_reason="parts", paused_at=START)
    done = filed(offices, "เสร็จ", state="done", closed_at=START - timedelta(days=2))
    filed(offices, "เสร็จนานแล้ว", state="done", closed_at=START - timedelta(days=40))
    filed(offices, "ถอน", state="withdrawn", closed_at=START)
    shown = lanes(offices.sign_in("clerk").get(BOARD))
    assert shown["new"] == ("9", new[:6])
    assert shown["waiting"] == ("1", [waiting])
    assert shown["done"] == ("1", [done])
    assert shown["taken"] == ("0", [])
    assert "ดูอีก 3 เรื่อง" in offices.sign_in("clerk").get(BOARD).text


def test_filters_narrow_all_columns(office: Office) -> None:
    filed(office, "ไฟ", moo=1)
    three = filed(office, "น้ำ", moo=3, state="taken")
    shown = lanes(office.sign_in("clerk").get(BOARD + "?moo=3"))
    assert shown["new"] == ("0", [])
    assert shown["taken"] == ("1", [three])


def test_a_case_is_taken_and_gone_on_with_by_a_button(office: Office) -> None:
    number = filed(office, "ไฟดับ")
    crew = office.sign_in("crew")

    def press(do: str) -> str:
        body = crew.get(BOARD).text
        key = key_of(office, number)
        seen = re.search(rf'board/{key}".*?name="seen" value="([^"]+)"', body, re.DOTALL)
        page = crew.post(f"{BOARD}/{key}", do=do, seen=seen[1] if seen else "", moo="", state="open")
        assert page.headers["Location"].startswith("/console/cases/board")
        return crew.get(page.headers["Location"]).text

    assert f"รับเรื่อง {number} แล้ว" in press("take")
    with office.database.begin() as session:
        ticket = session.get_one(Ticket, key_of(office, number))
        assert (ticket.state, ticket.owner_id) == ("taken", office.staff("crew").id)
        ticket.move("waiting", "waiting", office.now, data={"reason": "parts"})
    assert f"เรื่อง {number} ทำต่อแล้ว" in press("resume")


def test_the_second_who_presses_is_told_and_changes_nothing(office: Office) -> None:
    number = filed(office, "ไฟดับ")
    key = key_of(office, number)
    crew, head = office.sign_in("crew"), office.sign_in("head")
    seen = re.search(r'name="seen" value="([^"]+)"', head.get(BOARD).text)
    assert seen is not None
    crew.post(f"{BOARD}/{key}", do="take", seen=seen[1])
    page = head.post(f"{BOARD}/{key}", do="take", seen=seen[1])
    assert "มีคนทำไปก่อนแล้ว" in head.get(page.headers["Location"]).text
    with office.database.read() as session:
        assert session.get_one(Ticket, key).owner_id == office.staff("crew").id


def test_watchers_and_other_departments_move_nothing(office: Office) -> None:
    number = filed(office, "กองอื่น", department="HEALTH")
    key = key_of(office, number)
    assert office.sign_in("crew").post(f"{BOARD}/{key}", do="take").status_code == 404
    auditor = office.sign_in("auditor")
    assert number in auditor.get(BOARD).text
    assert 'name="do"' not in auditor.get(BOARD).text
    assert auditor.post(f"{BOARD}/{key}", do="take").status_code == 403
