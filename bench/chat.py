"""How long somebody in a chat waits: from the webhook's departure at LINE to the reply's arrival there.

Ours: the Procfile's web process and worker, every step durable. Usual: line-bot-sdk's Flask example, which answers
within the request and remembers nothing. Both talk to the same pretended LINE, one after the other, several times.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict

from bench.load import SECRET
from bench.towns import KINDS, Bench, Kind, bench
from simulator import Simulator, User

EXAMPLE = (
    "gunicorn",
    "--worker-class",
    "gthread",
    "--threads",
    "8",
    "--no-control-socket",
    "bench.example:application()",
)
COMPARED = (*(kind for kind in KINDS if kind.name.startswith("ours")), Kind(USUAL := "usual", EXAMPLE, "sqlite", 1))


def main() -> None:
    """Run all rounds and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=60, help="messages in one run")
    parser.add_argument("--rate", type=float, default=10.0, help="messages per second")
    parser.add_argument("--rounds", type=int, default=2, help="runs of each kind")
    asked = parser.parse_args()
    times: dict[str, list[float]] = defaultdict(list)
    with bench() as place:
        for turn in range(asked.rounds):
            for kind in COMPARED:
                times[kind.name] += _run(place, kind, asked.messages, asked.rate, turn)
    usual = statistics.median(times[USUAL])
    print(f"{'':22} {'p50 ms':>8} {'p90 ms':>8} {'p99 ms':>8} {'× usual':>8}   at {asked.rate:.0f} messages/s")
    for name, waits in times.items():
        p50, p90, p99 = (1000 * _percentile(waits, q) for q in (50, 90, 99))
        print(f"{name:22} {p50:8.1f} {p90:8.1f} {p99:8.1f} {statistics.median(waits) / usual:8.1f}")


def _percentile(waits: list[float], percent: int) -> float:
    return statistics.quantiles(waits, n=100)[percent - 1]


def _run(place: Bench, kind: Kind, messages: int, rate: float, turn: int) -> list[float]:
    with Simulator(secret=SECRET, token="token") as line, place.running(kind, line.url) as (server, _):
        line.webhook_url = f"http://127.0.0.1:{server.port}/line/webhook"
        users = [line.user(f"คนที่ {n} ของรอบ {turn}") for n in range(20)]
        with place.worker(kind):
            time.sleep(4)  # a worker loads the model and the LINE SDK first
            return _ask(line, users, messages, rate)


def _ask(line: Simulator, users: list[User], messages: int, rate: float) -> list[float]:
    """Ask one after another at this rate; the seconds until each answer. The first ones warm up and do not count."""
    waits = []
    for number in range(messages + 5):
        user, mark, begun = users[number % len(users)], line.mark(), time.perf_counter()
        line.say(user, str(1000 + number))
        line.wait(user, after=mark, timeout=20)
        waits.append(time.perf_counter() - begun)
        time.sleep(max(0.0, 1 / rate - waits[-1]))
    return waits[5:]


if __name__ == "__main__":
    main()
