"""How long the overview's figures take over a hundred thousand cases, on both databases, with the query plans.

`python -m bench.overview [cases]`. Printed: the median and the slowest of so many readings of a whole fiscal year (the
largest span that is asked for at a time), and the plan of every query.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics as sums
import sys
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, insert, text

from bench.towns import bench
from bot.release import release
from models import statistics
from models.database import Database
from models.people import Person
from models.statistics import Span
from models.tickets import STATES, Ticket
from models.town import Category, Department

CASES = 100_000
TIMES = 15
NOW = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
#: All cases lie in these two fiscal years; the figures are asked for the first of them: the harder half.
YEAR = Span(dt.date(2025, 10, 1), dt.date(2026, 9, 30))


def rows(count: int, departments: list[int], categories: list[str]) -> Iterator[dict[str, Any]]:
    """Invented cases, seven in ten of them finished, the same each time."""
    dice = random.Random(2569)
    home = {category: dice.choice(departments) for category in categories}
    for number in range(count):
        came = NOW - dt.timedelta(days=dice.uniform(0, 415))
        state = dice.choices(STATES, (5, 8, 2, 3, 4, 70, 4, 2, 2))[0]
        closed = came + dt.timedelta(days=dice.expovariate(1 / 9)) if state in ("done", "refused") else None
        answered = came + dt.timedelta(days=dice.expovariate(1 / 4)) if dice.random() < 0.9 else None
        category = dice.choice(categories)
        yield {
            "fiscal_year": 2569,
            "number": number + 1,
            "kind": "complaint",
            "state": state,
            "text": "ไฟถนนดับหน้าศาลากลางบ้าน เด็กเดินกลับบ้านมืดมาก ขอให้ช่างมาดูด้วย",
            "category": category,
            "department_id": home[category] if dice.random() < 0.9 else dice.choice(departments),
            "moo": dice.randint(1, 14),
            "reporter_id": 1,
            "sensitive": dice.random() < 0.01,
            "received_at": came,
            "first_answer_at": answered,
            "answer_by": came + dt.timedelta(days=15),
            "closed_at": closed,
            "rating": dice.choices((None, 1, 2, 3, 4, 5), (60, 2, 3, 8, 15, 12))[0],
            "reopened": int(dice.random() < 0.05),
            "token": f"token{number}",
        }


def fill(database: Database, count: int) -> None:
    """Put the cases in."""
    release(database)
    with database.begin() as session:
        session.add(Person(name="คนสมมุติ", created_at=NOW))
        departments = [row.id for row in session.query(Department)]
        categories = [row.code for row in session.query(Category)]
        invented = list(rows(count, departments, categories))
        for start in range(0, count, 5_000):
            session.execute(insert(Ticket), invented[start : start + 5_000])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.dialect == "sqlite" else "VACUUM ANALYZE")


def plans(database: Database) -> None:
    """Each query of one reading with its plan."""
    explain = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as session:
        statistics.read(session, YEAR, NOW)
    event.remove(database.engine, "before_cursor_execute", note)
    with database.read() as session:
        shown = set()
        for statement, parameters in asked:
            if statement in shown or statement == "BEGIN":
                continue
            shown.add(statement)
            print(f"\n  {' '.join(statement.split())[:160]} …")
            cursor = session.connection().exec_driver_sql(explain + statement, parameters)
            for line in cursor:
                print(f"    {line[-1]}")


def measure(database: Database) -> None:
    """Time the reading, figures and all, in one session each as a page does."""
    taken, busy = [], []
    for _ in range(TIMES):
        start, worked = time.perf_counter(), time.process_time()
        with database.read() as session:
            found = statistics.read(session, YEAR, NOW)
        taken.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    print(
        f"  {found.total.received:,} cases of the year: median {sums.median(taken):.0f} ms (fastest {min(taken):.0f}, "
        f"slowest {max(taken):.0f}); CPU of this process {sums.median(busy):.0f} ms"
    )


def main() -> None:
    """Both databases."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with bench() as place:
        for dialect in ("sqlite", "postgresql"):
            database = Database(place.fresh(dialect, "overview"))
            fill(database, count)
            with database.read() as session:
                version = session.execute(text("SELECT " + ("sqlite_" if dialect == "sqlite" else "") + "version()"))
                print(f"\n{dialect} ({str(version.scalar()).split(' on ')[0]}), {count:,} cases")
            measure(database)
            plans(database)
            database.dispose()


if __name__ == "__main__":
    main()
