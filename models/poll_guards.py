"""What the database itself refuses about polls, whoever asks: pages, code with a mistake, or somebody with a shell.

From opening on, the question, options, prices, rules and roll stay as they are; a board and published ballots only
grow; who has voted has voted. Alembic knows nothing of triggers, so every release makes them anew (`guard`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, event

from models import ballot_box, board, paper, polls, roll
from models.base import Base


@dataclass(frozen=True)
class Guard:
    """One refusal: on which verb of which table, under which condition (SQL that both databases read)."""

    name: str
    table: str
    verb: str
    when: str
    says: str

    def sqlite(self) -> tuple[str, ...]:
        """The statements for SQLite."""
        return (
            f"DROP TRIGGER IF EXISTS {self.name}",
            f"""CREATE TRIGGER {self.name} BEFORE {self.verb} ON {self.table} WHEN {self.when}
                BEGIN SELECT RAISE(ABORT, '{self.says}'); END""",
        )

    def postgresql(self) -> tuple[str, ...]:
        """The statements for PostgreSQL, where a condition with a question in it stands in a function."""
        row = "OLD" if self.verb == "DELETE" else "NEW"
        body = f"BEGIN IF {self.when} THEN RAISE EXCEPTION '{self.says}'; END IF; RETURN {row}; END"
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"""CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.verb} ON {self.table}
                FOR EACH ROW EXECUTE FUNCTION {self.name}()""",
        )


#: Fields of a poll that are part of what was agreed.
AGREED = (
    *("code", "title", "about", "draft", "opens_at", "seal_public", "manifest", "manifest_hash"),
    *("opened_by", "approved_by"),
)


def _changed(*columns: str) -> str:
    # As text: PostgreSQL has no equality for JSON.
    return " OR ".join(f"CAST(NEW.{c} AS TEXT) IS DISTINCT FROM CAST(OLD.{c} AS TEXT)" for c in columns)


def _poll(row: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM polls WHERE polls.id = {row}.poll_id AND ({condition}))"  # noqa: S608 - no part of it comes from outside


_OPEN = "polls.state IN ('open', 'closing', 'closed')"
_FROZEN = "polls.manifest IS NOT NULL"

GUARDS = (
    *(
        Guard(f"{table}_no_{verb.lower()}", table, verb, "TRUE", f"{table} only grows")
        for table in ("board_entries", "published_ballots")
        for verb in ("UPDATE", "DELETE")
    ),
    Guard("sealed_ballots_no_update", "sealed_ballots", "UPDATE", "TRUE", "ballots are written as a whole"),
    Guard(
        "polls_agreed",
        "polls",
        "UPDATE",
        f"OLD.state <> 'draft' AND ({_changed(*AGREED)})",
        "the rules of an open poll do not change",
    ),
    Guard(
        "polls_earlier",
        "polls",
        "UPDATE",
        "OLD.state <> 'draft' AND NEW.closes_at < OLD.closes_at",
        "a poll does not close before its time",
    ),
    Guard(
        "polls_back",
        "polls",
        "UPDATE",
        "OLD.state <> NEW.state AND (NEW.state = 'draft' OR OLD.state IN ('published', 'cancelled') "
        "OR (OLD.state = 'closed' AND NEW.state IN ('open', 'closing')) "
        "OR (OLD.state = 'closing' AND NEW.state = 'open'))",
        "a poll does not go back",
    ),
    Guard("polls_no_delete", "polls", "DELETE", "OLD.state <> 'draft'", "a poll that was open stays"),
    *(
        Guard(
            f"poll_options_no_{verb.lower()}",
            "poll_options",
            verb,
            _poll("OLD" if verb == "DELETE" else "NEW", _FROZEN),
            "the options are frozen",
        )
        for verb in ("INSERT", "UPDATE", "DELETE")
    ),
    Guard("poll_roll_no_delete", "poll_roll", "DELETE", _poll("OLD", _OPEN), "nobody is taken off an open roll"),
    Guard(
        "poll_roll_agreed",
        "poll_roll",
        "UPDATE",
        f"({_changed('poll_id', 'household', 'area', 'level')}) AND ({_poll('OLD', _OPEN)})",
        "the roll is agreed",
    ),
    Guard(
        "poll_roll_person",
        "poll_roll",
        "UPDATE",
        "NEW.roll_id <> OLD.roll_id OR (OLD.voter_id IS NOT NULL AND NEW.voter_id IS DISTINCT FROM OLD.voter_id)",
        "a place on the roll stays with its person",
    ),
    Guard("poll_roll_voted", "poll_roll", "UPDATE", "OLD.voted AND NOT NEW.voted", "who has voted has voted"),
    *(
        Guard(
            f"paper_batches_no_{verb.lower()}",
            "paper_batches",
            verb,
            "OLD.phase = 'confirmed'",
            "a confirmed batch is frozen",
        )
        for verb in ("UPDATE", "DELETE")
    ),
)

#: The tables that are guarded; naming them here also makes sure that they are known before any table is made.
TABLES = (
    ballot_box.SealedBallot,
    ballot_box.PublishedBallot,
    board.BoardEntry,
    paper.PaperBatch,
    polls.Poll,
    polls.PollOption,
    roll.RollRow,
)


def guard(connection: Connection) -> None:
    """Let the database refuse. Safe to repeat."""
    for each in GUARDS:
        for statement in each.sqlite() if connection.dialect.name == "sqlite" else each.postgresql():
            connection.exec_driver_sql(statement.replace("%", "%%"))


@event.listens_for(Base.metadata, "after_create")
def _guard_new_tables(_tables: MetaData, connection: Connection, **_more: object) -> None:
    guard(connection)
