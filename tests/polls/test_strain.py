"""Many at once, and processes that die: one person one ballot, no ballot lost, closing repeatable."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, select

from ballots import chain, export
from ballots.audit import audit
from models import casting, key_room, poll_closing
from models.database import Database
from models.key_room import KeyRoom
from models.polls import NotAllowed
from models.roll import RollRow
from tests.polling import Polling, with_rules


def ballots_of(poll: Polling) -> Counter[str]:
    """The published ballots by hash."""
    return Counter(hashed for hashed, _, _ in export.read_sealed(poll.manifest, poll.files()["ballots.bin"]))


def counted(poll: Polling) -> dict[str, int]:
    """The votes of each option in the result."""
    result = poll.hand_in().result
    assert result is not None
    return dict(result["contests"][0]["totals"])


# -- the same bytes again ---------------------------------------------------------------------------------------------


def test_bytes_that_are_sent_again_neither_stop_the_closing_nor_spoil_the_board(
    quick_database: Database, tmp_path: Path
) -> None:
    poll = Polling(quick_database, tmp_path, voters=44).open()
    mine, other = (casting.seal_choice(poll.manifest, (option,)) for option in ("o1", "o2"))

    def send(voter: int, sealed: bytes) -> None:
        with quick_database.begin() as session:
            casting.cast(session, poll.keys, poll.id, poll.voters[voter], sealed, poll.now)

    send(0, mine)
    for voter in range(1, 22):
        poll.cast(voter)
    poll.later(hours=2)
    send(0, other)
    for voter in range(22, 43):
        poll.cast(voter)
    poll.later(hours=2)
    send(0, mine)  # what was replaced comes again
    send(43, other)  # replaced too, by another voter
    send(42, other)
    poll.close()
    result = poll.hand_in().result
    poll.publish()
    report = audit(poll.files())
    assert report.sound, (report.findings, report.checks)
    assert result is not None
    assert result["online"] == 44
    assert sum(result["contests"][0]["totals"].values()) == 41  # three times the same bytes: spoilt


def test_two_voters_who_send_the_same_bytes_have_one_ballot_and_a_spoilt_one(
    quick_database: Database, tmp_path: Path
) -> None:
    poll = Polling(quick_database, tmp_path, voters=22).open()
    same = casting.seal_choice(poll.manifest, ("o1",))
    for voter in poll.voters[:2]:
        with quick_database.begin() as session:
            casting.cast(session, poll.keys, poll.id, voter, same, poll.now)
    for number in range(2, 22):
        poll.cast(number)
    poll.close()
    assert sum(counted(poll).values()) == 21
    poll.publish()
    assert audit(poll.files()).sound


# -- 8: many at once ---------------------------------------------------------------------------------------------------


def test_invariant_08_fifty_ballots_of_one_person_at_once_are_one(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=2).open()
    sealed = [casting.seal_choice(poll.manifest, (f"o{n % 3 + 1}",)) for n in range(50)]

    def cast(one: bytes) -> casting.Receipt:
        with database.begin() as session:
            return casting.cast(session, poll.keys, poll.id, poll.voters[0], one, poll.now)

    with ThreadPoolExecutor(10) as pool:
        receipts = list(pool.map(cast, sealed))
    assert sum(not receipt.replaced for receipt in receipts) == 1
    poll.close()
    assert sum(counted(poll).values()) == 1


def test_invariant_08_a_household_never_exceeds_its_quota(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, with_rules(household_quota=2), voters=12)
    with database.begin() as session:
        for row in session.scalars(select(RollRow).where(RollRow.poll_id == poll.id)):
            row.household = b"h" * 32
    poll.open()
    sealed = casting.seal_choice(poll.manifest, ("o1",))

    def cast(voter: int) -> str:
        try:
            with database.begin() as session:
                casting.cast(session, poll.keys, poll.id, voter, sealed, poll.now)
        except NotAllowed as refused:
            return refused.reason
        return "cast"

    with ThreadPoolExecutor(6) as pool:
        said = Counter(pool.map(cast, poll.voters))
    assert said == {"cast": 2, "household": 10}


def test_invariant_08_a_ballot_racing_the_close_is_counted_or_refused(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=40, days=1).open()
    sealed = [casting.seal_choice(poll.manifest, ("o1",)) for _ in poll.voters]
    begun, ends, refusals = threading.Barrier(5), poll.poll().closes_at, list[str]()
    assert ends is not None

    def cast(some: range) -> list[str]:
        begun.wait()
        said = []
        for n in some:
            try:
                with database.begin() as session:
                    said.append(casting.cast(session, poll.keys, poll.id, poll.voters[n], sealed[n], poll.now).hash)
            except NotAllowed as refused:
                refusals.append(refused.reason)
        return said

    def close() -> None:
        begun.wait()
        poll_closing.step(database, poll.keys, ends)

    with ThreadPoolExecutor(5) as pool:
        closing = pool.submit(close)
        accepted = [hashed for each in pool.map(cast, [range(n, 40, 4) for n in range(4)]) for hashed in each]
        closing.result()
    poll.clock.now = ends
    poll.work()
    with database.read() as session:
        voted = session.query(RollRow).filter(RollRow.voted).count()
    assert voted == len(accepted)
    assert set(refusals) <= {"closed"}
    assert len(refusals) + len(accepted) == 40
    poll.hand_in()
    followed = chain.follow_file(poll.files()["board.jsonl"])
    assert followed.findings == []
    assert followed.standing == set(accepted)


# -- 9: dying ----------------------------------------------------------------------------------------------------------


def dies_at(step: int, url: str, keys: Path, work: Callable[[Database, KeyRoom], object]) -> bool:
    """Do the work in a process of its own that kills itself at its nth step (a statement, a commit, a key's end).
    Returns whether it died."""
    with warnings.catch_warnings():  # other threads of this process hold nothing that the child needs
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            _live(step, url, keys, work)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work itself failed"
    return os.WIFSIGNALED(status)


def _live(step: int, url: str, keys: Path, work: Callable[[Database, KeyRoom], object]) -> None:
    left = step

    def one_step(*_given: object, **_more: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(url)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(database.engine, name, one_step)
    destroy = key_room._destroy

    def watched(path: Path) -> None:
        one_step()
        destroy(path)
        one_step()

    key_room._destroy = watched
    work(database, KeyRoom(keys))
    database.dispose()
    os._exit(0)


def url_of(database: Database) -> str:
    """The address, password and all."""
    return database.engine.url.render_as_string(hide_password=False)


@pytest.mark.timeout(280)
def test_invariant_09_killed_at_every_step_of_casting(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=120).open()
    manifest, died = poll.manifest, 0
    for n in range(120):
        sealed = casting.seal_choice(manifest, ("o1",))

        def cast(own: Database, keys: KeyRoom, voter: int = poll.voters[n], sealed: bytes = sealed) -> None:
            with own.begin() as session:
                casting.cast(session, keys, poll.id, voter, sealed, poll.now)

        if not dies_at(n + 1, url_of(database), tmp_path / "keys", cast):
            break
        died += 1
    assert died >= 10
    for n in range(0, died, 2):  # half of those who were cut off try again
        poll.cast(n, ("o2",))
    poll.close()
    with database.read() as session:
        voted = session.query(RollRow).filter(RollRow.voted).count()
    assert sum(counted(poll).values()) == voted
    assert chain.follow_file(poll.files()["board.jsonl"]).findings == []


@pytest.mark.timeout(280)
def test_invariant_09_killed_at_every_step_of_checkpoint_and_closing(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=60, days=2).open()
    hashes = {n: poll.cast(n, (f"o{n % 2 + 1}",)).hash for n in range(25)}
    poll.clock.forward(hours=2)
    deaths = _die_through(poll, tmp_path)
    assert poll.poll().round == 1
    hashes |= {n: poll.cast(n, ("o3",)).hash for n in range(20, 50)}
    poll.clock.forward(days=3)
    deaths += _die_through(poll, tmp_path)
    assert deaths >= 40
    assert poll.poll().state == "closed"
    assert not poll.keys.has_link(poll.poll().code)
    assert poll.work() == 0
    assert sum(counted(poll).values()) == 50
    poll.publish()
    assert ballots_of(poll) == Counter(hashes.values())
    assert chain.follow_file(poll.files()["board.jsonl"]).findings == []


def _die_through(poll: Polling, tmp_path: Path) -> int:
    """Let the worker die at its first step, its second, and so on, beginning anew whenever something was finished."""
    deaths, step, before = 0, 1, _state(poll)
    while dies_at(step, url_of(poll.database), tmp_path / "keys", lambda d, k: poll_closing.step(d, k, poll.now)):
        deaths += 1
        step = step + 1 if _state(poll) == before else 1
        before = _state(poll)
        assert deaths < 600
    return deaths


def _state(poll: Polling) -> tuple[object, ...]:
    row = poll.poll()
    return row.state, row.round, row.unswept, poll.keys.has_link(row.code)
