"""Filing through Open311: `POST requests.<form>`, with the key of a token that has the scope `open311`.

A report is filed like any other (web/filed.py): department, 15-day duty, duplicates shown to staff. The answer is the
token by which its public id is found once staff have approved its words. Contact data is kept apart
(models/contacts.py); e-mail, device and account are not kept. `media_url` is fetched later by the worker
(models/fetches.py). On the test endpoint everything is checked and done, and then undone.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.datastructures import MultiDict

from messages import cases
from models.api_tokens import Origin, sent_before
from models.contacts import Contact
from models.fetches import LONGEST, expect_address
from models.near import metres
from models.tickets import Ticket
from models.town import Village
from web import uploads
from web.filed import Filed, Told, file_told
from web.open311 import (
    ENDPOINTS,
    FORMS,
    check_jurisdiction,
    pages,
    refuse,
    service,
)
from web.open311_params import Fault
from web.open311_questions import Answers, read
from web.open311_shape import TYPES, write
from web.outward import Call, Rehearsed, check_amount, outward
from web.uploads import Brought

__all__ = ["pages"]

#: The standard's bound for a description, and ours for an address in words.
WORDS, PLACE = 4_000, 300
#: The same request of one token within this time was sent twice.
TWICE = timedelta(minutes=10)
#: Farther from the town's middle than this a place is asked about, never refused: the client is told.
FAR_KM = 25
_ANSWER = re.compile(r"attribute\[([A-Za-z0-9_]{1,40})\](?:\[\])?", re.ASCII)
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?", re.ASCII)
_PHONE = re.compile(r"[^0-9+ ()-]")


@dataclass(frozen=True)
class Where:
    """The place of a report, as far as it was told."""

    lat: float | None = None
    lon: float | None = None
    text: str = ""
    moo: int | None = None


def take_pictures() -> Brought:
    """Pictures that came with the form itself, under any name (some clients send them instead of an address)."""
    return uploads.bring(*request.files)


def file(call: Call, form: str) -> Response:
    """File a report."""
    return _file(call, form, test=False)


def rehearse(call: Call, form: str) -> Response:
    """Check a report and file it for nobody: all is undone."""
    return _file(call, form, test=True)


def _file(call: Call, form: str, *, test: bool) -> Response:
    given = _without_nul(request.form)
    check_jurisdiction(call, given.get("jurisdiction_id", "") or request.args.get("jurisdiction_id", ""))
    token, mark = call.own_token, fingerprint(given, request.path)
    again = sent_before(call.session, token.id, mark, call.now - TWICE)
    if again is not None:
        if isinstance(call.brought, Brought):
            call.brought.faults.append("again")  # its pictures are there already
        return _answer(call, form, again, [])
    check_amount(call)
    try:
        filed, notices = _filed(call, given)
    except Fault as fault:
        raise refuse(fault) from None
    origin = Origin(ticket_id=filed.ticket.id, token_id=token.id, fingerprint=mark, created_at=call.now)
    call.session.add(origin)
    what = {"channel": "open311", "category": filed.ticket.category}
    call.record("ticket.filed", f"ticket:{filed.ticket.id}", what)
    response = _answer(call, form, filed.ticket, [*notices, *_similar(call, filed)])
    if test:
        if isinstance(call.brought, Brought):
            call.brought.faults.append("test")  # its pictures go again
        raise Rehearsed(response)
    return response


def _without_nul(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent, without a character that no text has and PostgreSQL does not take."""
    return MultiDict((name.replace("\0", ""), value.replace("\0", "")) for name, value in form.items(multi=True))


def fingerprint(given: Mapping[str, Any], path: str) -> str:
    """Stands for all that was sent."""
    pairs = sorted(given.items(multi=True)) if isinstance(given, MultiDict) else sorted(given.items())
    said = [(name, value) for name, value in pairs if name != "api_key"]
    return hashlib.sha256(json.dumps([path, said], ensure_ascii=False).encode()).hexdigest()


def _filed(call: Call, given: MultiDict[str, str]) -> tuple[Filed, list[str]]:
    """The case that was filed, and what the client should know. Raises Fault, Refused."""
    code = given.get("service_code", "").strip()
    if not code:
        raise Fault(400, "ต้องระบุ service_code (service_code is missing)")
    category = service(call, code)
    place = where(call, given)
    answers = read(call.session, call.w, category, _given_answers(given))
    words = description(given)
    address = media_address(given)
    told = Told(
        words="\n".join([words or cases.named(call.w, category.name), *answers.lines]),
        channel="open311",
        category=category.code,
        lat=place.lat,
        lon=place.lon,
        place=place.text,
        moo=_moo(place, answers),
        urgent=answers.urgent,
    )
    filed = file_told(call.session, told, call.now, staff=call.staff())
    _keep_contact(call, filed.ticket, given)
    notices = [*_far(call, place), *_media(call, filed.ticket, address)]
    return filed, notices


