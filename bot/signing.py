"""How webhooks are signed, after Standard Webhooks (https://www.standardwebhooks.com): there are libraries for every
language.

HMAC-SHA256 over `id.timestamp.body`, with a secret that only the receiver and we know. The receiver refuses what is
older than five minutes, so that a message that was listened to cannot be played again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

#: How the secret is written.
PREFIX = "whsec_"
#: Older or younger than this a message is not believed.
WINDOW = timedelta(minutes=5)


def signature(secret: str, event: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that prove a message. `secret` is `whsec_` and base64."""
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": event,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{_mac(secret, event, seconds, body)}",
    }


def is_signed(secret: str, headers: dict[str, str], body: bytes, now: datetime) -> bool:
    """What a receiver does: whether a message is ours and fresh."""
    try:
        sent = int(headers["webhook-timestamp"])
        given = headers["webhook-signature"].split()
        event = headers["webhook-id"]
    except (KeyError, ValueError):
        return False
    if abs(now.timestamp() - sent) > WINDOW.total_seconds():
        return False
    right = f"v1,{_mac(secret, event, str(sent), body)}".encode()
    return any(hmac.compare_digest(right, each.encode()) for each in given)


def _mac(secret: str, event: str, seconds: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    said = f"{event}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
