"""A plan of ten thousand lines: read from a workbook, compared, committed, listed, exported (`python -m bench.plan`).

The workbook is made here; the database is a temporary SQLite file. Times of pages are those of the server, in process,
without a network; the processor's time is what the machine worked, whatever else it was busy with.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

from bot.release import release
from models.database import Database
from tests.sheets.nasty import big_book
from tests.web.office import Browser, Office
from tests.web.test_plan_import import boxes

Made = TypeVar("Made")

#: Pages of the list that are timed.
PAGES = {
    "list, first page": "",
    "list, page 150": "?page=150",
    "list by name": "?sort=name",
    "list by money": "?sort=money",
    "list by latest news": "?sort=new",
    "search two words": "?q=ถนนสายที่ 77",
    "village 3, year 2568": "?moo=3&year=2568",
    "one project": "5000",
}


def timed(name: str, work: Callable[[], Made]) -> Made:
    """Do it once and print how long it took."""
    begin, worked = time.perf_counter(), time.process_time()
    made = work()
    print(
        f"{name:28} {time.perf_counter() - begin:8.2f} s, processor {time.process_time() - worked:6.2f} s", flush=True
    )
    return made


def main(lines: int = 10_000) -> None:
    """Import so many lines, then look at them."""
    content = timed("make the workbook", lambda: big_book(lines))
    database = Database("sqlite://")
    release(database)
    office = Office(database)
    clerk = office.sign_in("clerk")
    where = timed("read and keep as a draft", lambda: _send(clerk, content))
    page = timed("preview", lambda: clerk.get(where))
    shown, ticked = boxes(page.text)
    timed("commit", lambda: clerk.post(f"{where}/commit", shown=shown, line=ticked))
    timed("read a second time", lambda: _send(clerk, content, "1"))
    for name, query in PAGES.items():
        took, worked = [], []
        for _ in range(15):
            begin, used = time.perf_counter(), time.process_time()
            answer = clerk.get(f"/console/plan/{query}")
            took.append(time.perf_counter() - begin)
            worked.append(time.process_time() - used)
            assert answer.status_code == 200
        print(f"{name:28} {median(took) * 1000:8.1f} ms, processor {median(worked) * 1000:6.1f} ms", flush=True)
    timed("forms.xlsx", lambda: clerk.get("/console/plan/forms.xlsx?plan=1"))
    timed("table.csv", lambda: clerk.get("/console/plan/table.csv"))
    timed("undo", lambda: clerk.post("/console/plan/imports/1/undo"))
    database.dispose()


def _send(clerk: Browser, content: bytes, plan: str = "new") -> str:
    answer = clerk.post("/console/plan/import", plan=plan, file=(io.BytesIO(content), "plan.xlsx"))
    assert answer.status_code == 303, answer.status_code
    return str(answer.location)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
