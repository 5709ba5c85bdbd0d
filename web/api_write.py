"""The writing half of the API: open a case, add a note or a photo, move a case.

`Idempotency-Key` makes a request repeatable: the same key of the same token gets the same answer and does nothing
twice; the answer is stored with what was done (models/replays.py). A move is what the member of staff does for whom the
token acts: the same rules (models/work.py), the same history, told by the same letters.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from sqlalchemy import select

from messages.thai import full_case_number
from models import work
from models.api_tokens import Origin, open_case
from models.replays import Replay, replay_of
from models.tickets import Entry, NotAllowed, Ticket
from models.town import Agency, Category, Department
from nlp.kept import covered
from web import access, uploads
from web.api import full_cases, pages, ticket_of
from web.api_input import NewCase, NewMove, NewNote, body
from web.filed import Told, file_told
from web.outward import Call, Refused, check_amount, outward
from web.uploads import Brought

__all__ = ["pages"]

#: Visible ASCII, as the draft of the header has it.
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_JSON = "application/json"


# -- idempotency -------------------------------------------------------------------------------------------------------


def repeatable(view: Callable[..., tuple[int, Any, str]]) -> Callable[..., Response]:
    """Answer the same request the same way: the view gives status, content and the address of what was made."""

    @wraps(view)
    def serve(call: Call, **given: Any) -> Response:
        key = _key()
        if not key:
            return _written(*view(call, **given))
        mark = _fingerprint(call)
        before = replay_of(call.session, call.own_token.id, key)
        if before is not None:
            if isinstance(call.brought, Brought):
                call.brought.faults.append("again")  # its pictures are there already
            return _again(before, mark)
        response = _written(*view(call, **given))
        call.session.add(
            Replay(
                token_id=call.own_token.id,
                key=key,
                fingerprint=mark,
                status=response.status_code,
                location=response.headers.get("Location", ""),
                body=response.get_data(as_text=True),
                at=call.now,
            )
        )
        call.session.flush()
        return response

    return serve


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if key and not _KEY.fullmatch(key):
        thai = "Idempotency-Key ต้องเป็นตัวอักษร ASCII ไม่เกิน 255 ตัว"
        raise Refused(400, "key", thai, "Idempotency-Key takes up to 255 visible ASCII characters")
    return key


def _fingerprint(call: Call) -> str:
    """Stands for the whole request: a form's files by what is in them."""
    if request.mimetype == _JSON:
        said = request.get_data()
    else:
        files = call.brought.files if isinstance(call.brought, Brought) else []
        fields = sorted(request.form.items(multi=True))
        said = json.dumps([fields, [stored.sha256 for _, _, stored in files]], ensure_ascii=False).encode()
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + said).hexdigest()


def _again(before: Replay, mark: str) -> Response:
    if before.fingerprint != mark:
        thai = "Idempotency-Key นี้ใช้กับคำขออื่นไปแล้ว ใช้ค่าใหม่สำหรับคำขอใหม่"
        raise Refused(422, "key_reused", thai, "this Idempotency-Key belongs to another request: take a new one")
    response = Response(before.body, before.status, content_type=_JSON)
    if before.location:
        response.headers["Location"] = before.location
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _written(status: int, content: Any, location: str) -> Response:
    response = Response(json.dumps(content, ensure_ascii=False), status, content_type=_JSON)
    response.headers["Cache-Control"] = "no-store"
    if location:
        response.headers["Location"] = location
    return response


# -- opening -----------------------------------------------------------------------------------------------------------


@pages.post("/cases")
@outward("cases.create")
@repeatable
def create(call: Call) -> tuple[int, Any, str]:
    """Open a case, or add to the open one of the same external_id (200)."""
    told = body(NewCase)
    token = call.own_token
    known = open_case(call.session, token.id, told.external_id) if told.external_id else None
    if known is not None and known.sensitive is False:
        return _add(call, known, told)
    check_amount(call)
    _check(call, told)
    filed = file_told(
        call.session,
        Told(
            words=told.text,
            channel="api",
            category=told.category,
            kind=told.kind,
            lat=told.place.lat,
            lon=told.place.lon,
            place=told.place.text,
            moo=told.place.moo,
            urgent=told.urgent,
            received_at=told.happened_at,
        ),
        call.now,
        staff=call.staff(),
    )
    ticket = filed.ticket
    origin = Origin(ticket_id=ticket.id, token_id=token.id, external_id=told.external_id or "", created_at=call.now)
    call.session.add(origin)
    call.session.flush()
    call.record("ticket.filed", f"ticket:{ticket.id}", {"channel": "api", "category": ticket.category})
    similar = [full_case_number(one.fiscal_year, one.number) for one in filed.similar]
    return 201, _made(call, ticket, added=False, similar=similar), _address(call, ticket)


