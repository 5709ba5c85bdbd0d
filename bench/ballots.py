"""Sealing, verifying at home and counting: `python -m bench.ballots [voters …]`.

Verifying runs as a citizen runs it: `verify.py` as a process of its own over a zip. Time is processor time (the machine
is shared), memory the process's greatest.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ballots import export
from ballots.bundle import verify_source
from ballots.manifest import Kind, Limits, TieStep
from ballots.tally.budget import Spending, Weights
from ballots.tally.greedy import greedy
from ballots.tally.shares import equal_shares
from ballots.tally.ties import TieBreaker
from tests.ballots.polls import Played, manifest, options, random_choice

#: Runs verify.py, then tells processor seconds and the most memory (VmHWM begins anew with a program; getrusage's does
#: not, and would tell this bench's own).
_RUN = """
import re, runpy, sys, time
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    kilobytes = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
    print(time.process_time(), kilobytes / 1024, file=sys.stderr)
"""
STEPS = (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Processor seconds of one call, and what it returned."""
    start = time.process_time()
    made = work()
    return time.process_time() - start, made


def poll_of(voters: int, projects: int = 40) -> Played:
    """A poll in which everybody has voted, one in ten twice, with a checkpoint for every tenth of them."""
    made = manifest(Kind.BUDGET_APPROVAL, options=options(projects, costs=True), limits=Limits(max_choices=5))
    poll, luck = Played(made, drawn=tuple(option.id for option in made.options), persons=2 * voters), random.Random(1)
    poll.open()
    every = max(20, voters // 10)
    for place in range(voters + voters // 10):
        poll.cast(f"v{place % voters}", random_choice(poll.manifest, luck))
        if place % every == every - 1:
            poll.checkpoint()
    return poll


def verify(voters: int) -> None:
    """One export of so many ballots, checked by verify.py."""
    took, poll = timed(lambda: poll_of(voters))
    assert isinstance(poll, Played)
    casts = voters + voters // 10
    closing, files = timed(poll.export)
    assert isinstance(files, dict)
    with tempfile.TemporaryDirectory() as folder:
        tool, saved = Path(folder) / "verify.py", Path(folder) / "election.zip"
        tool.write_text(verify_source(), "utf-8")
        saved.write_bytes(export.to_zip(files))
        size = sum(map(len, files.values())) / 1e6
        command = [sys.executable, "-c", _RUN, str(tool), str(saved)]
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    seconds, memory = map(float, ended.stderr.split())
    print(
        f"| {voters:,} | {casts / took:,.0f}/s | {closing:.1f} s | {size:.0f} MB | {seconds:.1f} s | {memory:.0f} MB |"
        f" {'sound' if ended.returncode == 0 else 'NOT SOUND'} |"
    )


def election(voters: int, projects: int, *, points: bool) -> Spending:
    """Ballots of up to ten of so many projects, popular and unpopular ones."""
    luck = random.Random(1)
    names = [f"p{number:03}" for number in range(projects)]
    liked = [luck.random() ** 2 + 0.05 for _ in names]
    costs = {name: luck.randint(20, 500) * 1000 for name in names}

    def ballot() -> Weights:
        chosen = sorted(set(luck.choices(names, liked, k=luck.randint(1, 10))))
        return tuple((name, luck.randint(1, 4) if points else 1) for name in chosen)

    return Spending(costs, 500 * voters, Counter(ballot() for _ in range(voters)), voters)


def count(voters: int, projects: int) -> None:
    """Greedy and the Method of Equal Shares with every step of Add1."""
    for points in (False, True):
        spending = election(voters, projects, points=points)
        fast, _ = timed(lambda spending=spending: greedy(spending, TieBreaker(STEPS)))  # type: ignore[misc]
        slow, _ = timed(lambda spending=spending: equal_shares(spending, TieBreaker(STEPS), step=1))  # type: ignore[misc]
        kind, different = "points" if points else "approval", len(spending.ballots)
        print(f"| {voters:,} × {projects} | {kind} | {different:,} | {fast * 1000:.0f} ms | {slow:.1f} s |", flush=True)


def main() -> None:
    """Print the tables of docs/performance.md."""
    print("| ballots | sealing | close, open, count, export | files | verify.py | memory | |")
    for voters in [int(number) for number in sys.argv[1:]] or [10_000, 100_000]:
        verify(voters)
    print("| ballots × projects | kind | different ballots | greedy | Equal Shares, Add1 |")
    count(10_000, 100)


if __name__ == "__main__":
    main()
