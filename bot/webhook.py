"""The webhook: check LINE's signature over the raw bytes, turn the events into rows, have them stored, answer.

Nothing else happens in this request (LINE waits two seconds). It knows no web framework, no LINE SDK and hardly any
event type: LINE adds types and fields without notice, and an event we do not know today must still be stored.
https://developers.line.biz/en/reference/messaging-api/#webhooks
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot.discretion import Discretion
from bot.writer import NotStored, Row, Writer
from models.incoming import POISONED, WAITING

log = logging.getLogger(__name__)

#: LINE names no bound; its webhooks are a few kilobytes.
LARGEST_BODY = 1 << 20

#: What an id of LINE's may look like; anything else is not used as a key.
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
_KIND = re.compile(r"[A-Za-z][0-9A-Za-z_]{0,31}\Z")

#: Events that are nothing without the object of this name.
_PAYLOAD = {"message": "message", "messageEdited": "message", "unsend": "unsend", "postback": "postback"}


class Webhook:
    """The webhook of one LINE channel."""

    def __init__(
        self,
        channel_secret: str,
        writer: Writer,
        clock: Callable[[], datetime] | None = None,
        discretion: Discretion | None = None,
    ) -> None:
        """`clock` gives the time of arrival (aware); by default the machine's. `discretion` boxes what tells of a
        ballot before anything is stored."""
        self._secret = channel_secret.encode()
        self._writer = writer
        self._clock = clock or (lambda: datetime.now(UTC))
        self._complaints = Complaints()
        self._discretion = discretion

    async def receive(self, signature: bytes | None, body: bytes) -> int:
        """The HTTP status for a request with this `x-line-signature` and raw body.

        200: every event is durable (or was known already). 400: no signature, or signed but no webhook. 401: the
        signature is not this channel's. 413: too large. 503: not stored, LINE may deliver again.
        """
        status, reason = self._refusal(signature, body), "refused"
        if status is None:
            status, reason = await self._store(body)
        if status != 200:
            self._complaints.log(status, reason)
        return status

    def _refusal(self, signature: bytes | None, body: bytes) -> int | None:
        if len(body) > LARGEST_BODY:
            return 413
        if not signature:
            return 400
        return None if is_signed(self._secret, signature, body) else 401

    async def _store(self, body: bytes) -> tuple[int, str]:
        rows = read_rows(body, self._clock(), self._discretion)
        if rows is None:
            return 400, "signed, but not a webhook"
        try:
            await self._writer.store(rows, len(body))
        except NotStored as error:
            return 503, str(error)
        return 200, ""


class Complaints:
    """Refused requests in the log, one line per status and `every` seconds: strangers must not fill the disk."""

    def __init__(self, every: float = 10.0) -> None:
        """Nothing has been refused yet."""
        self._every = every
        self._last: dict[int, tuple[float, int]] = {}

    def log(self, status: int, reason: str) -> None:
        """Log this refusal, or count it for the next line."""
        now = time.monotonic()
        last, unsaid = self._last.get(status, (float("-inf"), 0))
        if now - last < self._every:
            self._last[status] = (last, unsaid + 1)
            return
        self._last[status] = (now, 0)
        log.warning("webhook answered %d: %s (and %d more since the last such line)", status, reason, unsaid)


def is_signed(secret: bytes, signature: bytes, body: bytes) -> bool:
    """Whether `signature` is Base64(HMAC-SHA256(secret, body)), compared in constant time."""
    return hmac.compare_digest(base64.b64encode(hmac.digest(secret, body, "sha256")), signature)


def read_rows(body: bytes, now: datetime, discretion: Discretion | None = None) -> list[Row] | None:
    """One row for every event of a webhook's body; None when the body is none.

    Events that cannot be understood at all become rows of the kind "malformed" that no worker touches and staff can
    see; the others of the batch are not affected.
    """
    try:
        content = _DECODER.decode(body.decode())
        events = content.get("events") if isinstance(content, dict) else None
        return [_row(event, now, discretion) for event in events] if isinstance(events, list) else None
    except (ValueError, RecursionError):  # no JSON, or nested beyond all reason
        return None


def _row(event: object, now: datetime, discretion: Discretion | None) -> Row:
    fault = _fault(event)
    boxed = discretion.event(event, now) if discretion and fault is None and isinstance(event, dict) else event
    raw, wrong = _dump(boxed)
    fault = wrong or fault
    fields: dict[str, Any] = event if isinstance(event, dict) else {}
    return {
        "event_id": _id(fields.get("webhookEventId")) or _hash(fields or event),
        "chat_key": _chat_key(fields.get("source")),
        "kind": "malformed" if fault else fields["type"],
        "message_id": _message_id(fields),
        "raw": raw,
        "received_at": now,
        "state": POISONED if fault else WAITING,
        "error": fault,
    }


def _fault(event: object) -> str | None:
    """What makes this no event, or None."""
    if not isinstance(event, dict):
        return "the event is not an object"
    kind = event.get("type")
    if not isinstance(kind, str) or not _KIND.match(kind):
        return "the event has no usable type"
    payload = _PAYLOAD.get(kind)
    if payload and not isinstance(event.get(payload), dict):
        return f"the event has no {payload}"
    return None


def _dump(event: object) -> tuple[str, str | None]:
    """The event as JSON text that both databases take, and what is wrong with its numbers or None."""
    fault = None
    try:
        raw = _ENCODER.encode(event)
    except ValueError:  # a number beyond all floats: Python reads 1e999 as infinity
        raw, fault = json.dumps(event), "a number is out of range"
    try:
        raw.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raw = json.dumps(event)
    return raw, fault


def _chat_key(source: object) -> str:
    """The group, room or person the event belongs to; some events belong to none."""
    if isinstance(source, dict):
        for name in ("groupId", "roomId", "userId"):
            if name in source:
                return _id(source[name]) or "-"
    return "-"


def _message_id(event: dict[str, Any]) -> str | None:
    """The id of the message that the event carries or takes back."""
    message, unsend = event.get("message"), event.get("unsend")
    if isinstance(message, dict):
        return _id(message.get("id"))
    return _id(unsend.get("messageId")) if isinstance(unsend, dict) else None


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.match(value) else None


def _hash(event: object) -> str:
    """A stand-in for the id: the same for a redelivery, which differs in `deliveryContext` only."""
    if isinstance(event, dict):
        event = {name: value for name, value in event.items() if name != "deliveryContext"}
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _tolerant_int(digits: str) -> int | float:
    """Python refuses integers of more than 4,300 digits; one such must not cost the whole batch."""
    return int(digits) if len(digits) < 400 else float(digits)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_tolerant_int, parse_constant=_no_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
