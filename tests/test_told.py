"""Who is told of a case when the usual way is closed, and how pauses move its target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.calendar import ZONE
from models.database import Database
from models.outgoing import Outgoing
from models.post import undelivered
from models.tickets import Ticket
from tests.town import Town, town_on


@pytest.fixture
def town(quick_database: Database, tmp_path: Path) -> Iterator[Town]:
    with town_on(quick_database, tmp_path) as made:
        yield made


def test_a_result_for_somebody_who_has_blocked_the_bot_is_listed(town: Town) -> None:
    somsri, ek = town.resident("ป้าสมศรี"), town.staff("ช่างเอก")
    crew = ek.in_group(town.group("กองช่าง", "ENG", ek))
    somsri.says("ไฟหน้าวัดสันทรายดับ").taps("ข้าม").taps("ส่งเรื่อง").sees("1/70")
    town.line.block(somsri.user)
    town.settle()
    crew.taps("เสร็จสิ้น").taps("ไม่มีรูป").says("เปลี่ยนหลอดแล้ว").taps("ส่งและปิดเรื่อง").sees("ปิดเรื่อง 1/70")
    with town.session() as session:
        listed = {(each.kind, each.state) for each in undelivered(session, town.clock())}
    assert ("result", "failed") in listed


def test_an_urgent_case_reaches_staff_who_have_no_group(town: Town) -> None:
    somsri, ek = town.resident("ป้าสมศรี"), town.staff("ช่างเอก")
    somsri.says("หลุมใหญ่บนถนนหน้าวัดสันทราย").taps("ข้าม").taps("ส่งเรื่อง").sees("1/70")
    ek.looks().hears_nothing()
    somsri.says("สายไฟขาดห้อยลงถนนหน้าตลาดสดเทศบาล").sees("ด่วน").taps("ข้าม").taps("ส่งเรื่อง").sees("2/70")
    ek.sees("เรื่องด่วน", "2/70")
    with town.session() as session:
        sent = session.scalars(select(Outgoing.kind).where(Outgoing.chat_key == ek.user.id, Outgoing.via == "push"))
        assert "case_urgent_staff" in sent.all()


@pytest.mark.parametrize(
    ("pause", "later"),
    [(timedelta(seconds=2), 0), (timedelta(hours=5), 0), (timedelta(days=1), 1), (timedelta(days=9, hours=20), 10)],
)
def test_each_day_that_ended_in_a_pause_moves_the_target_by_one(pause: timedelta, later: int) -> None:
    due = datetime(2026, 11, 25, 23, 59, 59, tzinfo=ZONE)
    begun = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    ticket = Ticket(state="taken", due_at=due)
    ticket.move("waiting", "waiting", begun, data={"reason": "parts"})
    ticket.move("taken", "resumed", begun + pause)
    assert ticket.due_at == due + timedelta(days=later)
