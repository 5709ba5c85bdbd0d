"""An invented town for the demo: its villages, people, and a few dozen cases of several ages, so that no page is empty.

Everything here is made up. Dates are counted back from now.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.invented_proposals import fill_proposals
from messages.thai import local
from models import calendar
from models.people import Person
from models.routing import department_for
from models.staff import Staff
from models.tickets import Ticket, fiscal_year_of, next_number
from models.town import Category, Department, KnownPlace, Village, put_setting
from nlp.search import search_text

VILLAGES = {
    1: ("บ้านตลาด", 14.0295, 100.5342),
    2: ("บ้านดอนกลาง", 14.0241, 100.5290),
    3: ("บ้านทุ่งสว่าง", 14.0118, 100.5378),
    4: ("บ้านหนองแวง", 14.0162, 100.5210),
    5: ("บ้านกลางทุ่ง", 14.0208, 100.5250),
    6: ("บ้านริมคลอง", 14.0150, 100.5170),
    7: ("บ้านสะพานไม้", 14.0132, 100.5129),
}
PLACES = (
    ("วัดกลางทุ่ง", ("วัด",), 5, 14.0208, 100.5250),
    ("ตลาดสดเทศบาล", ("ตลาดสด", "ตลาด"), 1, 14.0295, 100.5342),
    ("โรงเรียนบ้านทุ่ง", ("โรงเรียน",), 3, 14.0118, 100.5378),
    ("สะพานคลองใหญ่", ("สะพาน",), 7, 14.0132, 100.5129),
    ("ศาลาหมู่ 4", ("ศาลากลางบ้าน",), 4, 14.0162, 100.5210),
)
SETTINGS: dict[str, Any] = {
    "town.name": "เทศบาลตำบลทุ่งสมมุติ",
    "town.phone": "02-000-0123",
    "town.rescue_phone": "02-000-0199",
    "town.lat": 14.0208,
    "town.lon": 100.5250,
    "bot.name": "น้องส่งเสียง",
}
NEIGHBOURS = ("ยายนวล", "ลุงชม", "ป้าแต๋ว", "พี่ต้น", "น้าอ้อย", "ครูแจ่ม", "ตาผล", "พี่หนิง")
CREWS = (("สมชาย ใจเย็น", "ENG"), ("มาลี ช่างคิด", "HEALTH"), ("วันดี ตั้งใจ", "CLERK"), ("อรุณ พร้อมช่วย", "DISASTER"))


@dataclass(frozen=True)
class Story:
    """One invented case: what, where, how old in days, and how it stands now."""

    category: str
    words: str
    moo: int
    place: str
    age: float
    state: str
    note: str = ""
    rating: int | None = None
    kind: str = "complaint"


STORIES = (
    Story("streetlight", "ไฟทางหน้าโรงเรียนดับ 2 ดวง ตอนเย็นเด็กเดินกลับมืดมาก", 3, "หน้าโรงเรียนบ้านทุ่ง", 0.2, "new"),
    Story("waste", "รถขยะไม่มาเก็บสามวันแล้ว ถังล้นหมดแล้วค่ะ", 1, "ซอยข้างตลาดสด", 0.4, "new"),
    Story("water_supply", "น้ำไหลอ่อนมากช่วงเย็น ชั้นสองไม่ไหลเลย", 6, "บ้านริมคลอง ซอย 2", 0.8, "taken"),
    Story("road", "ถนนเป็นหลุมลึก รถมอเตอร์ไซค์ล้มมาแล้ว", 7, "ก่อนถึงสะพานคลองใหญ่", 1.5, "taken"),
    Story("drain", "ท่อระบายน้ำอุดตัน ฝนตกทีน้ำท่วมหน้าบ้าน", 2, "ซอยดอนกลาง 3", 2.1, "asking", "ท่อช่วงหน้าบ้านเลขคู่หรือเลขคี่คะ"),
    Story("tree", "กิ่งไม้ใหญ่พาดสายไฟ กลัวหักลงมา", 5, "ข้างวัดกลางทุ่ง", 2.6, "outside", "แจ้งการไฟฟ้าแล้ว"),
    Story("stray_animal", "หมาจรจัดฝูงใหญ่ไล่กัดคนปั่นจักรยาน", 1, "หลังตลาดสด", 3.2, "taken"),
    Story("noise", "ร้านคาราโอเกะเปิดเพลงดังถึงตีสองทุกคืน", 2, "ปากซอยดอนกลาง 1", 4.4, "taken"),
    Story("streetlight", "เสาไฟต้นที่สามกะพริบทั้งคืน", 5, "หน้าวัดกลางทุ่ง", 5.3, "done", "เปลี่ยนบัลลาสต์แล้ว", 5),
    Story("wastewater", "น้ำเสียจากร้านซักรีดไหลลงคลอง กลิ่นแรงมาก", 6, "ริมคลองใหญ่", 6.1, "waiting"),
    Story("road", "ขอบถนนทรุด ช่วงโค้งก่อนถึงศาลา", 4, "ก่อนถึงศาลาหมู่ 4", 7.5, "waiting"),
    Story("air", "มีคนเผาขยะทุกเย็น ควันเข้าบ้าน คนแก่หอบ", 4, "หลังศาลาหมู่ 4", 8.0, "done", "ตักเตือนและทำบันทึกแล้ว", 3),
    Story("question", "ต่อใบอนุญาตก่อสร้างใช้เอกสารอะไรบ้าง", 1, "", 8.4, "done", "ใช้แบบ ข.1 พร้อมโฉนด 3 ชุดค่ะ", 4, "question"),
    Story("public_facility", "เครื่องออกกำลังกายในสวนหัก กลัวเด็กเล่นแล้วบาดเจ็บ", 1, "สวนข้างตลาดสด", 9.2, "taken"),
    Story("obstruction", "ร้านค้าวางของเต็มทางเท้า ต้องลงไปเดินบนถนน", 1, "หน้าตลาดสดเทศบาล", 10.6, "taken"),
    Story("culture", "อยากให้จัดถนนคนเดินเดือนละครั้ง จะได้มีที่ขายของ", 1, "", 11.0, "new", kind="suggestion"),
    Story("canal", "ผักตบชวาเต็มคลอง น้ำไม่ไหล", 7, "คลองใหญ่ช่วงสะพาน", 12.3, "taken"),
    Story("streetlight", "ไฟดับทั้งซอย มืดมาก กลัวขโมย", 6, "ซอยริมคลอง 4", 13.1, "done", "เดินสายใหม่ เปลี่ยนหลอด 4 ดวง", 5),
    Story("water_supply", "น้ำประปาขุ่นเป็นสีแดง ซักผ้าไม่ได้", 3, "บ้านทุ่งสว่าง ซอย 1", 14.5, "done", "ล้างท่อเมนแล้ว", 4),
    Story("bridge", "ราวสะพานไม้ผุ เด็กวิ่งผ่านทุกวัน", 7, "สะพานไม้ท้ายหมู่บ้าน", 16.2, "waiting"),
    Story("sign", "กระจกโค้งแตก มองไม่เห็นรถอีกฝั่ง", 2, "สามแยกดอนกลาง", 17.4, "taken"),
    Story("proposal", "อยากได้ลานกีฬากลางหมู่บ้านให้เด็กเล่นตอนเย็น", 3, "ที่ว่างข้างโรงเรียน", 18.0, "taken", kind="proposal"),
    Story("flood", "น้ำท่วมขังหน้าอนามัยทุกครั้งที่ฝนตก", 5, "หน้า รพ.สต.", 19.7, "taken"),
    Story("welfare", "คุณยายอยู่คนเดียว เบี้ยผู้สูงอายุไม่เข้าสองเดือน", 4, "", 20.5, "done", "แก้เลขบัญชีแล้ว เข้างวดหน้า", 5),
    Story("waste", "มีคนแอบทิ้งเศษวัสดุก่อสร้างริมทาง", 4, "ทางเข้าหนองแวง", 22.4, "done", "เก็บขนแล้ว ติดป้ายห้ามทิ้ง", 4),
    Story("streetlight", "ไฟหน้าศาลาดับ", 4, "ศาลาหมู่ 4", 24.0, "done", "เปลี่ยนหลอดแล้ว", 5),
    Story("power_outage", "ไฟฟ้าดับทั้งหมู่บ้านบ่อยมาก", 7, "บ้านสะพานไม้", 26.3, "outside", "ส่งเรื่องถึงการไฟฟ้าส่วนภูมิภาคแล้ว"),
    Story("road", "ถนนลูกรังเป็นโคลน รถรับส่งนักเรียนเข้าไม่ได้", 6, "ทางไปริมคลอง", 28.8, "refused", "เป็นถนนของทางหลวงชนบท"),
    Story("stray_animal", "แมวจรเยอะมาก ขอให้มาทำหมัน", 2, "ซอยดอนกลาง 2", 31.5, "done", "นัดหน่วยทำหมันเคลื่อนที่แล้ว", 3),
    Story("building", "บ้านร้างผนังจะพัง อยู่ติดทางเดิน", 1, "ซอยตลาด 5", 34.0, "taken"),
    Story("drain", "ฝาท่อหาย เป็นหลุมใหญ่", 1, "หน้าร้านขายยาตลาดสด", 36.7, "done", "ใส่ฝาใหม่แล้ว", 5),
    Story("education", "ขอให้เปิดศูนย์เด็กเล็กถึงห้าโมงครึ่ง", 3, "", 40.2, "done", "เริ่มเทอมหน้า", 5, "suggestion"),
    Story("tree", "หญ้ารกข้างทาง มีงูเลื้อยออกมา", 6, "ทางเข้าริมคลอง", 44.9, "done", "ตัดหญ้าแล้ว", 4),
    Story("traffic", "รถบรรทุกวิ่งเร็วในหมู่บ้าน", 2, "ถนนสายดอนกลาง", 52.3, "done", "ติดป้ายจำกัดความเร็วแล้ว", 2),
    Story("agriculture", "คลองส่งน้ำแห้ง ข้าวจะตาย", 4, "ทุ่งหนองแวง", 58.6, "done", "ประสานชลประทานปล่อยน้ำแล้ว", 4),
    Story("tax_fee", "ภาษีที่ดินคิดผิดแปลงหรือเปล่า", 1, "", 63.0, "done", "ตรวจแล้ว แก้ให้แล้ว", 4, "question"),
)


def fill(session: Session, now: datetime, *, cases: bool = True) -> None:
    """Settings, villages and places; with `cases`, the people, their cases and proposals too."""
    for name, value in SETTINGS.items():
        put_setting(session, name, value)
    session.add_all(Village(moo=moo, name=name, lat=lat, lon=lon) for moo, (name, lat, lon) in VILLAGES.items())
    session.flush()
    session.add_all(KnownPlace(name=n, aliases=list(a), moo=m, lat=lat, lon=lon) for n, a, m, lat, lon in PLACES)
    if cases:
        _tell_stories(session, now)
        fill_proposals(session, now)


def _tell_stories(session: Session, now: datetime) -> None:
    dice = random.Random(2569)  # noqa: S311 - the same invented town each time
    people = [Person(name=name, created_at=now - timedelta(days=90)) for name in NEIGHBOURS]
    crews = {code: _crew(session, name, code, now) for name, code in CREWS}
    session.add_all(people)
    session.flush()
    for story in sorted(STORIES, key=lambda s: -s.age):
        _tell(session, story, people[dice.randrange(len(people))], crews, now, dice)


def _crew(session: Session, name: str, code: str, now: datetime) -> Staff:
    department = session.scalars(select(Department).where(Department.code == code)).one()
    role = "clerk" if code == "CLERK" else "crew"
    member = Staff(name=name, role=role, department=department, created_at=now - timedelta(days=90))
    session.add(member)
    return member


def _tell(
    session: Session, story: Story, person: Person, crews: dict[str, Staff], now: datetime, dice: random.Random
) -> None:
    at = now - timedelta(days=story.age)
    ticket = _file(session, story, person, at, dice)
    ticket.add("created", at, person=person, data={"department": ticket.department.name}, told=True)
    if story.state == "new":
        return
    staff = crews.get(ticket.department.code, crews["CLERK"])
    ticket.owner = staff
    seen = at + (now - at) * 0.2
    ticket.move("taken", "taken", seen, staff=staff, data={"department": ticket.department.name}).told_at = seen
    if story.state != "taken":
        _go_on(ticket, story, staff, seen + (now - seen) * 0.4)


def _go_on(ticket: Ticket, story: Story, staff: Staff, at: datetime) -> None:
    what = {"asking": "asked", "waiting": "waiting", "outside": "outside", "done": "done", "refused": "refused"}
    data: dict[str, Any] = {"reason": "budget"} if story.state == "waiting" else {}
    if story.state == "outside" and ticket.agency is not None:
        data = {"agency": ticket.agency.name, "phone": ticket.agency.phone}
    ticket.move(story.state, what[story.state], at, staff=staff, words=story.note, data=data).told_at = at
    if story.rating:
        ticket.rating = story.rating
        ticket.add("rated", at, person=ticket.reporter, data={"rating": story.rating}, told=True)


def _file(session: Session, story: Story, person: Person, at: datetime, dice: random.Random) -> Ticket:
    category = session.get(Category, story.category) or session.get_one(Category, "other")
    department = department_for(session, category.department)
    if department is None:
        raise LookupError("the town has no department")
    year = fiscal_year_of(local(at))
    number = next_number(session, year)
    free = calendar.holidays(session)
    _, lat, lon = VILLAGES[story.moo]
    ticket = Ticket(
        fiscal_year=year,
        number=number,
        kind=story.kind,
        state="new",
        text=story.words,
        category=category.code,
        kind_of=category,
        department=department,
        agency_code=category.agency if story.state == "outside" else None,
        moo=story.moo,
        place=story.place,
        lat=lat + dice.uniform(-0.002, 0.002) if story.place else None,
        lon=lon + dice.uniform(-0.002, 0.002) if story.place else None,
        reporter=person,
        received_at=at,
        answer_by=calendar.due(at, calendar.ANSWER_DAYS, "calendar", free, (), at),
        due_at=calendar.due(at, category.days_normal, "working", free, (), at),
        search=search_text(story.words, category.name, story.place, f"{number}/{year % 100}"),
    )
    session.add(ticket)
    session.flush()
    session.refresh(ticket, ["agency"])
    return ticket
