"""Reading what Traffy Fondue gives of a case: rows of its CSV export, and the same fields of its Exchange API.

The fields are those that its description names (docs/query-apis.md: get-issues, download-issues). Times are Thai time
without a zone; a photo's address that ends in “/” is no photo.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messages.thai import ZONE
from models.fetches import LONGEST

#: Columns without which a file is no export of theirs.
NEEDED = ("ticket_id", "type", "description", "timestamp", "status")
#: What their other exports call the same.
ALSO = {"state": "status", "problem_type": "type", "photo_url": "photo", "after_photo": "photo_after"}
#: Rows of one file that are taken; their API gives 5,000 at most.
MOST = 5_000
_NAME = re.compile(r"[0-9]{4}-[0-9A-Z]{4,12}", re.ASCII)


class NotTheirs(Exception):
    """The file is no export of Traffy Fondue: columns are missing, or it is no text. `name` is the text that says
    so."""

    def __init__(self, name: str, what: str = "") -> None:
        super().__init__(name)
        self.name, self.what = name, what


@dataclass(frozen=True)
class Issue:
    """One case of theirs. `fault` is the text that says why it cannot be taken, "" where it can."""

    theirs: str
    kind: str
    words: str
    status: str
    at: datetime | None
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    organization: str = ""
    activity: str = ""
    photos: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    note: str = ""
    fault: str = ""


def is_name(text: str) -> bool:
    """Whether this may be a ticket_id of theirs: 2026-ABCDEF."""
    return _NAME.fullmatch(text) is not None


def read_issue(row: Mapping[str, Any], *, note: str = "") -> Issue:
    """One row or object; what is not there is empty."""
    said = {ALSO.get(str(key).strip().lower(), str(key).strip().lower()): value for key, value in row.items() if key}
    lat, lon = _degrees(said.get("latitude"), 90), _degrees(said.get("longitude"), 180)
    if lat is None or lon is None:
        lat, lon = _pair(said.get("coords"))
    at = moment(said.get("timestamp"))
    theirs = _text(said.get("ticket_id"), 40).upper()
    fault = "" if is_name(theirs) else "traffy.fault_name"
    if not fault and at is None:
        fault = "traffy.fault_time"
    return Issue(
        theirs=theirs,
        kind=_text(said.get("type"), 80),
        words=_text(said.get("description"), 4_000),
        status=_text(said.get("status"), 80),
        at=at,
        lat=lat,
        lon=lon,
        address=_text(said.get("address"), 300),
        organization=_text(said.get("organization"), 200),
        activity=_text(said.get("last_activity"), 40),
        photos=_addresses(said.get("photo")),
        after=_addresses(said.get("photo_after")),
        note=note,
        fault=fault,
    )


def read_csv(data: bytes) -> list[Issue]:
    """The rows of an export. Raises NotTheirs."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotTheirs("traffy.not_utf8") from None
    reader = csv.DictReader(io.StringIO(text.replace("\0", "")))
    try:
        heads = [ALSO.get(name.strip().lower(), name.strip().lower()) for name in reader.fieldnames or []]
        missing = [name for name in NEEDED if name not in heads]
        if missing:
            raise NotTheirs("traffy.columns_missing", ", ".join(missing))
        rows: list[Issue] = []
        for row in reader:
            if len(rows) >= MOST:
                raise NotTheirs("traffy.too_many", str(MOST))
            rows.append(read_issue(row))
    except csv.Error:
        raise NotTheirs("traffy.not_csv") from None
    return rows


def moment(value: Any) -> datetime | None:
    """Their time (Thai, without a zone; a few exports write one)."""
    text = str(value or "").strip().replace("/", "-")
    if text.endswith("+00"):
        text += ":00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= found.year <= 2200:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=ZONE)


def _text(value: Any, most: int) -> str:
    return "" if value is None else " ".join(str(value).replace("\0", "").split())[:most]


def _degrees(value: Any, most: int) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) and 0 < abs(found) <= most else None


def _pair(value: Any) -> tuple[float | None, float | None]:
    """“longitude,latitude” in one cell, as their open data writes it."""
    parts = str(value or "").strip("[]() ").split(",")
    if len(parts) != 2:
        return None, None
    lon, lat = (_degrees(part.strip("\"' "), most) for part, most in zip(parts, (180, 90), strict=True))
    return (lat, lon) if lat is not None and lon is not None else (None, None)


def _addresses(value: Any) -> tuple[str, ...]:
    """Pictures: one address, several with commas, or a list."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    found = [str(part).strip() for part in parts if isinstance(part, str)]
    right = (one for one in found if one.startswith(("https://", "http://")) and not one.endswith("/"))
    return tuple(dict.fromkeys(one for one in right if one.isascii() and " " not in one and len(one) <= LONGEST))[:5]
