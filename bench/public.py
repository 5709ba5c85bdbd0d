"""How many people the public site serves at once: the list and the map's data over a hundred thousand public cases,
behind gunicorn with two processes, as the Procfile starts it with WEB_CONCURRENCY=2.

`python -m bench.public [--cases 100000] [--seconds 5] [--only sqlite]`. *closed*: 32 connections, each asks when its
last answer has come. *open*: 300 a second whatever happens, so that a pause is charged to all who came in it; *office
at work*: the same while staff change a public case every two seconds, after each of which what is kept must be made
anew. *first*: the slowest page nobody has asked for before. Promised are 300 requests a second, 99 of a hundred of them
answered within 200 ms (*open*), and at least as many from *closed*.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any

from sqlalchemy import insert, select

from bench.console_town import fill
from bench.load import Result, closed, open_loop
from bench.servers import Server
from bench.towns import Kind, bench
from models.database import Database
from models.publications import Publication, new_code
from models.publishing import coarse
from models.tickets import Ticket

OURS = ("gunicorn", "--config", "gunicorn.conf.py")
PROMISED, WITHIN = 300, 0.2
LISTS = (
    *("/cases", "/2569/cases", "/2570/cases", "/cases?moo=3", "/cases?state=open", "/cases?category=road"),
    *("/2569/cases?moo=5&state=done", "/en/cases", "/cases?category=streetlight&moo=2", "/2568/cases?state=open"),
)
MAPS = (
    *(
        "/cases/map.json?zoom=11",
        "/cases/map.json?zoom=12",
        "/cases/map.json?zoom=14&bbox=13.9375,100.5000,14.0000,100.5625",
    ),
    *("/cases/map.json?zoom=14&bbox=14.0000,100.5000,14.0625,100.5625", "/cases/map.json?zoom=13&state=open"),
)


def publish(database: Database) -> int:
    """Make every case that may be public; how many."""
    with database.begin() as session:
        wanted = select(
            Ticket.id, Ticket.text, Ticket.moo, Ticket.lat, Ticket.lon, Ticket.received_at, Ticket.fiscal_year
        )
        rows = session.execute(wanted.where(Ticket.sensitive.is_(False))).all()
        for start in range(0, len(rows), 5_000):
            block = [
                {
                    "ticket_id": key,
                    "code": new_code(),
                    "shown": True,
                    "title": words[:60],
                    "words": words,
                    "moo": moo,
                    "lat": coarse(lat),
                    "lon": coarse(lon),
                    "decided_at": at,
                    "received_at": at,
                    "fiscal_year": year,
                }
                for key, words, moo, lat, lon, at, year in rows[start : start + 5_000]
            ]
            session.execute(insert(Publication), block)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.dialect == "sqlite" else "VACUUM ANALYZE")
    return len(rows)


def asked(paths: tuple[str, ...], count: int) -> list[bytes]:
    """So many requests for these addresses in turn, as a telephone's browser sends them."""
    head = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
    return [head.format(path).encode() for path in islice(cycle(paths), count)]


def first(server: Server, paths: tuple[str, ...]) -> float:
    """Ask for each once; the slowest, in seconds."""
    slowest = 0.0
    for path in paths:
        began = time.perf_counter()
        status, _ = server.get(path)
        slowest = max(slowest, time.perf_counter() - began)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return slowest


@contextmanager
def office_at_work(database: Database) -> Iterator[None]:
    """Staff change a public case every two seconds."""
    done = threading.Event()

    def work() -> None:
        number = 1
        while not done.wait(2):
            number += 97
            with database.begin() as session:
                ticket = session.scalar(select(Ticket).where(Ticket.id >= number, Ticket.sensitive.is_(False)).limit(1))
                if ticket is not None:
                    ticket.place = f"หน้าวัด {number}"

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def tell(name: str, result: Result) -> dict[str, Any]:
    """Print a line; what it measured."""
    p50, p99 = (result.percentile(percent) * 1000 for percent in (50, 99))
    bad = sum(result.statuses.values()) - result.statuses[200]
    print(f"{name:30} {result.rate:8.0f} {p50:8.1f} {p99:8.1f} {max(result.times) * 1000:8.1f} {bad:6}", flush=True)
    return {"rate": result.rate, "p99": p99 / 1000, "bad": bad}


def measure(server: Server, database: Database, seconds: float) -> list[str]:
    """All runs; what was not as promised."""
    missed = []
    print(f"{'':30} {'200/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'others':>6}")
    for name, paths in (("list", LISTS), ("map data", MAPS)):
        print(f"{name + ', first time':30} {'':8} {'':8} {'':8} {first(server, paths) * 1000:8.1f}", flush=True)
        closed(server.port, asked(paths, 400), 8, 5)  # the second process keeps them too
        runs = {
            "closed": closed(server.port, asked(paths, 40_000), 32, seconds),
            "open": open_loop(server.port, asked(paths, int(PROMISED * seconds)), PROMISED),
        }
        with office_at_work(database):
            runs["office at work"] = open_loop(server.port, asked(paths, int(PROMISED * seconds)), PROMISED)
        for way, result in runs.items():
            found = tell(f"{name}, {way}", result)
            slow = found["rate"] < PROMISED if way == "closed" else found["p99"] > WITHIN and way == "open"
            missed += [f"{name}, {way}"] if slow or found["bad"] else []
    return missed


def main() -> None:
    """Each database; at the end what was not as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args()
    missed = []
    with bench() as place:
        for dialect in given.only or ("sqlite", "postgresql"):
            with place.running(Kind(f"public, {dialect}", OURS, dialect, 2)) as (server, database):
                fill(database, given.cases)
                shown = publish(database)
                load = os.getloadavg()[0]
                print(f"\n{dialect}, {shown:,} public cases; load {load:.1f} on {os.cpu_count()} cores")
                missed += [f"{dialect}: {name}" for name in measure(server, database, given.seconds)]
    print("\nnot as promised:", ", ".join(missed) or "nothing")


if __name__ == "__main__":
    main()
