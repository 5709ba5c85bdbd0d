"""How many webhooks a second are acknowledged, and how fast: ours against the signature check alone and the usual way.

32 connections in a closed loop, each request one text message. The kinds take turns, and medians are compared, because
the ratios say more than the numbers: load generator, server and database share the machine.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict

from bench.load import Result, closed, requests
from bench.towns import KINDS, Bench, Kind, bench, count

CONNECTIONS = 32


def main() -> None:
    """Run all rounds and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of one run")
    parser.add_argument("--only", default="", help="kinds whose name has this text")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind")
    asked = parser.parse_args()
    results: dict[str, list[Result]] = defaultdict(list)
    with bench() as place:
        for turn in range(asked.rounds):
            for kind in (kind for kind in KINDS if asked.only in kind.name):
                results[kind.name].append(_run(place, kind, f"r{turn}", asked.seconds))
    _print(results)


def _run(place: Bench, kind: Kind, run: str, seconds: float) -> Result:
    with place.running(kind) as (server, database):
        warm = closed(server.port, requests(2_000, f"{run}w"), CONNECTIONS, 1.0)
        spent = server.cpu()
        result = closed(server.port, requests(int(15_000 * seconds), run), CONNECTIONS, seconds)
        result.cpu = server.cpu() - spent
        if kind.stores and count(database) != warm.statuses[200] + result.statuses[200]:
            raise RuntimeError(f"{kind.name}: {count(database)} stored, but {result.statuses} answered")
        return result


def _print(results: dict[str, list[Result]]) -> None:
    print(f"{'':20} {'200/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>8} {'of floor':>9} {'x usual':>8}")
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    for name, runs in results.items():
        usual = rates["usual, PostgreSQL" if name.endswith("PostgreSQL") else "usual, SQLite"]
        p50, p99 = (1000 * statistics.median(run.percentile(percent) for run in runs) for percent in (50, 99))
        cpu = 1e6 * statistics.median(run.cpu / run.statuses[200] for run in runs)
        floor, times = rates[name] / rates.get("signature only", 1.0), rates[name] / usual
        print(f"{name:20} {rates[name]:8.0f} {p50:8.1f} {p99:8.1f} {cpu:8.0f} {floor:9.2f} {times:8.1f}")
    refused = {
        name: sum(sum(run.statuses.values()) - run.statuses[200] for run in runs) for name, runs in results.items()
    }
    print("not acknowledged:", {name: number for name, number in refused.items() if number} or "none")


if __name__ == "__main__":
    main()
