"""Invented proposals for the demo: a dozen at every stage, a group that owns one, and a ประชาคม that heard some.

Everything here is made up. Dates are counted back from now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.money import to_satang
from models import deciding, meeting_rules
from models.groups import Group, Member
from models.meetings import Meeting
from models.people import Person
from models.proposals import Proposal, Step
from models.proposing import Idea, propose
from models.staff import Staff
from models.supporting import add_support, reach
from models.town import Department, put_setting
from nlp.search import search_text

#: Supporters that a proposal of the invented town needs, so that some have enough.
THRESHOLD = 8
#: More neighbours than those who report: somebody must support.
HANDS = 14


@dataclass(frozen=True)
class Wish:
    """One invented proposal: what, why, for whom, where, how old in days, how many support it, how far it has come.

    `stage`: review, open, reached (by its supporters), answered, meeting, refused. `note` is the answer or the reason.
    """

    title: str
    why: str
    reach: str
    topic: str
    moo: int | None
    place: str
    age: float
    supports: int = 0
    stage: str = "open"
    note: str = ""
    cost: str = ""


WISHES = (
    Wish(
        "ทำรางระบายน้ำซอยดอนกลาง 3",
        "ฝนตกน้ำขังหน้าบ้านทุกครั้ง",
        "some",
        "roads",
        2,
        "ซอยดอนกลาง 3",
        46,
        11,
        "answered",
        "สำรวจแล้วทำได้ ยาว 180 เมตร",
        "313,700",
    ),
    Wish("ติดไฟโซลาร์เซลล์ทางไปโรงเรียน", "เด็กเดินกลับบ้านตอนมืด", "village", "safety", 3, "หน้าโรงเรียนบ้านทุ่ง", 38, 9, "reached"),
    Wish(
        "สร้างลานกีฬาที่ว่างข้างศาลา",
        "เด็กและผู้สูงอายุไม่มีที่ออกกำลังกาย",
        "village",
        "health",
        4,
        "ข้างศาลาหมู่ 4",
        35,
        12,
        "meeting",
        "ที่สาธารณะ ทำได้",
        "480,000",
    ),
    Wish(
        "ขุดลอกคลองใหญ่ช่วงสะพาน",
        "ผักตบชวาเต็มคลอง น้ำไหลไม่ทันหน้าฝน",
        "town",
        "roads",
        7,
        "คลองใหญ่ช่วงสะพาน",
        33,
        10,
        "meeting",
        "ประสานเครื่องจักรแล้ว",
        "250,000",
    ),
    Wish("อบรมแปรรูปกล้วยให้กลุ่มแม่บ้าน", "มีรายได้เสริมหลังเก็บเกี่ยว", "some", "income", 6, "", 28, 5),
    Wish(
        "ทำทางเท้าหน้าตลาดสดให้รถเข็นผ่านได้", "ผู้สูงอายุและคนพิการต้องลงไปเดินบนถนน", "town", "roads", 1, "หน้าตลาดสดเทศบาล", 24, 6
    ),
    Wish("ตั้งธนาคารขยะทุกหมู่บ้าน", "ขยะรีไซเคิลปนกับขยะทั่วไป", "town", "environment", None, "", 21, 4),
    Wish("เปิดศูนย์เด็กเล็กถึงห้าโมงครึ่ง", "พ่อแม่เลิกงานไม่ทันรับ", "village", "education", 3, "", 19, 3),
    Wish("ปลูกต้นไม้ให้ร่มริมถนนสายวัด", "ถนนร้อนมากตอนกลางวัน", "village", "environment", 5, "ถนนหน้าวัดกลางทุ่ง", 12, 2),
    Wish(
        "ทำถนนเข้าที่ดินหลังโรงสี",
        "รถเกี่ยวข้าวเข้าไม่ได้",
        "few",
        "roads",
        6,
        "หลังโรงสี",
        30,
        1,
        "refused",
        "ที่ดินเป็นของเอกชน จึงใช้งบประมาณของท้องถิ่นทำไม่ได้",
    ),
    Wish(
        "ติดกระจกโค้งสามแยกดอนกลาง", "มองไม่เห็นรถอีกฝั่ง เกือบชนหลายครั้ง", "some", "safety", 2, "สามแยกดอนกลาง", 2, 0, "review"
    ),
    Wish("ซ่อมศาลาริมคลองเป็นที่อ่านหนังสือ", "เด็กจะได้มีที่ทำการบ้าน", "village", "education", 6, "ศาลาริมคลอง", 0.5, 0, "review"),
)


def fill_proposals(session: Session, now: datetime) -> None:
    """Make them all, with a group, a ประชาคม and everything told already."""
    put_setting(session, "proposals.threshold", THRESHOLD)
    staff = session.scalars(select(Staff).where(Staff.role == "clerk").order_by(Staff.id)).first()
    if staff is None:
        raise LookupError("the invented town has no clerk")
    known = list(session.scalars(select(Person).order_by(Person.id)))
    more = [Person(name=f"เพื่อนบ้าน {n}", moo=n % 7 + 1, created_at=now - timedelta(days=80)) for n in range(HANDS)]
    session.add_all(more)
    session.flush()
    group = _group(session, known[:3], now)
    made = [_make(session, wish, (known + more)[at % 8], staff, now) for at, wish in enumerate(WISHES)]
    made[2].group = group
    for wish, proposal in zip(WISHES, made, strict=True):
        _back(session, proposal, wish, more, now)
        _decide(session, proposal, wish, staff, now)
    _meet(session, [p for w, p in zip(WISHES, made, strict=True) if w.stage == "meeting"], staff, now)
    session.flush()
    for step in session.scalars(select(Step)):
        step.told_at, step.tell_after, step.before = step.at, None, {}


def _group(session: Session, members: Sequence[Person], now: datetime) -> Group:
    group = Group(name="ประชาคมบ้านหนองแวง", kind="village", moo=4, created_at=now - timedelta(days=60))
    session.add(group)
    session.flush()
    session.add_all(Member(group_id=group.id, person_id=p.id, since=group.created_at) for p in members)
    return group


def _make(session: Session, wish: Wish, proposer: Person, staff: Staff, now: datetime) -> Proposal:
    at = now - timedelta(days=wish.age)
    place = {"text": wish.place, "moo": wish.moo}
    idea = Idea(title=wish.title, why=wish.why, reach=wish.reach, topic=wish.topic, place=place)
    proposal = propose(session, idea, at, column=search_text, proposer=proposer)
    if wish.stage != "review":
        deciding.open_up(session, proposal, staff, at + (now - at) * 0.1)
    return proposal


def _back(session: Session, proposal: Proposal, wish: Wish, people: Sequence[Person], now: datetime) -> None:
    at = now - timedelta(days=wish.age * 0.6)
    for person in people[: wish.supports]:
        add_support(session, proposal, person, at)
    reach(session, proposal, at)


def _decide(session: Session, proposal: Proposal, wish: Wish, staff: Staff, now: datetime) -> None:
    at = now - timedelta(days=wish.age * 0.4)
    if wish.stage == "refused":
        deciding.refuse(proposal, staff, at, wish.note)
    elif wish.stage in ("answered", "meeting"):
        proposal.department = session.scalars(select(Department).where(Department.code == "ENG")).one()
        deciding.answer(proposal, staff, at, wish.note, to_satang(wish.cost))


def _meet(session: Session, heard: Sequence[Proposal], staff: Staff, now: datetime) -> None:
    day = now + timedelta(days=9)
    meeting = Meeting(
        title="ประชาคมท้องถิ่นระดับตำบล ครั้งที่ 1",
        held_on=day.date(),
        starts="09.30",
        place="ศาลาหมู่ 4",
        attendance={},
        created_at=now - timedelta(days=5),
    )
    session.add(meeting)
    session.flush()
    for proposal in heard:
        meeting_rules.put_on_list(session, proposal, meeting, staff, now - timedelta(days=4))
