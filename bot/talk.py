"""`songsiang talk`: chat with the bot in the terminal, as a resident of the invented town. Nothing is stored.

Type words; type a button's number to tap it; /photo, /voice, /place, /sticker send such things; /quit ends.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.config import Settings, read_settings
from bot.invented import fill
from bot.release import release
from bot.wake import Waker
from bot.webhook import Webhook
from bot.worker import Worker
from bot.writer import Writer
from models.database import Database
from simulator import BotMessage, Button, Simulator, User, samples

HELP = "พิมพ์ข้อความ · พิมพ์เลขปุ่มเพื่อกด · /photo /voice /place /sticker · /quit เพื่อออก"


class Terminal:
    """One resident's phone, as lines of text."""

    def __init__(self, line: Simulator, user: User, out: TextIO) -> None:
        self._line, self._user, self._out = line, user, out
        self._seen = 0
        self._buttons: list[Button] = []

    def run(self, lines: TextIO) -> None:
        """Read and answer until the end."""
        self._print(HELP)
        self._line.follow(self._user)
        self._show()
        for line in lines:
            words = line.strip()
            if words in ("/quit", "/q"):
                return
            if words:
                self._act(words)
                self._show()

    def _act(self, words: str) -> None:
        line, user = self._line, self._user
        if words.isdigit() and 0 < int(words) <= len(self._buttons):
            line.tap(user, self._buttons[int(words) - 1])
        elif words == "/photo":
            line.send_photo(user, samples.photo())
        elif words == "/voice":
            line.send_voice(user)
        elif words == "/place":
            line.send_location(user, 14.0208, 100.525, title="หน้าวัดกลางทุ่ง")
        elif words == "/sticker":
            line.send_sticker(user)
        elif words == "/help":
            self._print(HELP)
        else:
            line.say(user, words)

    def _wait(self) -> None:
        """Until the bot has answered and says nothing more for a moment; not for ever, it may have nothing to say."""
        end, seen = time.monotonic() + 3, 0
        quiet_until = end
        while time.monotonic() < min(end, quiet_until):
            count = len(self._line.messages(self._user, after=self._seen))
            if count != seen:
                seen, quiet_until = count, time.monotonic() + 0.4
            time.sleep(0.05)

    def _show(self) -> None:
        self._wait()
        for message in self._line.messages(self._user, after=self._seen):
            self._print_message(message)
            self._seen = message.seq
        shown = [b for b in self._line.buttons_on_screen(self._user) if b.where != "menu"]
        self._buttons = _once(shown)
        if self._buttons:
            self._print("   " + "  ".join(f"[{n}] {b.label}" for n, b in enumerate(self._buttons, 1)))
        self._out.write("คุณ> ")
        self._out.flush()

    def _print_message(self, message: BotMessage) -> None:
        labels = {button.label for button in message.buttons}
        lines = [line for line in message.text.splitlines() if line not in labels] or [message.type]
        self._print("\n".join(("บอต> " if not at else "     ") + line for at, line in enumerate(lines)))

    def _print(self, words: str) -> None:
        self._out.write(words + "\n")
        self._out.flush()


def _once(buttons: list[Button]) -> list[Button]:
    """Each action once: a card and the quick replies under it often offer the same."""
    return list({str(button.action): button for button in reversed(buttons)}.values())[::-1]


def run(lines: TextIO | None = None, out: TextIO | None = None) -> int:
    """Talk until the end of input. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="songsiang-talk-") as folder:
        _talk(Path(folder), lines or sys.stdin, out or sys.stdout)
    return 0


def _talk(folder: Path, lines: TextIO, out: TextIO) -> None:
    secret, token = secrets.token_hex(16), secrets.token_hex(16)
    door: list[Callable[[Mapping[str, str], bytes], int]] = []
    line = Simulator(
        secret=secret,
        token=token,
        transport=lambda body, headers: door[0](headers, body),
        deliver="now",
        loopback_http=True,
    )
    with line:
        settings = read_settings(
            line_channel_secret=secret,
            line_channel_access_token=token,
            line_api_url=line.url,
            line_data_url=line.url,
            secret_key=secrets.token_hex(32),
            data_dir=folder,
            database_url=f"sqlite:///{folder / 'talk.db'}",
        )
        database = Database(settings.database_url)
        release(database)
        with database.begin() as session:
            fill(session, datetime.now(UTC))
        with _open(settings, database) as receive:
            door.append(receive)
            Terminal(line, line.user("ป้าสมศรี"), out).run(lines)
        database.dispose()


@contextmanager
def _open(settings: Settings, database: Database) -> Iterator[Callable[[Mapping[str, str], bytes], int]]:
    """The webhook and the worker in this process; yields what takes a webhook's headers and body."""
    writer = Writer(database, Waker(database))
    webhook = Webhook(settings.line_channel_secret, writer)
    worker = Worker(settings, database)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)

    def receive(headers: Mapping[str, str], body: bytes) -> int:
        signature = {name.lower(): value for name, value in headers.items()}["x-line-signature"]
        return asyncio.run_coroutine_threadsafe(webhook.receive(signature.encode(), body), loop).result(timeout=10)

    thread.start()
    writer.start()
    worker.start()
    try:
        yield receive
    finally:
        worker.stop()
        writer.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
