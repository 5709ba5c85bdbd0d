"""How long a message waits for its 200 at a steady 300 a second while LINE's API is down and the worker retries.

An open loop: times count from the moment the request was due, so that a server that stops for a moment is charged for
all who came meanwhile. The worker runs beside the web process, over the same database, and cannot reach LINE.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict

from bench.load import Result, open_loop, requests
from bench.towns import KINDS, Bench, Kind, bench


def main() -> None:
    """Run all rounds and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=300.0, help="requests per second")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind")
    asked = parser.parse_args()
    results: dict[str, list[Result]] = defaultdict(list)
    with bench() as place:
        for turn in range(asked.rounds):
            for kind in (kind for kind in KINDS if kind.stores):
                results[kind.name].append(_run(place, kind, f"r{turn}", asked.rate, asked.seconds))
    print(f"{'':20} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'not 200':>8}   at {asked.rate:.0f}/s, LINE down")
    for name, runs in results.items():
        p50, p99 = (1000 * statistics.median(run.percentile(percent) for run in runs) for percent in (50, 99))
        longest = 1000 * statistics.median(max(run.times) for run in runs)
        refused = sum(sum(run.statuses.values()) - run.statuses[200] for run in runs)
        print(f"{name:20} {p50:8.1f} {p99:8.1f} {longest:8.1f} {refused:8d}")


def _run(place: Bench, kind: Kind, run: str, rate: float, seconds: float) -> Result:
    with place.running(kind) as (server, _), place.worker(kind):
        open_loop(server.port, requests(int(rate), f"{run}w"), rate)
        return open_loop(server.port, requests(int(rate * seconds), run), rate)


if __name__ == "__main__":
    main()
