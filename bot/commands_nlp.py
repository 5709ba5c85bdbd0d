"""Commands about understanding: read messages from a pipe, learn from the town's corrections, undo what was learnt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.start import database_or_exit, settings_or_exit

if TYPE_CHECKING:
    from models.lessons import Lesson
    from nlp.learning import Comparison, Example


@click.group(invoke_without_command=True)
@click.pass_context
def nlp(context: click.Context) -> None:
    """Understand JSON lines {"text": …} from standard input; one JSON line each to standard output."""
    if context.invoked_subcommand is None:
        from nlp.command import run

        sys.exit(run(sys.stdin, sys.stdout, datetime.now(UTC)))


@nlp.command()
def retrain() -> None:
    """Learn from the corrections of residents and staff; kept only where it is not worse than before."""
    from models.lessons import Learnt, lessons
    from nlp.learning import retrain as fit
    from nlp.model import load

    database = database_or_exit(settings_or_exit())
    with database.read() as session:
        examples = [_example(lesson, words) for lesson, words in lessons(session)]
    if not examples:
        click.echo("ยังไม่มีการแก้หมวดหรือกองให้เรียนรู้ (there are no corrections to learn from yet)")
        return
    outcome = fit(examples, load())
    click.echo(_table(outcome.comparisons))
    if not outcome.applied:
        click.echo("ไม่ดีขึ้น จึงไม่นำมาใช้ (not better: nothing was changed)")
        return
    report: list[Any] = [comparison._asdict() for comparison in outcome.comparisons]
    with database.begin() as session:
        blob = outcome.correction.to_bytes()
        session.add(Learnt(made_at=datetime.now(UTC), blob=blob, report=report))
    click.echo("นำมาใช้แล้ว ยกเลิกได้ด้วย songsiang nlp undo (applied; undo with: songsiang nlp undo)")


@nlp.command()
def undo() -> None:
    """Forget what was learnt last; what was learnt before it counts again."""
    from models.lessons import Learnt, newest

    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        key = newest(session)
        if key is None:
            click.echo("ไม่มีสิ่งที่เรียนรู้ไว้ (nothing was learnt)")
            return
        session.get_one(Learnt, key).undone_at = datetime.now(UTC)
    click.echo("ยกเลิกแล้ว (undone)")


def _example(lesson: Lesson, words: str) -> Example:
    from nlp.learning import Example

    return Example(words, by="staff" if lesson.by == "staff" else "resident", **{lesson.field: lesson.label})


def _table(comparisons: Sequence[Comparison]) -> str:
    """Before and after, on examples that were held back."""
    rows = [f"{'':12} {'examples':>8} {'held back':>9} {'right':>15} {'log loss':>15}  applied"]
    for c in comparisons:
        right = f"{c.right_before:.2f} → {c.right_after:.2f}"
        loss = f"{c.loss_before:.2f} → {c.loss_after:.2f}"
        applied = "yes" if c.applied else "no"
        rows.append(f"{c.head:12} {c.examples:8d} {c.held_back:9d} {right:>15} {loss:>15}  {applied}")
    return "\n".join(rows)