def _check(call: Call, told: NewCase) -> None:
    """What types cannot tell: whether the category exists, and the time lies in the last 90 days."""
    if told.category is not None:
        known = call.session.get(Category, told.category)
        if known is None or not known.active:
            raise Refused(422, "category", "ไม่มีหมวดนี้ ดู /categories", "there is no such category: see /categories")
    if told.happened_at is not None and not 0 <= (call.now - told.happened_at).total_seconds() <= 90 * 86400:
        thai = "happened_at ต้องอยู่ใน 90 วันที่ผ่านมา"
        raise Refused(422, "happened_at", thai, "happened_at must lie within the last 90 days")


def _add(call: Call, ticket: Ticket, told: NewCase) -> tuple[int, Any, str]:
    """The same alarm again: a line on its case."""
    words = covered(told.text)
    ticket.add("said", call.now, staff=call.staff(), words=words, data={"api": True}, public=False, told=True)
    call.record("ticket.noted", f"ticket:{ticket.id}", {"words": words})
    return 200, _made(call, ticket, added=True, similar=[]), _address(call, ticket)


def _made(call: Call, ticket: Ticket, *, added: bool, similar: list[str]) -> dict[str, Any]:
    """What the sender is told of its case; of a confidential one only how to follow it."""
    follow = f"{call.console.public_url}/s/{ticket.token}"
    number = full_case_number(ticket.fiscal_year, ticket.number)
    return {
        "id": None if ticket.sensitive else number,
        "state": None if ticket.sensitive else ticket.state,
        "department": None if ticket.sensitive else ticket.department.code,
        "answer_by": ticket.answer_by.isoformat(timespec="seconds"),
        "added": added,
        "similar": similar,
        "follow_url": follow,
    }


def _address(call: Call, ticket: Ticket) -> str:
    base = call.console.public_url
    if ticket.sensitive:
        return f"{base}/s/{ticket.token}"
    return f"{base}/api/v1/cases/{full_case_number(ticket.fiscal_year, ticket.number)}"


# -- notes and photos --------------------------------------------------------------------------------------------------


def working(call: Call, number: str) -> Ticket:
    """The case, locked, to be changed. Raises Refused where whom the token acts for may only look."""
    ticket = ticket_of(call, number, lock=True)
    if not access.may_work(call.viewer, ticket):
        raise Refused(403, "not_yours", "เรื่องนี้ไม่ใช่ของกองที่โทเคนทำงานแทน", "this case is another department's")
    return ticket


@pages.post("/cases/<number>/notes")
@outward("cases.note")
@repeatable
def note(call: Call, number: str) -> tuple[int, Any, str]:
    """A line for the office, or progress that the resident is told."""
    told, ticket = body(NewNote), working(call, number)
    staff = call.staff()
    try:
        if told.public:
            entry = work.progress(ticket, staff, call.now, told.words)
        else:
            entry = ticket.add("note", call.now, staff=staff, words=told.words, public=False, told=True)
    except NotAllowed:
        raise closed() from None
    call.session.flush()
    call.record("ticket.noted", f"ticket:{ticket.id}", {"words": told.words, "public": told.public})
    return 201, {"id": entry.id, "case": full_case_number(ticket.fiscal_year, ticket.number)}, ""


def closed() -> Refused:
    """For what cannot be done to a case as it stands."""
    return Refused(409, "state", "ทำไม่ได้ในสถานะปัจจุบันของเรื่อง", "this cannot be done in the state the case is in")


