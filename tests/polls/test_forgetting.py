"""After the time for complaints the roll goes; the anonymous board, the result and the shown turnout stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from ballots import export
from ballots.audit import audit
from ballots.manifest import Level
from bot.poll_rounds import PollRounds
from models import casting, eligibility, poll_forgetting, poll_life, turnout, vote_codes, voters
from models.audit import AuditRow, verify
from models.base import Base
from models.database import Database
from models.people import Person
from models.polls import Poll
from tests.office import START
from tests.polling import Polling, with_rules

#: Every table that names a voter, a place on the roll, or somebody who was to hear of it.
PERSONAL = ("poll_roll", "vote_codes", "ballot_links", "vote_notices", "poll_reminders")
VOTERS = ("voters", "voter_accounts", "vote_consents")


def rows(database: Database, *tables: str) -> dict[str, int]:
    """How many rows each of these tables has."""
    with database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0 for name in tables
        }


def rounds(poll: Polling) -> PollRounds:
    """The worker's rounds on the poll's clock."""
    return PollRounds(poll.database, "https://town.example", "key", poll.clock, poll.keys)


def ended(database: Database, folder: Path) -> Polling:
    """A published poll with 24 ballots; one of the voters came by LINE, with a slip."""
    poll = Polling(database, folder, with_rules(minimum=Level.CODE), voters=24)
    with database.begin() as session:
        draft = session.get_one(Poll, poll.id)
        _, slips = vote_codes.print_sheet(session, poll.first, poll.keys, draft, 2, poll.now, area="3")
    poll.open()
    with database.begin() as session:
        somsri = Person(line_id="Usomsri", name="สมศรีตัวอย่าง", moo=3, created_at=START)
        session.add(somsri)
        session.flush()
        place = eligibility.use_code(
            session, poll.keys, session.get_one(Poll, poll.id), somsri, slips[0].code, poll.now
        )
        voters.consent(session, place.voter_id or 0, voters.CONSENT, poll.now)
    for voter in range(24):
        poll.cast(voter)
    poll.close().hand_in()
    poll.publish()
    return poll


def test_the_roll_goes_after_the_complaints_and_the_board_stays(database: Database, tmp_path: Path) -> None:
    poll = ended(database, tmp_path)
    files = poll.files()
    with database.read() as session:
        shown = turnout.turnout(session, poll.id, 10)
    worker = rounds(poll)
    poll.clock.forward(days=179)
    worker.work()
    assert rows(database, "poll_roll") == {"poll_roll": 26}, "complaints may still come"
    poll.clock.forward(days=2)
    worker.work()
    worker.work()  # swept, and nothing to do again
    assert rows(database, *PERSONAL, *VOTERS) == dict.fromkeys((*PERSONAL, *VOTERS), 0)
    assert poll.files() == files
    assert audit(files).sound
    assert export.BALLOTS in files
    with database.read() as session:
        assert turnout.turnout(session, poll.id, 10) == shown
        assert not session.get_one(Poll, poll.id).unswept
        [told] = session.scalars(select(AuditRow).where(AuditRow.action == "poll.roll_forgotten"))
        assert told.after == {"places": 26, "voters": 25}
        assert verify(session).sound


def test_whoever_stands_on_another_roll_stays_there(quick_database: Database, tmp_path: Path) -> None:
    old = ended(quick_database, tmp_path)
    new = Polling(quick_database, tmp_path, voters=2, clock=old.clock).open()
    with quick_database.begin() as session:
        assert poll_forgetting.forget(session, old.id, old.now) == 26
    assert rows(quick_database, "poll_roll", "voters") == {"poll_roll": 2, "voters": 2}
    assert isinstance(new.cast(0), casting.Receipt)


def test_nothing_is_forgotten_of_a_poll_that_runs_or_where_the_office_keeps_rolls(
    quick_database: Database, tmp_path: Path
) -> None:
    poll = Polling(quick_database, tmp_path, voters=3).open()
    with quick_database.begin() as session:
        assert poll_forgetting.forget(session, poll.id, poll.now + timedelta(days=900)) == 0
        assert list(poll_forgetting.due(session, poll.now + timedelta(days=900), 180)) == []
        poll_life.cancel(session, poll.first, poll.keys, poll.id, "พบรายชื่อผิด", poll.now)
        assert list(poll_forgetting.due(session, poll.now + timedelta(days=900), 0)) == []
        assert list(poll_forgetting.due(session, poll.now + timedelta(days=900), 180)) == [poll.id]
        assert poll_forgetting.forget(session, poll.id, poll.now) == 3
