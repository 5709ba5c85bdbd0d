"""The outer envelope (ซองชั้นนอก): what a sealed ballot lies in until the next checkpoint, and under which name.

`sealing.slot` names a ballot on the board; here is the same for the time before: a place that the voter's next ballot
of the same round finds again, and a box around roll id, area and ballot that only K_link opens. Every round (the time
between two checkpoints) has names and a box of its own, so that a row of one round says nothing about one of another.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import nacl.exceptions
import nacl.secret

from ballots.sealing import slot

#: Bytes of a roll's line id, and of an area's (`requirements` allows forty ASCII letters).
ROLL_ID, AREA = 16, 40
_CAST, _REMOVED = b"\1", b"\0"


class Unreadable(ValueError):
    """This envelope was not made with this K_link in this round."""


@dataclass(frozen=True)
class Inside:
    """What lay in an outer envelope. `sealed` None: the line's ballot is taken back (it was handed a paper one)."""

    roll_id: bytes
    area: str
    sealed: bytes | None


def slot_in(link_key: bytes, poll: str, round_: int, roll_id: bytes) -> bytes:
    """The label, in this round, of the ballot of this line of the roll, 32 bytes."""
    return slot(link_key, poll, f"{round_}|{roll_id.hex()}")


def place(link_key: bytes, poll: str, round_: int, roll_id: bytes) -> bytes:
    """Where, in this round, the envelope of this line of the roll lies, 32 bytes."""
    return hmac.digest(link_key, f"place|v1|{poll}|{round_}|{roll_id.hex()}".encode(), "sha256")


def wrap(link_key: bytes, poll: str, round_: int, inside: Inside, size: int) -> bytes:
    """Put it into the outer envelope; every envelope of a poll has one length (`size`: bytes of a sealed ballot)."""
    sealed = inside.sealed if inside.sealed is not None else bytes(size)
    if len(inside.roll_id) != ROLL_ID or len(sealed) != size:
        raise ValueError("the roll id or the ballot has another length")
    flag = _REMOVED if inside.sealed is None else _CAST
    content = flag + inside.roll_id + pad_area(inside.area) + sealed
    return bytes(_box(link_key, poll, round_).encrypt(content))


def unwrap(link_key: bytes, poll: str, round_: int, envelope: bytes) -> Inside:
    """Take it out again. Raises Unreadable."""
    try:
        content = _box(link_key, poll, round_).decrypt(envelope)
    except (nacl.exceptions.CryptoError, ValueError):
        raise Unreadable("K_link does not open this envelope") from None
    roll_id, rest = content[1 : 1 + ROLL_ID], content[1 + ROLL_ID :]
    sealed = rest[AREA:] if content[:1] == _CAST else None
    return Inside(roll_id, read_area(rest[:AREA]), sealed)


def pad_area(area: str) -> bytes:
    """An area's id in forty bytes."""
    raw = area.encode()
    if len(raw) > AREA:
        raise ValueError("an area's id has forty letters at most")
    return raw.ljust(AREA, b"\0")


def read_area(raw: bytes) -> str:
    """An area's id again."""
    return raw.rstrip(b"\0").decode()


def _box(link_key: bytes, poll: str, round_: int) -> nacl.secret.SecretBox:
    return nacl.secret.SecretBox(hmac.digest(link_key, f"wrap|v1|{poll}|{round_}".encode(), "sha256"))
