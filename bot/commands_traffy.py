"""Commands about Traffy Fondue: bring a file of its cases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.start import database_or_exit, settings_or_exit

#: Rows in one transaction.
AT_ONCE = 50


@click.group()
def traffy() -> None:
    """Traffy Fondue: bring its cases."""


@traffy.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--look", is_flag=True, help="Only say what would become of each row.")
def bring_file(file: Path, look: bool) -> None:
    """File the cases of a CSV FILE exported from Traffy Fondue; bringing it again makes no doubles."""
    from web.traffy_filing import bring, fate_of, types
    from web.traffy_reading import NotTheirs, read_csv

    try:
        issues = read_csv(file.read_bytes())
    except NotTheirs as wrong:
        raise click.ClickException(
            f"ไม่ใช่ไฟล์ของ Traffy Fondue (no export of theirs: {wrong.name} {wrong.what})"
        ) from None
    database, now = database_or_exit(settings_or_exit()), datetime.now(UTC)
    count: Counter[str] = Counter()
    if look:
        with database.read() as session:
            mapped = types(session)
            count.update(fate_of(session, issue, mapped).fate for issue in issues)
    else:
        for start in range(0, len(issues), AT_ONCE):
            with database.begin() as session:
                for issue in issues[start : start + AT_ONCE]:
                    count[bring(session, issue, now, quietly=True)] += 1
    database.dispose()
    said = {"new": "ใหม่ (new)", "changed": "เปลี่ยน (changed)", "same": "เหมือนเดิม (same)", "wrong": "ผิด (wrong)"}
    for fate, words in said.items():
        click.echo(f"{words}: {count[fate]}")
