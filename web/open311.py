"""Open311 GeoReport v2 (/open311/v2/): what is reported in the town, for any client of the standard, in XML and JSON.

Reading needs no key and shows what is public only (models/publishing.py): staff-approved words, coarse places, days
instead of hours. Filing is in web/open311_post.py. Every kind of matter is of type `batch`: a report gets its public id
when staff have approved its words; until then `tokens/<token>` says that it waits. Confidential kinds are `blackbox`.
docs/open311.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request
from sqlalchemy import func, select

from messages import cases
from messages.words import Words
from models import publishing
from models.calendar import ZONE
from models.changes import Change
from models.publications import Publication
from models.publishing import PublicCase
from models.tickets import Ticket
from models.town import Category, Village
from web import open311_shape as shape
from web.open311_params import Asked, Fault, asked
from web.open311_questions import definition
from web.outward import Call, Refused, cached, outward

pages = Blueprint("open311", __name__, url_prefix="/open311")

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
#: The address of the standard's resources below the blueprint, and its twin where filing leaves no trace.
ENDPOINTS = (("v2", "production"), ("test", "test"))
FORMS = "<any(xml,json):form>"
#: Kinds of matter that are no reports of places: proposals and questions have their own ways.
NOT_OFFERED = ("proposal",)


# -- answers -----------------------------------------------------------------------------------------------------------


def answer(form: str, name: str, content: shape.Plain, *, seconds: int = 60) -> Response:
    """The document, for caches to keep a minute."""
    return cached(shape.write(form, name, content), shape.TYPES[form], seconds)


def write_refusal(refused: Refused) -> Response:
    """The standard's errors, in the form that was asked for (XML where none was); 403 where a key is missing or
    wrong."""
    form = "json" if request.path.endswith(".json") else "xml"
    status = 403 if refused.status == 401 else refused.status
    texts = refused.more.get("texts") or [f"{refused.thai} ({refused.english})"]
    errors = [{"code": status, "description": text} for text in texts]
    response = Response(shape.write(form, "errors", errors), status, content_type=shape.TYPES[form])
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(fault: Fault) -> Refused:
    """What a client did wrong, as a refusal."""
    return Refused(fault.status, "request", fault.texts[0], "", texts=list(fault.texts))


def jurisdiction(call: Call) -> str:
    """Our name among jurisdictions: the setting, or the host of the house's address without www."""
    host = urlsplit(call.console.public_url).hostname or ""
    return str(call.settings["open311.jurisdiction"]) or host.removeprefix("www.")


def check_jurisdiction(call: Call, given: str) -> None:
    """There is one; naming none is naming ours. Raises Refused for another's."""
    if given.strip() and given.strip().lower() != jurisdiction(call).lower():
        raise refuse(Fault(404, f"ที่นี่คือ {jurisdiction(call)} (jurisdiction_id not found: this is {jurisdiction(call)})"))


# -- services ----------------------------------------------------------------------------------------------------------


def offered(call: Call) -> Sequence[Category]:
    """The kinds of matter that may be reported."""
    found = select(Category).where(Category.active, Category.code.not_in(NOT_OFFERED))
    return call.session.scalars(found.order_by(Category.position, Category.code)).all()


def service(call: Call, code: str) -> Category:
    """The kind of matter with this code. Raises Refused."""
    found = next((one for one in offered(call) if one.code == code), None)
    if found is None:
        raise refuse(Fault(404, "ไม่มี service_code นี้ ดูรายการที่ services (service_code not found: see services)"))
    return found


def _written(call: Call, row: Category) -> dict[str, Any]:
    name = cases.named(call.w, row.name)
    return {
        "service_code": row.code,
        "service_name": name,
        "description": call.w("geo.describes", name=name, days=row.days_normal),
        "metadata": True,
        "type": "blackbox" if row.sensitive else "batch",
        "keywords": ", ".join(dict.fromkeys((row.code, row.name))),
        "group": call.w("geo.group_secret" if row.sensitive else "geo.group"),
    }


