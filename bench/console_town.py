"""A town with a hundred thousand invented cases, the same each time, for bench/console.py."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import insert, select

from bot import invented
from bot.release import release
from messages.thai import fiscal_year
from models.database import Database
from models.files import File
from models.people import Person
from models.staff import Staff
from models.tickets import CLOSED, Entry, Ticket
from models.town import Category, Department
from nlp.search import search_text

NOW = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
#: Cases come in over eight years; of the last 60 days' a third is open, of the older ones one in a hundred.
DAYS, FRESH = 8 * 365, 60
STATES = {"new": 3, "taken": 5, "asking": 1, "waiting": 2, "outside": 1}
THINGS = (
    *("ไฟถนนดับ", "หลอดไฟกะพริบ", "ถนนเป็นหลุม", "ท่อระบายน้ำอุดตัน", "น้ำประปาไม่ไหล", "ขยะตกค้าง", "หมาจรจัดไล่กัด"),
    *("กิ่งไม้พาดสายไฟ", "น้ำเสียส่งกลิ่น", "เพลงดังกลางคืน", "ฝาท่อหาย", "ป้ายล้ม", "ควันจากการเผา", "ผักตบชวาเต็มคลอง"),
)
PLACES = (
    *("หน้าวัด", "ข้างตลาดสด", "ปากซอยสาม", "หลังโรงเรียน", "หน้าศาลากลางบ้าน", "โค้งก่อนถึงสะพาน", "ริมคลองใหญ่"),
    *("หน้าร้านขายยา", "ทางเข้าหมู่บ้าน", "สามแยกดอนกลาง", "หน้าอนามัย", "สวนสาธารณะ", "ใกล้บ้านผู้ใหญ่บ้าน"),
)
SINCE = ("ตั้งแต่เมื่อวาน", "มาสามวันแล้ว", "ตั้งแต่ต้นเดือน", "ทุกเย็น", "หลังฝนตกหนัก", "มานานแล้ว", "ทั้งอาทิตย์")
WISHES = (
    *("ขอให้ช่างมาดูด้วย", "เด็กเดินกลับบ้านมืดมาก", "กลัวเกิดอุบัติเหตุ", "คนแก่เดินลำบาก", "แจ้งไปแล้วยังไม่มีใครมา"),
    *("รบกวนช่วยแก้ไขให้ด้วยนะคะ", "ช่วยด้วยครับ เดือดร้อนกันทั้งซอย", "รถมอเตอร์ไซค์ล้มไปสองคันแล้ว"),
)
#: In three of a hundred thousand cases, so that everything must be read to find them.
RARE = "ตะกวดตัวใหญ่เข้าครัว"


def tickets(count: int, departments: list[int], categories: list[str], staff: list[int]) -> Iterator[dict[str, Any]]:
    """Invented cases, the same each time; case numbers begin anew with each fiscal year."""
    dice = random.Random(2569)
    home = {category: dice.choice(departments) for category in categories}
    numbers: dict[int, int] = {}
    for index in range(count):
        came = NOW - dt.timedelta(days=DAYS * (1 - index / count) + dice.random() * 0.01)
        year = fiscal_year(came)
        numbers[year] = numbers.get(year, 0) + 1
        category = dice.choice(categories)
        words = " ".join(dice.choice(some) for some in (THINGS, PLACES, SINCE, WISHES, WISHES))
        if index in (count // 3, count // 2, count - 1000):
            words = f"{RARE} {words}"
        yield {
            "fiscal_year": year,
            "number": numbers[year],
            "kind": dice.choices(("complaint", "suggestion", "question"), (90, 5, 5))[0],
            "text": words,
            "search": search_text(words, category, dice.choice(PLACES), f"{numbers[year]}/{year % 100}"),
            "category": category,
            "department_id": home[category] if dice.random() < 0.9 else dice.choice(departments),
            "urgency": dice.choices(("normal", "high"), (9, 1))[0],
            "moo": dice.choice((None, *range(1, 15))),
            "place": dice.choice(PLACES),
            "reporter_id": 1,
            "channel": dice.choices(("line", "counter", "phone", "letter", "facebook"), (70, 10, 10, 5, 5))[0],
            "sensitive": dice.random() < 0.01,
            "reopened": int(dice.random() < 0.03),
            "guess": {"intent": "complaint", "categories": [[category, 0.9], ["other", 0.05]]},
            "token": f"token{index}",
            **_place(dice),
            **_course(dice, came, staff),
        }


def _place(dice: random.Random) -> dict[str, Any]:
    known = dice.random() < 0.7
    return {
        "lat": 14.02 + dice.gauss(0, 0.02) if known else None,
        "lon": 100.53 + dice.gauss(0, 0.02) if known else None,
    }


def _course(dice: random.Random, came: dt.datetime, staff: list[int]) -> dict[str, Any]:
    """How a case went: its state, its owner and its days."""
    still = dice.random() < (1 / 3 if NOW - came < dt.timedelta(days=FRESH) else 0.01)
    state = dice.choices(list(STATES), list(STATES.values()))[0] if still else dice.choices(CLOSED, (90, 5, 3, 2))[0]
    closed = None if still else min(came + dt.timedelta(days=dice.expovariate(1 / 9)), NOW)
    return {
        "state": state,
        "owner_id": None if state == "new" else dice.choice(staff),
        "received_at": came,
        "first_answer_at": None if state == "new" else came + dt.timedelta(days=2),
        "answer_by": came + dt.timedelta(days=15),
        "due_at": came + dt.timedelta(days=dice.choice((3, 7, 15, 30))),
        "closed_at": closed,
        "paused_at": came + dt.timedelta(days=3) if state in ("waiting", "outside") else None,
        "pause_reason": "budget" if state in ("waiting", "outside") else None,
    }


def fill(database: Database, count: int) -> dict[str, str]:
    """A town with so many cases, three lines of history each, a photo with one in four; what pages are asked with."""
    release(database)
    with database.begin() as session:
        invented.fill(session, NOW, cases=False)
        session.add(Person(name="คนสมมุติ", created_at=NOW))
        departments = list(session.scalars(select(Department.id).order_by(Department.id)))
        roles = [("clerk", None)] + [("crew", departments[n % len(departments)]) for n in range(20)]
        staff = [Staff(name=f"เจ้าหน้าที่ {n}", role=r, department_id=d, created_at=NOW) for n, (r, d) in enumerate(roles)]
        session.add_all(staff)
        session.flush()
        members = [member.id for member in staff]
        categories = list(session.scalars(select(Category.code).where(Category.sensitive.is_(False))))
        cases = list(tickets(count, departments, categories, members))
        for start in range(0, count, 5_000):
            block = cases[start : start + 5_000]
            session.execute(insert(Ticket), block)
            session.execute(insert(Entry), [line for at, c in enumerate(block, start + 1) for line in _lines(at, c)])
            session.execute(insert(File), [_photo(at, c) for at, c in enumerate(block, start + 1) if at % 4 == 0])
        middle = cases[count // 2]["received_at"]
    if database.dialect == "postgresql":  # which does so by itself within minutes (autovacuum)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return {
        "middle": f"{int(middle.timestamp() * 1_000_000)}.{count // 2 + 1}",
        "staff": str(members[1]),
        "open": _last(cases, lambda case: case["state"] == "taken" and case["lat"] is not None),
        "closed": _last(cases[: count // 2], lambda case: case["state"] == "done"),
    }


def _last(cases: list[dict[str, Any]], fits: Callable[[dict[str, Any]], bool]) -> str:
    """The number of the last of these cases that fits and is not sensitive."""
    return str(max(at for at, case in enumerate(cases, 1) if not case["sensitive"] and fits(case)))


def _lines(number: int, case: dict[str, Any]) -> list[dict[str, Any]]:
    line = {"ticket_id": number, "at": case["received_at"], "told_at": case["received_at"], "data": {}, "words": ""}
    said = {"person_id": 1, "staff_id": None, "words": "ยังไม่ได้แก้เลยค่ะ"}
    took = {"person_id": None, "staff_id": case["owner_id"]}
    last = {"what": "said"} | said if number % 7 == 0 else {"what": "progress"} | took
    none = {"person_id": None, "staff_id": None}
    return [line | {"what": "created"} | none, line | {"what": "taken"} | took, line | last]


def _photo(number: int, case: dict[str, Any]) -> dict[str, Any]:
    return {
        "token": f"{number:032x}",
        "message_id": f"m{number}",
        "chat_key": "U1",
        "ticket_id": number,
        "kind": "image",
        "state": "stored",
        "sha256": "0" * 64,
        "created_at": case["received_at"],
    }