@pages.post("/cases/<number>/photos")
@outward("cases.note", before=uploads.bring)
@repeatable
def photos(call: Call, number: str) -> tuple[int, Any, str]:
    """Pictures (fields `photos` of multipart/form-data) of before or after the work (field `purpose`)."""
    ticket = working(call, number)
    found = call.brought if isinstance(call.brought, Brought) else Brought()
    purpose = request.form.get("purpose", "before")
    if purpose not in ("before", "after"):
        raise Refused(422, "purpose", "purpose ต้องเป็น before หรือ after", "purpose must be before or after")
    if found.faults or not found.files:
        thai = "ต้องแนบรูปในช่อง photos (JPEG, PNG, WebP, GIF ไม่เกินสิบรูป)"
        raise Refused(422, "photos", thai, "send up to ten pictures in fields named photos")
    rows = uploads.rows(found, ticket.id, purpose, call.viewer.staff_id, call.now)
    call.session.add_all(rows)
    ticket.add("photos", call.now, staff=call.staff(), data={"count": len(rows)}, public=False, told=True)
    call.record("ticket.photographed", f"ticket:{ticket.id}", {"count": len(rows), "purpose": purpose})
    return 201, {"case": full_case_number(ticket.fiscal_year, ticket.number), "photos": len(rows)}, ""


# -- moves -------------------------------------------------------------------------------------------------------------


@pages.post("/cases/<number>/moves")
@outward("cases.move")
@repeatable
def move(call: Call, number: str) -> tuple[int, Any, str]:
    """Move a case; the answer is the case as it is now."""
    told, ticket = body(NewMove), working(call, number)
    before = ticket.state
    try:
        entry = _moved(call, ticket, told)
    except NotAllowed:
        raise closed() from None
    call.session.flush()
    call.record(f"ticket.{entry.what}", f"ticket:{ticket.id}", {"state": ticket.state, "before": before})
    return 200, full_cases(call, [ticket])[0], ""


#: Moves that tell the resident something, which must therefore say it.
_NEED_WORDS = ("progress", "ask", "done", "refuse", "reopen", "outside", "forward")


def _moved(call: Call, ticket: Ticket, told: NewMove) -> Entry:
    """Do it by the office's own rules. Raises NotAllowed, Refused."""
    if told.move in _NEED_WORDS and len(told.words) < 4:
        raise Refused(422, "words", "ต้องมี words ที่บอกผู้แจ้ง", "words are missing: the resident reads them")
    return _MOVES[told.move](call, ticket, told)


_Move = Callable[[Call, Ticket, NewMove], Entry]
_MOVES: dict[str, _Move] = {
    "take": lambda call, ticket, _told: work.take(ticket, call.staff(), call.now),
    "progress": lambda call, ticket, told: work.progress(ticket, call.staff(), call.now, told.words),
    "ask": lambda call, ticket, told: work.ask(ticket, call.staff(), call.now, told.words),
    "wait": lambda call, ticket, told: work.wait(ticket, call.staff(), call.now, told.reason or "other", told.words),
    "resume": lambda call, ticket, _told: work.resume(ticket, call.staff(), call.now),
    "outside": lambda call, ticket, told: work.outside(
        ticket, _agency(call, told.agency), call.staff(), call.now, told.words
    ),
    "forward": lambda call, ticket, told: work.forward(
        call.session, ticket, _department(call, told.department), call.staff(), call.now, told.words
    ),
    "done": lambda call, ticket, told: work.finish(
        ticket, call.staff(), call.now, told.words, answer=ticket.kind == "question"
    ),
    "refuse": lambda call, ticket, told: work.refuse(ticket, call.staff(), call.now, told.words),
    "reopen": lambda call, ticket, told: work.reopen(ticket, call.staff(), call.now, told.words),
}


def _agency(call: Call, code: str | None) -> Agency:
    found = call.session.get(Agency, code) if code else None
    if found is None:
        raise Refused(422, "agency", "ต้องระบุ agency ที่มีอยู่", "name an agency that there is")
    return found


def _department(call: Call, code: str | None) -> Department:
    found = call.session.scalar(select(Department).where(Department.code == code, Department.active)) if code else None
    if found is None:
        raise Refused(422, "department", "ต้องระบุ department ดู /departments", "name a department: see /departments")
    return found
