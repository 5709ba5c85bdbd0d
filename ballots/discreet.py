"""Letters and events that pass through the database but must not be read there: receipts, and taps on ballots in chat.

They lie boxed under a key that is in no database and no backup and lives two days, so that an old copy of either stays
closed. (The ballots themselves are sealed otherwise: `sealing.py`, `outer.py`.)
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets

import nacl.exceptions
import nacl.secret

#: Letters of a token that stands for a choice in a chat button: 60 random-looking bits.
_TOKEN = 12


def hide(key: bytes, text: str) -> str:
    """The text, unreadable without the key (32 bytes); URL-safe ASCII."""
    return base64.urlsafe_b64encode(nacl.secret.SecretBox(key).encrypt(text.encode())).decode()


def show(key: bytes, hidden: str) -> str | None:
    """The text again; None with another key, or when it is damaged."""
    try:
        return nacl.secret.SecretBox(key).decrypt(base64.urlsafe_b64decode(hidden.encode())).decode()
    except (nacl.exceptions.CryptoError, binascii.Error, ValueError):
        return None


def new_session() -> str:
    """A fresh name for one filling-in of a ballot in chat."""
    return secrets.token_hex(8)


def token(key: bytes, session: str, poll: str, option: str) -> str:
    """What a button carries instead of an option's id; means nothing without the key, or in another session."""
    said = f"tap|v1|{session}|{poll}|{option}".encode()
    return base64.b32encode(hmac.digest(key, said, "sha256")).decode()[:_TOKEN].lower()


def shuffle(key: bytes, session: str, options: list[str]) -> list[str]:
    """The options in an order of this session's own, so that no place on the list is favoured."""
    return sorted(options, key=lambda each: hmac.digest(key, f"order|v1|{session}|{each}".encode(), "sha256"))