def _moo(place: Where, answers: Answers) -> int | None:
    return place.moo if place.moo is not None else answers.moo


def where(call: Call, given: Mapping[str, str]) -> Where:
    """The place: a position, or an address in words, or the number of a village. Raises Fault."""
    lat, lon = given.get("lat", "").strip(), given.get("long", "").strip()
    text, moo = " ".join(given.get("address_string", "").split()), given.get("address_id", "").strip()
    if bool(lat) != bool(lon):
        raise Fault(400, "lat และ long ต้องส่งคู่กัน (lat and long belong together)")
    if not (lat or text or moo):
        raise Fault(400, "ต้องระบุที่เกิดเหตุ: lat และ long หรือ address_string หรือ address_id (a location is missing)")
    if len(text) > PLACE:
        raise Fault(400, f"address_string ยาวเกิน {PLACE} ตัวอักษร (address_string is too long)")
    village = _village(call, moo) if moo else None
    if not lat:
        return Where(text=text, moo=village)
    return Where(_degrees("lat", lat, 90), _degrees("long", lon, 180), text, village)


def _degrees(name: str, text: str, most: int) -> float:
    value = float(text) if _DEGREES.fullmatch(text) else math.nan
    if not abs(value) <= most:
        raise Fault(400, f"{name} ต้องเป็นองศา WGS 84 เช่น 14.0295 ({name} must be degrees)")
    return value


def _village(call: Call, text: str) -> int:
    known = call.session.get(Village, int(text)) if re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) else None
    if known is None:
        raise Fault(400, "address_id คือเลขหมู่ที่ของเรา (address_id is the number of one of our villages)")
    return known.moo


def description(given: Mapping[str, str]) -> str:
    """The words, as they are: they are escaped wherever they are shown. Raises Fault."""
    words = given.get("description", "").replace("\r\n", "\n").replace("\0", "").strip()
    if len(words) > WORDS:
        raise Fault(400, f"description ยาวเกิน {WORDS} ตัวอักษร (description is longer than {WORDS} characters)")
    return words


def media_address(given: Mapping[str, str]) -> str:
    """Where a picture lies: plain http or https, without a login in it. Raises Fault."""
    text = given.get("media_url", "").strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        right = right and (parts.port or 1) > 0
    except ValueError:
        right = False
    if not right or len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        raise Fault(400, "media_url ต้องเป็นที่อยู่ http หรือ https (media_url must be an http or https address)")
    return text


def _given_answers(given: MultiDict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in given.items(multi=True):
        code = _ANSWER.fullmatch(name)
        if code is not None:
            found.setdefault(code[1], []).append(value)
    return found


def _keep_contact(call: Call, ticket: Ticket, given: Mapping[str, str]) -> None:
    """Name and telephone, apart from the case; nothing else of who told it."""
    name = " ".join(f"{given.get('first_name', '')} {given.get('last_name', '')}".split())[:120]
    phone = _PHONE.sub("", given.get("phone", ""))[:40].strip()
    if name or phone:
        call.session.add(Contact(ticket_id=ticket.id, name=name, phone=phone, created_at=call.now))


def _media(call: Call, ticket: Ticket, address: str) -> list[str]:
    """The pictures that came along, and the one that is to be fetched."""
    if address:
        expect_address(call.session, address, ticket.id, call.now)
    brought = call.brought if isinstance(call.brought, Brought) else Brought()
    if brought.faults:  # the report is worth more than its pictures
        return [call.w("geo.pictures_refused")]
    call.session.add_all(uploads.rows(brought, ticket.id, "before", call.viewer.staff_id, call.now))
    return []


def _far(call: Call, place: Where) -> list[str]:
    lat, lon = call.settings["town.lat"], call.settings["town.lon"]
    if None in (lat, lon, place.lat, place.lon):
        return []
    km = metres(float(place.lat or 0), float(place.lon or 0), lat, lon) / 1000
    return [call.w("geo.far", km=round(km))] if km > FAR_KM else []


def _similar(call: Call, filed: Filed) -> list[str]:
    """That there are similar cases; which ones, only staff are told."""
    count = len(filed.similar)
    return [call.w("geo.similar", count=count)] if count else []


def _answer(call: Call, form: str, ticket: Ticket, notices: Sequence[str]) -> Response:
    """The token of the report, and where its holder sees how it stands."""
    follow = call.w("geo.follow", address=f"{call.console.public_url}/s/{ticket.token}")
    written = {"token": ticket.token, "service_notice": " ".join([follow, *notices]), "account_id": None}
    response = Response(write(form, "service_requests", [written]), content_type=TYPES[form])
    response.headers["Cache-Control"] = "no-store"
    return response


for _path, _kind in ENDPOINTS:
    _view = file if _kind == "production" else rehearse
    pages.add_url_rule(
        f"/{_path}/requests.{FORMS}",
        f"file_{_path}",
        outward("open311", before=take_pictures)(_view),
        methods=["POST"],
    )
