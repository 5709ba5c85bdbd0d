"""`songsiang`: the command of the house. `songsiang --help` lists what it can do."""

from __future__ import annotations

import sys

import click

from bot.commands_audit import audit
from bot.commands_backup import backup, restore
from bot.commands_nlp import nlp
from bot.commands_poll import poll
from bot.commands_tally import tally, verifier, verify
from bot.commands_town import department, staff, town
from bot.commands_traffy import traffy
from bot.start import database_or_exit, settings_or_exit, start_logging


@click.group()
def main() -> None:
    """ส่งเสียง: แชตบอต LINE เพื่อการมีส่วนร่วมของประชาชน (a LINE chatbot for citizen participation)."""


main.add_command(staff)
main.add_command(department)
main.add_command(town)
main.add_command(audit)
main.add_command(backup)
main.add_command(restore)
main.add_command(nlp)
main.add_command(traffy)
main.add_command(poll)
main.add_command(tally)
main.add_command(verify)
main.add_command(verifier)


@main.command()
def migrate() -> None:
    """Bring the database to this version, and fill in the defaults of a fresh town. Safe to repeat."""
    from bot.release import release

    start_logging()
    release(database_or_exit(settings_or_exit()))
    click.echo("ฐานข้อมูลพร้อมแล้ว (the database is ready)")


@main.command()
def worker() -> None:
    """Handle events and send letters, until stopped."""
    from bot.worker import main as work

    sys.exit(work())


@main.command()
@click.option("--port", default=8100, show_default=True, help="Port of the page with the phones (0: any free one).")
@click.option("--web-port", default=0, help="Port of the web server (0: any free one).")
@click.option("--empty", is_flag=True, help="Without the invented cases.")
def demo(port: int, web_port: int, empty: bool) -> None:
    """Try everything on this machine, without LINE: phones on a page, an invented town."""
    from bot.demo import run

    sys.exit(run(port, web_port, filled=not empty))


@main.command()
def talk() -> None:
    """Chat with the bot in this terminal, as a resident of the invented town."""
    from bot.talk import run

    sys.exit(run())


@main.command()
@click.option("--offline", is_flag=True, help="Ask LINE nothing.")
def doctor(offline: bool) -> None:
    """Check settings, database, LINE, webhook, quota, clock and disk; say what to do. Exit code 1 when bad."""
    from bot.doctor import report

    sys.exit(report(offline=offline))


@main.command()
@click.argument("number", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="All events that were put aside.")
def replay(number: int | None, everything: bool) -> None:
    """Handle a poisoned event again: NUMBER, or --all; without either, list them."""
    from bot.wake import Waker
    from models.incoming import poisoned
    from models.incoming import replay as again

    database = database_or_exit(settings_or_exit())
    with database.begin() as session:
        rows = poisoned(session, limit=10_000)
        if number is not None and number not in {row.id for row in rows}:
            raise click.ClickException(f"ไม่มีเหตุการณ์หมายเลข {number} ที่พักไว้ (no such event was put aside)")
        chosen = [row for row in rows if everything or row.id == number]
        for row in chosen:
            again(row)
    if not chosen:
        for row in rows:
            click.echo(f"{row.id}\t{row.kind}\t{row.received_at:%Y-%m-%d %H:%M}\t{row.error}")
        click.echo(f"พักไว้ {len(rows)} เหตุการณ์ (put aside: {len(rows)})")
        return
    Waker(database).notify()
    click.echo(f"ส่งกลับเข้าคิว {len(chosen)} เหตุการณ์ (queued again: {len(chosen)})")


@main.group()
def richmenu() -> None:
    """ริชเมนู: the six tiles under the chat."""


@richmenu.command()
def install() -> None:
    """Install the rich menu for everybody. Safe to repeat."""
    from bot.line import Line
    from bot.richmenu import install as put
    from bot.trouble import LineTrouble

    try:
        click.echo(put(Line(settings_or_exit())))
    except LineTrouble as trouble:
        raise click.ClickException(f"ติดตั้งริชเมนูไม่ได้ (the rich menu could not be installed: {trouble})") from None


if __name__ == "__main__":
    main()