def get_services(call: Call, form: str) -> Response:
    """What may be reported."""
    check_jurisdiction(call, request.args.get("jurisdiction_id", ""))
    return answer(form, "services", [_written(call, row) for row in offered(call)])


def get_service(call: Call, code: str, form: str) -> Response:
    """What is asked of one kind of matter."""
    check_jurisdiction(call, request.args.get("jurisdiction_id", ""))
    return answer(form, "service_definition", definition(call.session, call.w, service(call, code)))


# -- requests ----------------------------------------------------------------------------------------------------------


def get_requests(call: Call, form: str) -> Response:
    """Public cases, the newest first; paged by `page` and `page_size`, which the standard leaves open."""
    check_jurisdiction(call, request.args.get("jurisdiction_id", ""))
    wanted = _asked(call)
    found = publishing.public_cases(call.session, _narrowed(wanted))
    response = answer(form, "service_requests", requests_written(call, found, extended=wanted.extensions))
    if not wanted.ids and len(found) == wanted.size:
        following = _given() | {"page": str(wanted.page + 1), "page_size": str(wanted.size)}
        response.headers.add("Link", f'<{call.console.public_url}{request.path}?{urlencode(following)}>; rel="next"')
    return response


def _given() -> dict[str, str]:
    """The query; an argument given twice is a list."""
    return {name: ",".join(request.args.getlist(name)) for name in request.args}


def _asked(call: Call) -> Asked:
    try:
        return asked(_given(), call.now)
    except Fault as fault:
        raise refuse(fault) from None


def _narrowed(wanted: Asked) -> Any:
    """The query. Days are compared, not hours: what is not told must not be found out by asking in small steps."""
    found = publishing.joined()
    if wanted.ids:
        return found.where(Publication.code.in_(wanted.ids)).order_by(Ticket.received_at.desc(), Ticket.id.desc())
    first, last = _midnight(wanted.start), _midnight(wanted.end) + timedelta(days=1)
    closed = (*publishing.GROUPS["done"], *publishing.GROUPS["refused"])
    if wanted.states == {"open"}:
        found = found.where(Ticket.state.not_in(closed))
    elif wanted.states == {"closed"}:
        found = found.where(Ticket.state.in_(closed))
    if wanted.codes:
        found = found.where(Ticket.category.in_(wanted.codes))
    found = found.where(Ticket.received_at >= first, Ticket.received_at < last)
    found = found.order_by(Ticket.received_at.desc(), Ticket.id.desc())
    return found.limit(wanted.size).offset((wanted.page - 1) * wanted.size)


def _midnight(moment: datetime) -> datetime:
    """The beginning of its day in the town."""
    try:
        return datetime.combine(moment.astimezone(ZONE).date(), time(), ZONE).astimezone(UTC)
    except OverflowError:  # the first or last day that there is
        return moment


def get_request(call: Call, number: str, form: str) -> Response:
    """One public case, in a list of one."""
    check_jurisdiction(call, request.args.get("jurisdiction_id", ""))
    found = publishing.public_case(call.session, number)
    if found is None:
        raise refuse(Fault(404, "ไม่มีเรื่องนี้ หรือยังไม่เผยแพร่ (service_request_id not found)"))
    extended = request.args.get("extensions", "").lower() == "true"
    return answer(form, "service_requests", requests_written(call, [found], extended=extended))


def requests_written(call: Call, found: Sequence[PublicCase], *, extended: bool) -> list[dict[str, Any]]:
    """Cases as the standard writes them."""
    codes = [one.code for one in found]
    photos = publishing.public_photos(call.session, codes)
    changed = _changed(call, codes)
    villages = {row.moo: row.name for row in call.session.scalars(select(Village))}
    written = []
    for one in found:
        picture = photos.get(one.code)
        address = f"{call.console.public_url}/cases/{one.code}/{picture[0].token}.webp" if picture else None
        item = _request(call.w, one, changed[one.code], villages.get(one.moo or 0, ""), address)
        written.append(item | ({"notes": _notes(one)} if extended else {}))
    return written


