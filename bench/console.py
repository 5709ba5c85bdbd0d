"""How long the console's pages of cases take over a hundred thousand cases, on both databases, with the query plans.

`python -m bench.console [--cases 100000] [--times 9] [--plans] [--page case]`. A page is asked of the whole application
in this process (Flask, database, template), signed in, without a network. Printed are median and fastest of so many
askings, in milliseconds, how many of them the database took, and how long this process's processor worked (on SQLite
that is all there is, on a busy machine the number to trust); with `--plans` each page's slowest query and its plan.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select

from bench.console_town import NOW, fill
from bench.load import SECRET
from bench.towns import bench
from bot.app import create_app
from bot.config import read_settings
from bot.wake import Waker
from models import sessions
from models.database import Database
from models.staff import Staff

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
    "case, open": "{open}",
    "case, open, a form in it": "{open}?do=reply",
    "case, closed years ago": "{closed}",
    "case: has anything changed": "{open}/pulse",
    "case, to be printed": "{open}/print",
}
#: What a crew sees is narrowed by its department and its own cases.
CREW = (
    "my work",
    "list, open",
    "list, all states",
    "search: many hits",
    "search: no hit",
    "board",
    "map points, open",
    "case, open",
)


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


def measure(database: Database, known: dict[str, str], times: int, *, plans: bool, page: str = "") -> dict[str, float]:
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
            if not name.startswith(page):
                continue
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
    parser.add_argument("--page", default="", help="only pages whose name begins so")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    slow: dict[str, int] = {}
    with bench() as place:
        for dialect in asked.only or ("sqlite", "postgresql"):
            database = Database(place.fresh(dialect, "console"))
            known = fill(database, asked.cases)
            print(f"\n{dialect}, {asked.cases:,} cases; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            print(f"{'ms':36} {'median':>8} {'fastest':>8} {'database':>8} {'our CPU':>8}")
            medians = measure(database, known, asked.times, plans=asked.plans, page=asked.page)
            slow |= {f"{dialect}: {name}": round(median) for name, median in medians.items() if median > 150}
            database.dispose()
    print("\nover 150 ms:", json.dumps(slow, ensure_ascii=False) if slow else "nothing")


if __name__ == "__main__":
    main()
