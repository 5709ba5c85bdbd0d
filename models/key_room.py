"""The key room (ห้องกุญแจ): the keys that lie outside the database, in files only the house's own account may read.

`identity.key` (K_id) hashes people; `polls/<code>/board.key` signs a poll's board; `polls/<code>/link.key` (K_link)
ties places on the roll to ballots and is destroyed at closing; `chat/<day>.key` hides receipts on their way to LINE for
two days. The private half of a poll's seal is never here. Backups must leave the whole folder out (docs/operations.md).
Files are read each time: a key that one process has destroyed must not live on in another's memory.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

from ballots import keys

#: Days for which what was hidden in letters and events can be read again.
CHAT_DAYS = 2


class NoKey(LookupError):
    """A key is not there: never made, lost, or destroyed."""


class KeyRoom:
    """The keys under one folder. Makes folders (0700) and files (0600) as they are needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    # -- people ---------------------------------------------------------------------------------------------------

    def identity(self) -> bytes:
        """K_id, made at first use. Losing it means that nobody on a list is recognised any more."""
        return self._made(self._folder / "identity.key")

    def hashed(self, kind: str, value: str) -> bytes:
        """The keyed hash of something about a person: “line”, “list”, “phone”, “house”, “code”."""
        return bytes.fromhex(keys.keyed(self.identity(), kind, value))

    # -- polls ----------------------------------------------------------------------------------------------------

    def make_link(self, poll: str) -> bytes:
        """K_link of this poll, made at first use (when the poll is frozen)."""
        return self._made(self._poll(poll) / "link.key")

    def link(self, poll: str) -> bytes:
        """K_link of this poll. Raises NoKey: before freezing, and for ever after closing."""
        return self._read(self._poll(poll) / "link.key")

    def has_link(self, poll: str) -> bool:
        """Whether K_link still exists."""
        return (self._poll(poll) / "link.key").exists()

    def destroy_link(self, poll: str) -> None:
        """Overwrite K_link and remove it; safe to repeat. What the disk itself keeps is beyond us (docs/voting.md)."""
        _destroy(self._poll(poll) / "link.key")

    def make_board(self, poll: str) -> bytes:
        """The board's signing key (Ed25519 seed), made at first use."""
        return self._made(self._poll(poll) / "board.key")

    def board(self, poll: str) -> bytes:
        """The board's signing key. Raises NoKey."""
        return self._read(self._poll(poll) / "board.key")

    def forget_draft(self, poll: str) -> None:
        """A poll that was never opened is gone, and its keys with it."""
        for name in ("link.key", "board.key"):
            _destroy(self._poll(poll) / name)

    # -- letters --------------------------------------------------------------------------------------------------

    def chat(self, now: datetime) -> tuple[str, bytes]:
        """Today's name and key for hiding what passes through the database."""
        name = f"{now:%Y%m%d}"
        return name, self._made(self._folder / "chat" / f"{name}.key")

    def chat_of(self, name: str) -> bytes | None:
        """The key of that day, while it exists."""
        if not name.isdigit() or len(name) != 8:
            return None
        with contextlib.suppress(NoKey):
            return self._read(self._folder / "chat" / f"{name}.key")
        return None

    def sweep(self, now: datetime) -> None:
        """Destroy the keys of letters of days long past."""
        last = f"{_day(now) - timedelta(days=CHAT_DAYS):%Y%m%d}"
        for file in (self._folder / "chat").glob("*.key"):
            if file.stem < last:
                _destroy(file)

    # -- files ----------------------------------------------------------------------------------------------------

    def _poll(self, poll: str) -> Path:
        if not poll.isalnum() or not poll.isascii():
            raise ValueError(f"no name of a poll: {poll!r}")
        return self._folder / "polls" / poll

    def _made(self, path: Path) -> bytes:
        with contextlib.suppress(NoKey):
            return self._read(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        _write(fresh, keys.new_secret())
        try:
            os.link(fresh, path)  # whoever comes first has made it; it is there whole or not at all
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        _sync(path.parent)
        return self._read(path)

    def _read(self, path: Path) -> bytes:
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            raise NoKey(path.name) from None
        if len(found) != 32:
            raise NoKey(f"{path.name} is damaged")
        return found


def _day(now: datetime) -> date:
    return now.date()


def _write(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)


def _destroy(path: Path) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        os.write(file, secrets.token_bytes(32))
        os.fsync(file)
    finally:
        os.close(file)
    path.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """The folder's own entry on the disk: a removed key must not come back after a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
