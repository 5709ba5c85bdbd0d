"""Discretion (ความลับของบัตร): what passes through the database on its way to or from LINE, but must not be read there.

Taps on ballots in chat and receipts that people type are boxed at the door, before they are stored; answers that carry
a receipt or a link to a ballot are boxed until they are sent. The key lies outside the database, a new one each day,
and is destroyed after two (models/key_room.py): an old copy of the database, its log or a backup tells nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ballots import discreet
from ballots.sealing import read_receipt
from models.key_room import KeyRoom

Json = dict[str, Any]

#: Taps that carry what somebody chooses (handlers/vote_chat.py).
_SECRET_TAP = "m=vote."  # noqa: S105 - a route, no password
#: A receipt as it is written (ballots/sealing.py), three groups of four letters, anywhere; or alone without dashes.
_GROUPS = re.compile("[0-9A-Za-z๐-๙]{4}[-– ][0-9A-Za-z๐-๙]{4}[-– ][0-9A-Za-z๐-๙]{4}")

#: Said in place of what can no longer be read, in both languages: nothing is known of the reader here.
TOO_LATE = "ข้อความนี้พ้นเวลาที่เก็บได้แล้วค่ะ พิมพ์ “ร่วมลงคะแนน” เพื่อเปิดใหม่\n(This message was kept too long. Please type “vote”.)"


class Discretion:
    """Boxes and opens events and letters with the keys of the day."""

    def __init__(self, keys: KeyRoom) -> None:
        self._keys = keys

    # -- events -------------------------------------------------------------------------------------------------------

    def event(self, event: Json, now: datetime) -> Json:
        """The event as it is stored: one that tells of a ballot is boxed, all others are as they were."""
        postback, message = event.get("postback"), event.get("message")
        if isinstance(postback, dict) and str(postback.get("data", "")).startswith(_SECRET_TAP):
            return {**event, "postback": {}, "boxed": self._box({"postback": postback}, now)}
        if isinstance(message, dict) and _tells_a_receipt(message.get("text")):
            kept = {"type": message.get("type"), "id": message.get("id")}
            return {**event, "message": kept, "boxed": self._box({"message": message}, now)}
        return event

    def opened(self, event: Json) -> Json:
        """The event as it came; where its key is gone, without what was boxed."""
        boxed = event.get("boxed")
        if not isinstance(boxed, Mapping):
            return event
        inside = self._open(boxed)
        rest = {name: value for name, value in event.items() if name != "boxed"}
        return rest | inside if isinstance(inside, dict) else rest

    # -- letters ------------------------------------------------------------------------------------------------------

    def letter(self, messages: list[Json], now: datetime) -> list[Json]:
        """The messages as they are stored: as many, each in its box."""
        return [{"type": "boxed", **self._box(message, now)} for message in messages]

    def sendable(self, messages: list[Json]) -> list[Json]:
        """The messages as LINE gets them."""
        return [self._message(message) for message in messages]

    def _message(self, message: Json) -> Json:
        if message.get("type") != "boxed":
            return message
        inside = self._open(message)
        return inside if isinstance(inside, dict) else {"type": "text", "text": TOO_LATE}

    # -- boxes --------------------------------------------------------------------------------------------------------

    def _box(self, content: Json, now: datetime) -> Json:
        day, key = self._keys.chat(now)
        return {"day": day, "box": discreet.hide(key, json.dumps(content, ensure_ascii=False))}

    def _open(self, boxed: Mapping[str, Any]) -> Any:
        key = self._keys.chat_of(str(boxed.get("day", "")))
        text = discreet.show(key, str(boxed.get("box", ""))) if key is not None else None
        return json.loads(text) if text is not None else None


def is_boxed(event: Json) -> bool:
    """Whether something of this stored event was boxed: it is blanked as soon as it has been handled."""
    return "boxed" in event


def _tells_a_receipt(text: object) -> bool:
    if not isinstance(text, str):
        return False
    return _GROUPS.search(text) is not None or read_receipt(text) is not None
