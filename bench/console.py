"""How long the console's pages of cases take over a hundred thousand cases, on both databases, with the query plans.

`python -m bench.console [--cases 100000] [--times 9] [--plans]`. A page is asked of the whole application in this
process (Flask, database, template), signed in, without a network. Printed are median and fastest of so many askings, in
milliseconds, how many of them the database took, and how long this process's processor worked (on SQLite that is all
there is, on a busy machine the number to trust); with `--plans` the slowest query of each page and its plan.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from bench.load import SECRET
from bench.towns import bench
from bot import invented
from bot.app import create_app
from bot.config import read_settings
from bot.release import release
from bot.wake import Waker
from messages.thai import fiscal_year
from models import sessions
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

PAGES = {
    "my work": "work",
    "list, open": "?state=open",
    "list, all states": "?state=",
    "a page in the middle (keyset)": "?state=&after={middle}",
    "village and category": "?state=&moo=3&category=streetlight",
    "village, category, letter, urgent": "?state=closed&moo=5&category=tree&channel=letter&urgency=high",
    "department, one year": "?state=&department=2&since=1/10/2565&until=30/9/2566",
    "owner, all states": "?state=&owner={staff}",
    "without an owner": "?state=open&owner=none",
    "older than 30 days, open": "?state=open&age=31-",
    "due today": "?state=open&due=today",
    "late, due soonest first": "?state=open&due=late&sort=due",
    "reopened, all states": "?state=&reopened=1",
    "with a photo, all states": "?state=&photo=1",
    "case number": "?q=123/69",
    "search: many hits": "?q=ไฟถนนดับ",
    "search: two letters": "?q=ไฟ",
    "search: two words": "?q=หลุม+หน้าอนามัย",
    "search: three hits": "?q=ตะกวดตัวใหญ่",
    "search: no hit": "?q=ไดโนเสาร์",
    "search: open cases": "?state=open&q=ไดโนเสาร์",
    "board": "board",
    "map, open": "map",
    "map points, open": "map.json?state=open&bbox=13.9,100.4,14.1,100.6&zoom=13",
    "map points, all states": "map.json?state=&bbox=13.9,100.4,14.1,100.6&zoom=13",
    "has anything changed": "stamp",
}
#: What a crew sees is narrowed by its department and its own cases.
CREW = ("my work", "list, open", "list, all states", "search: many hits", "search: no hit", "board", "map points, open")


@dataclass
class Asked:
    """What a page asked of the database: statement, parameters and seconds of each query."""

    queries: list[tuple[str, Any, float]] = field(default_factory=list)
    _began: float = 0.0

    def before(self, *_: Any) -> None:
        """A query goes out."""
        self._began = time.perf_counter()

    def after(self, _c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        """It came back; what is still to be fetched is the page's."""
        self.queries.append((statement, parameters, time.perf_counter() - self._began))


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
    return {"middle": f"{int(middle.timestamp() * 1_000_000)}.{count // 2 + 1}", "staff": str(members[1])}


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


def sign_in(database: Database, app: Any, role: str) -> FlaskClient:
    """A browser signed in as somebody of this role."""
    with database.begin() as session:
        member = session.scalars(select(Staff).where(Staff.role == role).order_by(Staff.id)).first()
        assert member is not None
        token = sessions.sign_in(session, member, "link", NOW)
    client: FlaskClient = app.test_client()
    client.set_cookie("songsiang", token)
    return client


@dataclass
class Times:
    """What askings of one page took, in milliseconds: by the clock, of this process's processor, of the queries."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)


def ask(database: Database, client: FlaskClient, path: str, times: int) -> tuple[Times, Asked]:
    """So many times, after one that fills caches as the first of the morning does; and the queries of the last one."""
    taken, asked = Times(), Asked()
    for _ in range(times + 1):
        asked = Asked()
        event.listen(database.engine, "before_cursor_execute", asked.before)
        event.listen(database.engine, "after_cursor_execute", asked.after)
        began, worked = time.perf_counter(), time.process_time()
        page = client.get(path)
        taken.clock.append((time.perf_counter() - began) * 1000)
        taken.processor.append((time.process_time() - worked) * 1000)
        event.remove(database.engine, "before_cursor_execute", asked.before)
        event.remove(database.engine, "after_cursor_execute", asked.after)
        if page.status_code != 200:
            raise RuntimeError(f"{path}: {page.status_code}")
        taken.queries.append(1000 * sum(seconds for *_, seconds in asked.queries))
    return Times(taken.clock[1:], taken.processor[1:], taken.queries[1:]), asked


def plan(database: Database, asked: Asked) -> list[str]:
    """The plan of the slowest query."""
    statement, parameters, _ = max(asked.queries, key=lambda query: query[2])
    explain = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    with database.read() as session:
        cursor = session.connection().exec_driver_sql(explain + statement, parameters)
        where = " ".join(statement.split()).partition(" FROM ")[2]
        return [f"… FROM {where[:300]}", *(f"  {line[-1]}" for line in cursor)]


def measure(database: Database, known: dict[str, str], times: int, *, plans: bool) -> dict[str, float]:
    """Ask all pages; the medians by name."""
    settings = read_settings(
        line_channel_secret=SECRET,
        line_channel_access_token="token",
        secret_key="k" * 40,
        database_url=str(database.engine.url),
        map_tiles_url="",
    )
    app = create_app(settings, database, Waker(database), clock=lambda: NOW)
    medians = {}
    for role, names in (("clerk", tuple(PAGES)), ("crew", CREW)):
        client = sign_in(database, app, role)
        for name in names:
            path = "/console/cases/" + PAGES[name].format_map(known)
            taken, asked = ask(database, client, path, times)
            label = name if role == "clerk" else f"crew: {name}"
            medians[label] = statistics.median(taken.clock)
            columns = (medians[label], min(taken.clock), *map(statistics.median, (taken.queries, taken.processor)))
            print(f"{label:36} " + " ".join(f"{value:8.0f}" for value in columns), flush=True)
            if plans:
                print("\n".join(f"    {line}" for line in plan(database, asked)))
    return medians


def main() -> None:
    """Both databases; at the end what took longer than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    slow: dict[str, int] = {}
    with bench() as place:
        for dialect in asked.only or ("sqlite", "postgresql"):
            database = Database(place.fresh(dialect, "console"))
            known = fill(database, asked.cases)
            print(f"\n{dialect}, {asked.cases:,} cases; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            print(f"{'ms':36} {'median':>8} {'fastest':>8} {'database':>8} {'our CPU':>8}")
            medians = measure(database, known, asked.times, plans=asked.plans)
            slow |= {f"{dialect}: {name}": round(median) for name, median in medians.items() if median > 150}
            database.dispose()
    print("\nover 150 ms:", json.dumps(slow, ensure_ascii=False) if slow else "nothing")


if __name__ == "__main__":
    main()
