"""Sealed secrets: what must be read again (the secret of a webhook) lies in the database encrypted with the house's
key.

What need not be read again is only hashed (models/api_tokens.py). `purpose` keeps keys apart: what was sealed for one
is nothing for another.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken


class Unreadable(Exception):
    """It was sealed with another key: SECRET_KEY was changed. The secret must be made anew."""


def _box(key: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{key}".encode()).digest()))


def seal(key: str, purpose: str, secret: str, now: datetime) -> str:
    """The secret as it may lie in the database."""
    return _box(key, purpose).encrypt_at_time(secret.encode(), int(now.timestamp())).decode()


def unseal(key: str, purpose: str, sealed: str) -> str:
    """The secret again. Raises Unreadable."""
    try:
        return _box(key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable(purpose) from None