def _request(w: Words, one: PublicCase, changed: date, village: str, picture: str | None) -> dict[str, Any]:
    moo = f"{w('report.place_moo', moo=one.moo)} {village}".strip() if one.moo is not None else ""
    return {
        "service_request_id": one.code,
        "status": "closed" if one.state in ("done", "refused") else "open",
        "status_notes": w(f"geo.stage_{one.state}"),
        "service_name": cases.named(w, one.category_name),
        "service_code": one.category,
        "description": "\n".join(part for part in (one.title, one.words) if part),
        "agency_responsible": cases.named(w, one.department),
        "service_notice": one.outcome or None,
        "requested_datetime": day(one.received),
        "updated_datetime": day(changed),
        "expected_datetime": None,
        "address": ", ".join(part for part in (one.place, moo) if part) or None,
        "address_id": str(one.moo) if one.moo is not None else None,
        "zipcode": None,
        "lat": one.lat,
        "long": one.lon,
        "media_url": picture,
    }


def _notes(one: PublicCase) -> list[dict[str, Any]]:
    """What became of it, for clients that ask for extensions."""
    told = [{"datetime": day(one.received), "type": "opened", "description": one.title}]
    if one.closed is not None:
        told.append({"datetime": day(one.closed), "type": one.state, "description": one.outcome})
    return told


def _changed(call: Call, codes: Sequence[str]) -> dict[str, date]:
    """The day of the last public change: of being closed, or of being shown or written anew."""
    found = publishing.joined(
        Publication.code, Ticket.state, Ticket.closed_at, Ticket.received_at, Publication.decided_at
    )
    rows = call.session.execute(found.where(Publication.code.in_(codes)))
    shut = (*publishing.GROUPS["done"], *publishing.GROUPS["refused"])
    return {
        code: publishing.day_of(closed if state in shut and closed is not None else max(received, decided))
        for code, state, closed, received, decided in rows
    }


def day(when: date) -> str:
    """A day as the standard writes times: its midnight, in the town's zone."""
    return datetime.combine(when, time(), ZONE).isoformat()


# -- tokens and discovery ----------------------------------------------------------------------------------------------


def get_token(call: Call, token: str, form: str) -> Response:
    """The public id that has become of a report; without one while staff have not approved it, or never will."""
    check_jurisdiction(call, request.args.get("jurisdiction_id", ""))
    known = call.session.scalar(select(Ticket.id).where(Ticket.token == token))
    if known is None:
        raise refuse(Fault(404, "ไม่มี token นี้ (token not found)"))
    code = call.session.scalar(publishing.joined(Publication.code).where(Ticket.id == known))
    written = {"token": token} if code is None else {"service_request_id": code, "token": token}
    response = answer(form, "service_requests", [written])
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get(f"/discovery.{FORMS}")
@outward(None)
def discovery(call: Call, form: str) -> Response:
    """Where everything is."""
    base = f"{call.console.public_url}{pages.url_prefix}"
    phone, name = call.settings["town.phone"], call.settings["town.name"]
    changed = _changeset(call)
    content = {
        "changeset": changed,
        "contact": f"{name} {phone}".strip(),
        "key_service": call.w("geo.key_service", name=name, phone=phone or "-"),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base}/{path}",
                "changeset": changed,
                "type": kind,
                "formats": ["text/xml", "application/json"],
            }
            for path, kind in ENDPOINTS
        ],
    }
    return answer(form, "discovery", content)


def _changeset(call: Call) -> str:
    """When services last changed in the console; the first release where they never did. Sorts, and only grows."""
    kinds = ("category", "village", "department")
    last = call.session.scalar(select(func.max(Change.at)).where(Change.kind.in_(kinds)))
    return (last or datetime(2026, 11, 1, tzinfo=ZONE)).astimezone(ZONE).isoformat(timespec="seconds")


def _route(address: str, name: str, view: Any) -> None:
    for path, _kind in ENDPOINTS:
        pages.add_url_rule(f"/{path}/{address}.{FORMS}", f"{name}_{path}", outward(None)(view), methods=["GET"])


_route("services", "services", get_services)
_route("services/<code>", "service", get_service)
_route("requests", "requests", get_requests)
_route("requests/<number>", "request", get_request)
_route("tokens/<token>", "token", get_token)
