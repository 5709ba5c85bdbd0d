"""How much memory each process takes after some work: the web process's share must stay under 120 MB.

RSS is what the system counts for the process, PSS divides what several share. In MiB.
"""

from __future__ import annotations

import psutil

from bench.load import closed, requests
from bench.towns import KINDS, bench


def main() -> None:
    """Let each server answer 5,000 webhooks and one page, and print what it holds then."""
    print(f"{'':20} {'process':14} {'RSS':>8} {'PSS':>8}")
    with bench() as place:
        for kind in (kind for kind in KINDS if kind.stores):
            with place.running(kind) as (server, _), place.worker(kind) as worker:
                closed(server.port, requests(5_000, "m"), 16, 30.0)
                server.get("/readyz")
                master, *children = server.processes()
                _print(kind.name, "gunicorn", master)
                for child in children:
                    _print(kind.name, "web", child)
                if worker:
                    _print(kind.name, "worker", worker)


def _print(kind: str, role: str, process: psutil.Process) -> None:
    held = process.memory_full_info()
    print(f"{kind:20} {role:14} {held.rss / 2**20:8.0f} {held.pss / 2**20:8.0f}")


if __name__ == "__main__":
    main()
