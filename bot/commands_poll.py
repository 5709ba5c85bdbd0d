"""`songsiang poll`: keys for the people who hold them, and the steps of a poll for whoever has a shell.

The commands under “offline” need no database and no settings: they run on the holder's own computer, where the private
keys stay. What passes between holder and office is written on the screen and is no secret, but for the last step.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from ballots import canonical, keys
from bot.commands_audit import SHELL
from bot.config import Settings
from bot.start import database_or_exit, settings_or_exit
from models import board, poll_count, poll_life, polls, turnout
from models.key_room import KeyRoom
from models.poll_drafts import manifest_of
from models.polls import NotAllowed, Poll


@click.group()
def poll() -> None:
    """การลงคะแนน: กุญแจของผู้ถือกุญแจ การซ้อม และการมอบกุญแจ (keys of polls)."""


def _passphrase(twice: bool = False) -> str:
    shown = f"วลีผ่าน อย่างน้อย {keys.PASSPHRASE_LEAST} ตัว (passphrase)"
    return str(click.prompt(shown, hide_input=True, confirmation_prompt=twice))


def _write(path: Path, content: bytes) -> None:
    """A key file that only its owner reads; an existing one is never overwritten."""
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(content + b"\n")
    except FileExistsError:
        raise click.ClickException(f"มีไฟล์ {path} อยู่แล้ว (the file exists)") from None


def _unlock(path: Path, purpose: str) -> bytes:
    try:
        return keys.unlock(path.read_bytes(), _passphrase(), purpose)
    except keys.WrongKey as wrong:
        raise click.ClickException(f"เปิดไฟล์กุญแจไม่ได้ (the key file does not open: {wrong})") from None


# -- offline: on the holder's own computer -----------------------------------------------------------------------------


@poll.command("key")
@click.argument("purpose", type=click.Choice(["auth", "seal", "holder"]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make_key(purpose: str, file: Path) -> None:
    """Make a key, locked by a passphrase, and print its public half: `auth` (the office), `seal` (a poll with one
    holder), `holder` (one of three). Needs no database."""
    secret = keys.new_signing() if purpose == "auth" else keys.new_seal()
    _write(file, keys.lock(secret, _passphrase(twice=True), purpose))
    click.echo(keys.verify_key(secret) if purpose == "auth" else keys.public_key(secret))


@poll.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("holders", nargs=3)
def share(file: Path, holders: tuple[str, str, str]) -> None:
    """Make a seal that any two of three HOLDERS (their public keys) can open, into FILE. Needs no database.

    FILE holds nothing secret: give it to the office (`songsiang poll seal CODE --shares FILE`).
    """
    secret = keys.new_seal()
    shares = keys.share(secret, holders)
    made = {"seal": keys.public_key(secret), "holders": list(holders), "shares": shares}
    _write(file, canonical.dumps(made))
    click.echo(made["seal"])


@poll.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("envelope")
def answer(file: Path, envelope: str) -> None:
    """Open the test ballot ENVELOPE with the key of FILE, and print what is in it. Needs no database."""
    try:
        click.echo(keys.answer(envelope, _unlock(file, "seal")))
    except (keys.WrongKey, ValueError) as wrong:
        raise click.ClickException(f"กุญแจนี้เปิดบัตรทดสอบไม่ได้ (this key does not open it: {wrong})") from None


# -- at the office -----------------------------------------------------------------------------------------------------


def _of(session: Session, code: str) -> Poll:
    found = polls.poll_of(session, code)
    if found is None:
        raise click.ClickException(f"ไม่มีการลงคะแนน {code} (no such poll; see: songsiang poll list)")
    return found


def _refused(refused: NotAllowed) -> click.ClickException:
    return click.ClickException(f"ทำไม่ได้ตอนนี้ (not allowed: {refused.reason})")


def _rooms(settings: Settings) -> KeyRoom:
    return KeyRoom(settings.key_room)


@poll.command("list")
def list_polls() -> None:
    """All polls: code, state, title, turnout."""
    with database_or_exit(settings_or_exit()).read() as session:
        for found in polls.shown(session, *polls.STATES):
            small = manifest_of(found).small_cell if found.frozen else 1
            seen = turnout.turnout(session, found.id, small)
            click.echo(f"{found.code}\t{found.state}\t{found.title}\t{seen.total}/{seen.roll}")


@poll.command()
@click.argument("code")
@click.argument("public", required=False)
@click.option("--shares", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What `poll share` made.")
def seal(code: str, public: str | None, shares: Path | None) -> None:
    """Give a draft its seal: the PUBLIC key of one holder, or --shares of three."""
    settings, now = settings_or_exit(), datetime.now(UTC)
    made: dict[str, Any] = canonical.loads(shares.read_bytes().strip()) if shares else {"seal": public or ""}
    with database_or_exit(settings).begin() as session:
        found = _of(session, code)
        names = found.draft.get("holders") or []
        holders = dict(zip(names, made["holders"], strict=False)) if shares else None
        try:
            poll_life.use_seal(session, SHELL, found.id, made["seal"], now, holders=holders, shares=made.get("shares"))
        except NotAllowed as refused:
            raise _refused(refused) from None
    click.echo(made["seal"])


@poll.command()
@click.argument("code")
@click.argument("answered", required=False)
def rehearse(code: str, answered: str | None) -> None:
    """Without ANSWERED: print a fresh test ballot for the holders. With it: check what they read in it."""
    now = datetime.now(UTC)
    with database_or_exit(settings_or_exit()).begin() as session:
        found = _of(session, code)
        try:
            if answered is None:
                click.echo(poll_life.begin_rehearsal(session, SHELL, found.id, now))
                return
            poll_life.rehearse(session, SHELL, found.id, answered, now)
        except NotAllowed as refused:
            raise _refused(refused) from None
    click.echo("ซ้อมเปิดบัตรสำเร็จ (the holders can open this poll)")


@poll.command()
@click.argument("code")
def checklist(code: str) -> None:
    """What still stands between a draft and freezing; exit code 1 when something does."""
    settings = settings_or_exit()
    with database_or_exit(settings).begin() as session:
        missing = poll_life.checklist(session, _rooms(settings), _of(session, code), datetime.now(UTC))
    for each in missing:
        click.echo(each)
    if missing:
        sys.exit(1)
    click.echo("พร้อม (ready)")


@poll.command("count")
@click.argument("code")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def hand_in(code: str, files: tuple[Path, ...]) -> None:
    """The holders open a closed poll: FILES are one seal key file, or two of three holders' key files; then it is
    counted. Run it where the holders sit, and take the files away again."""
    settings, now = settings_or_exit(), datetime.now(UTC)
    database = database_or_exit(settings)
    with database.read() as session:
        rehearsal = dict(_of(session, code).rehearsal)
    private = _private(files, rehearsal)
    try:
        with database.begin() as session:
            done = poll_count.hand_in(session, SHELL, _rooms(settings), _of(session, code).id, private, now)
            result = done.result or {}
    except NotAllowed as refused:
        raise _refused(refused) from None
    click.echo(canonical.dumps(result).decode())


def _private(files: tuple[Path, ...], rehearsal: dict[str, object]) -> bytes:
    """The seal's private key out of one file, or out of the shares with two."""
    if len(files) == 1:
        return _unlock(files[0], "seal")
    holders, shares = rehearsal.get("holders"), rehearsal.get("shares")
    if len(files) != 2 or not isinstance(holders, list) or not isinstance(shares, dict):
        raise click.ClickException("ใช้ไฟล์ผู้ถือกุญแจสองไฟล์จากสาม (two of three holders' files are needed)")
    try:
        one, other = (_unlock(file, "holder") for file in files)
        return keys.open_share(shares, [public for _, public in holders], one, other)
    except keys.WrongKey as wrong:
        raise click.ClickException(f"กุญแจสองดอกนี้เปิดไม่ได้ (these two do not open it: {wrong})") from None


@poll.command()
@click.argument("code")
@click.argument("auth", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def publish(code: str, auth: Path) -> None:
    """Sign the result with the office's key file AUTH, and let everybody see it."""
    settings, secret = settings_or_exit(), _unlock(auth, "auth")
    try:
        with database_or_exit(settings).begin() as session:
            poll_count.publish(session, SHELL, _rooms(settings), _of(session, code).id, secret, datetime.now(UTC))
    except NotAllowed as refused:
        raise _refused(refused) from None
    click.echo("ประกาศผลแล้ว (published)")


@poll.command("board")
@click.argument("code")
def show_board(code: str) -> None:
    """Print the poll's board, one entry a line, and its last hash to keep on paper."""
    with database_or_exit(settings_or_exit()).read() as session:
        lines = board.lines(session, _of(session, code).id)
        last = board.head(session, _of(session, code).id)
    for line in lines:
        click.echo(line.decode())
    click.echo(last.hash if last else "-", err=True)
