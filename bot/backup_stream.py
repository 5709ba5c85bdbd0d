"""A sealed stream: what is written goes to a file in pieces, each encrypted and bound to those before it.

libsodium's secretstream (XChaCha20-Poly1305): a piece that was changed, left out, moved or cut off at the end is
noticed, and no more than one piece is in memory. The file begins with `MAGIC` and a mark of the key, so that the wrong
key is told from a damaged file.
"""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError

MAGIC = b"songsiang backup 1\n"
#: Bytes of one piece before it is sealed.
PIECE = 1 << 20
_SEALED = PIECE + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MARK = 8


class BackupTrouble(Exception):
    """A backup could not be made, read or restored. `thai` and `english` say what is the matter and what to do."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__(f"{thai} ({english})")
        self.thai, self.english = thai, english


class WrongKey(BackupTrouble):
    """The file was sealed with another key."""


class Damaged(BackupTrouble):
    """The file is not what was written."""


def damaged(what: str) -> Damaged:
    """The trouble of a file that is not whole; `what` names the place, in English."""
    return Damaged("ไฟล์สำรองเสียหายหรือไม่ครบ ใช้ไฟล์ของวันก่อนหน้า", f"the backup is damaged, use an older one: {what}")


class Sealer:
    """Seals what is written onto `file`; `finish` must come last, or the reader will find the file cut off."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        """`key`: 32 bytes."""
        self._file, self._waiting = file, bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        file.write(MAGIC + _mark(key) + bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take bytes; they reach the file by whole pieces."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._push(bytes(self._waiting[:PIECE]), _MORE)
            del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing: a piece is sealed when it is full."""

    def finish(self) -> None:
        """Seal the last piece."""
        self._push(bytes(self._waiting), _LAST)
        self._waiting.clear()

    def _push(self, piece: bytes, tag: int) -> None:
        self._file.write(bindings.crypto_secretstream_xchacha20poly1305_push(self._state, piece, tag=tag))


class Unsealer:
    """Reads what a Sealer wrote. Raises WrongKey at once, and Damaged where the file is not what was written."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file, self._ready, self._ended = file, bytearray(), False
        if file.read(len(MAGIC)) != MAGIC:
            raise damaged("it does not begin as a backup does")
        if file.read(_MARK) != _mark(key):
            raise WrongKey("กุญแจไม่ตรงกับไฟล์นี้ ตรวจ BACKUP_KEY", "the key is not this file's: check BACKUP_KEY")
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = file.read(_HEADER)
        if len(header) != _HEADER:
            raise damaged("it is cut off")
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, header, key)

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._pull()
        taken = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def _pull(self) -> None:
        piece = self._file.read(_SEALED)
        try:
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, piece)
        except (CryptoError, ValueError):
            raise damaged("a piece of it was changed or is missing") from None
        self._ready += plain
        if tag == _LAST:
            self._ended = True
            if self._file.read(1):
                raise damaged("something was added to it")


def _mark(key: bytes) -> bytes:
    return hashlib.sha256(b"songsiang backup key\n" + key).digest()[:_MARK]
