"""Refusals of the API as problem details (RFC 9457): what is wrong in Thai (`detail`) and English (`detail_en`), a code
for programs in `type`, and for bad input every fault with a pointer to its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import ValidationError

from web.outward import Refused

CONTENT_TYPE = "application/problem+json"

#: pydantic's kinds of faults in words; {…} are its own values. The first that fits the beginning of the kind counts.
_FAULTS: tuple[tuple[str, str, str], ...] = (
    ("missing", "ต้องระบุ", "is missing"),
    ("extra_forbidden", "ไม่มีช่องนี้", "there is no such field"),
    ("string_too_short", "สั้นเกินไป อย่างน้อย {min_length} ตัวอักษร", "is too short: {min_length} characters at least"),
    ("string_too_long", "ยาวเกิน {max_length} ตัวอักษร", "is longer than {max_length} characters"),
    ("string_pattern_mismatch", "รูปแบบไม่ถูกต้อง", "has not the right form"),
    ("string", "ต้องเป็นข้อความ", "must be text"),
    ("literal_error", "ต้องเป็นหนึ่งใน {expected}", "must be one of {expected}"),
    ("enum", "ต้องเป็นหนึ่งใน {expected}", "must be one of {expected}"),
    ("greater_than", "น้อยเกินไป", "is too small"),
    ("less_than", "มากเกินไป", "is too large"),
    ("finite_number", "ต้องเป็นตัวเลข", "must be a number"),
    ("float", "ต้องเป็นตัวเลข", "must be a number"),
    ("int", "ต้องเป็นเลขเต็ม", "must be a whole number"),
    ("bool", "ต้องเป็น true หรือ false", "must be true or false"),
    ("timezone", "ต้องเป็นวันเวลาพร้อมเขตเวลา เช่น 2026-11-20T09:00:00+07:00", "must be a time with its zone"),
    ("datetime", "ต้องเป็นวันเวลาพร้อมเขตเวลา เช่น 2026-11-20T09:00:00+07:00", "must be a time with its zone"),
    ("date", "ต้องเป็นวันที่ เช่น 2026-11-20", "must be a day like 2026-11-20"),
    ("json", "ไม่ใช่ JSON ที่อ่านได้", "is no JSON"),
    ("model", "ต้องเป็นออบเจกต์ JSON", "must be a JSON object"),
)


class Invalid(Refused):
    """Bad input: 422 for a body, 400 for a query."""

    def __init__(self, status: int, faults: Sequence[Mapping[str, str]]) -> None:
        """`faults`: pointer, detail and detail_en of each."""
        first = faults[0]
        where = first.get("pointer") or first.get("parameter") or ""
        super().__init__(
            status,
            "input",
            f"{where} {first['detail']}".strip(),
            f"{where} {first['detail_en']}".strip(),
            errors=list(faults),
        )


def invalid(error: ValidationError, *, query: bool = False) -> Invalid:
    """What pydantic found wrong, in our words; nothing of what was sent is repeated."""
    faults = []
    for each in error.errors(include_url=False, include_input=False):
        thai, english = _words(each["type"], each.get("ctx") or {})
        place = "/".join(str(part) for part in each["loc"])
        key, value = ("parameter", place) if query else ("pointer", f"#/{place}" if place else "#")
        faults.append({key: value, "detail": thai, "detail_en": english})
    return Invalid(400 if query else 422, faults)


def _words(kind: str, values: Mapping[str, Any]) -> tuple[str, str]:
    for start, thai, english in _FAULTS:
        if kind.startswith(start):
            return thai.format_map(_Shown(values)), english.format_map(_Shown(values))
    return "ค่านี้ใช้ไม่ได้", "cannot be taken"


class _Shown(dict[str, Any]):
    """Values for a text; what pydantic does not tell is left out."""

    def __missing__(self, key: str) -> str:
        return "…"


def write_refusal(refused: Refused) -> Response:
    """The refusal as problem+json."""
    body = {
        "type": f"urn:songsiang:problem:{refused.code}",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.thai,
        "detail_en": refused.english,
        **refused.more,
    }
    response = Response(json.dumps(body, ensure_ascii=False), refused.status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
