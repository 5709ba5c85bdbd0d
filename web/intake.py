"""รับเรื่องใหม่: a case for somebody without LINE, at the counter, on the telephone, by letter or from Facebook.

One form, keyboard only: what is understood of the words fills in what is not chosen, live while typing. The case is
filed by the same rules as in the chat (models/filing.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from messages import cases
from messages.thai import ZONE
from models import near
from models.contacts import Contact
from models.filing import LONGEST, Report, file_report
from models.lessons import teach
from models.routing import department_for, route
from models.tickets import KINDS, Ticket
from models.town import Category, Department, KnownPlace, Village
from nlp import Context, NamedPlace, Understanding, understand
from nlp import Village as KnownVillage
from nlp.duplicates import Candidate, rank
from nlp.kept import covered, guess_of
from nlp.search import search_text
from web import access, uploads
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.rows import Row, row

pages = Blueprint("intake", __name__, url_prefix="/console/intake")

#: How somebody without LINE reaches the office (the words for them: filter.channels.*).
CHANNELS = ("counter", "phone", "letter", "facebook")
#: From this probability on the guess is taken where nothing is chosen; below it the matter is “other”.
SURE = 0.5
#: A letter may be this old when it is entered.
OLDEST = timedelta(days=90)


class Intake(Form):
    """What is asked at the counter: only the words are needed. No identity number, no address of the reporter."""

    channel = SelectField("intake.channel", [required()])
    words = TextAreaField("intake.words", [required(), Length(4, LONGEST)], filters=[Tidy()])
    kind = SelectField("intake.kind", default="")
    category = SelectField("intake.category", default="")
    department = SelectField("intake.department", default="")
    moo = SelectField("intake.moo", default="")
    place = StringField("intake.place", [Length(max=200)], filters=[Tidy()])
    urgent = BooleanField("intake.urgent")
    name = StringField("intake.name", [Length(max=120)], filters=[Tidy()], description="intake.name_help")
    phone = StringField(
        "intake.phone",
        [Optional(), Regexp(r"^[0-9+][0-9 ()–-]{7,20}$", message="intake.phone_wrong")],
        filters=[Tidy()],
    )
    hidden = BooleanField("intake.hidden")
    saraban = StringField("intake.saraban", [Length(max=60)], filters=[Tidy()])
    received = DateField("intake.received", [Optional()])
    photos = MultipleFileField("intake.photos", description="case.photos_help")
    once = HiddenField()
    desk: Desk

    def validate_received(self, found: DateField) -> None:
        """Today or a few weeks ago."""
        today = self.desk.now.astimezone(ZONE).date()
        if found.data is not None and not today - OLDEST <= found.data <= today:
            raise ValidationError("intake.received_range")

    @property
    def received_at(self) -> datetime | None:
        """The end of the office hours of a day before today; None for now."""
        day: date | None = self.received.data
        if day is None or day == self.desk.now.astimezone(ZONE).date():
            return None
        return datetime.combine(day, time(16, 30), ZONE).astimezone(UTC)


def form_for(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Intake:
    """The form with what it chooses from."""
    form, w = Intake(given, w=desk.w, data=data), desk.w
    categories = select(Category).where(Category.active).order_by(Category.position, Category.code)
    departments = select(Department).where(Department.active).order_by(Department.id)
    villages = select(Village).order_by(Village.moo)
    automatic = ("", w("intake.automatic"))
    form.desk = desk
    form.channel.choices = options((code, w(f"filter.channels.{code}")) for code in CHANNELS)
    form.kind.choices = options([automatic, *((kind, w(f"intake.kind_{kind}")) for kind in KINDS)])
    matters = [(c.code, cases.named(w, c.name)) for c in desk.session.scalars(categories)]
    form.category.choices = options([automatic, *matters])
    offices = [(str(d.id), cases.named(w, d.name)) for d in desk.session.scalars(departments)]
    form.department.choices = options([automatic, *offices])
    known = [(str(v.moo), f"{w('report.place_moo', moo=v.moo)} {v.name}") for v in desk.session.scalars(villages)]
    form.moo.choices = options([("", w("intake.nowhere")), *known])
    return form


# -- understanding -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What the words are taken for: where nothing was chosen, the guess counts. `sure` is its percentage."""

    heard: Understanding
    kind: str
    category: str
    sure: int
    department: Department | None
    moo: int | None
    place: str
    lat: float | None
    lon: float | None
    urgent: bool


def hear(session: Session, words: str, now: datetime) -> Understanding:
    """Understand words as the chat does, with the town's villages and places."""
    villages = tuple(KnownVillage(v.moo, v.name, v.lat, v.lon) for v in session.scalars(select(Village)))
    places = tuple(
        NamedPlace(p.name, tuple(p.aliases), p.moo, p.lat, p.lon) for p in session.scalars(select(KnownPlace))
    )
    return understand(words, Context(now=now, villages=villages, places=places))


def taken(desk: Desk, form: Intake) -> Taken:
    """What the form says, and what is understood where it says nothing."""
    words = (form.words.data or "")[:LONGEST]
    heard = hear(desk.session, words, desk.now)
    best = heard.categories[0]
    known = desk.session.scalar(select(Category.code).where(Category.code == best.code))
    guessed = known if known is not None and best.p >= SURE else "other"
    category = form.category.data or guessed
    kind = form.kind.data or (heard.intent if heard.intent in KINDS else "complaint")
    at = heard.place
    moo = int(form.moo.data) if form.moo.data else at.moo if at else None
    own_place = form.place.data or ""
    trusted = at is not None and (not form.moo.data or at.moo == moo)
    return Taken(
        heard=heard,
        kind=kind,
        category=category,
        sure=min(99, round(best.p * 100)),
        department=_department(desk.session, form, kind, category, moo, words),
        moo=moo,
        place=own_place or (at.text if at and trusted else ""),
        lat=at.lat if at and trusted else None,
        lon=at.lon if at and trusted else None,
        urgent=bool(form.urgent.data) or heard.urgency == "high",
    )


def _department(
    session: Session, form: Intake, kind: str, category: str, moo: int | None, words: str
) -> Department | None:
    if form.department.data:
        return session.get(Department, int(form.department.data))
    if kind in ("message", "question") and category == "other":
        return department_for(session, "CLERK")
    return route(session, category, moo, words)


def _near(desk: Desk, what: Taken, words: str) -> list[Row]:
    """Open cases that may be the same, which the viewer may see: perhaps there is nothing to file."""
    if what.kind != "complaint":
        return []
    rows = near.around(desk.session, what.category, what.moo, what.lat, what.lon, desk.now)
    known = {t.id: t for t in rows}
    here = Candidate(0, words, what.category, desk.now, what.lat, what.lon, what.moo, what.place)
    matches = rank(here, [Candidate(**near.described(t)) for t in rows])
    visible = access.tickets(desk.viewer).where(Ticket.id.in_([m.key for m in matches]))
    seen = set(desk.session.scalars(visible.with_only_columns(Ticket.id)))
    return [row(desk.w, known[m.key], desk.now) for m in matches if m.key in seen][:3]


# -- pages -------------------------------------------------------------------------------------------------------------


@pages.get("/")
@needs(access.may_file_cases)
def new(desk: Desk) -> Page:
    """The empty form; the channel of the last case is kept."""
    channel = request.args.get("channel", "")
    once = f"{desk.viewer.staff_id}:{desk.now.timestamp():.6f}"
    data = {"channel": channel if channel in CHANNELS else CHANNELS[0], "once": once}
    last = request.args.get("last", "")
    filed = None
    if last.isdecimal():
        filed = desk.session.scalar(access.tickets(desk.viewer).where(Ticket.id == int(last)))
    shown = row(desk.w, filed, desk.now) if filed is not None else None
    return desk.page("intake/new.html", form=form_for(desk, None, data), guess=None, near=[], filed=shown)


@pages.post("/guess")
@needs(access.may_file_cases, reads=True)
def guess(desk: Desk) -> Page:
    """What is understood so far, for the form that is being typed."""
    form = form_for(desk, request.form)
    words = (form.words.data or "").strip()
    what = taken(desk, form) if len(words) >= 4 else None
    found = _near(desk, what, words) if what else []
    return desk.page("intake/guess.html", form=form, guess=what, near=found, names=_names(form))


def _names(form: Intake) -> dict[str, str]:
    return {str(code): str(name) for code, name, *_ in form.category.iter_choices()}


@pages.post("/")
@needs(access.may_file_cases, before=uploads.bring)
def create(desk: Desk) -> Page:
    """File it; then the next one, or its page, or its slip."""
    form = form_for(desk, request.form)
    valid = form.validate()
    faults = uploads.faults(desk)
    if faults:
        form.photos.errors = faults
    if not valid or faults:
        return desk.refuse("intake/new.html", form=form, guess=None, near=[], filed=None)
    again = _filed_already(desk, form)
    ticket = again or _file(desk, form)
    if again is None:
        desk.tell("intake.filed", number=cases.number(ticket), department=ticket.department.name)
    match request.form.get("then", "next"):
        case "slip":
            return desk.go("status.slip", token=ticket.token)
        case "open" if _visible(desk, ticket):
            return desk.go("cases.show", number=ticket.id)
        case _:
            return desk.go("intake.new", channel=form.channel.data, last=ticket.id)


def _visible(desk: Desk, ticket: Ticket) -> bool:
    """Whether who entered it may see it: it may have gone to another department."""
    return desk.session.scalar(access.tickets(desk.viewer).where(Ticket.id == ticket.id)) is not None


def _filed_already(desk: Desk, form: Intake) -> Ticket | None:
    """The same form sent twice (a second press, a reload) files once."""
    return desk.session.scalar(select(Ticket).where(Ticket.source_key == _key(desk, form))) if form.once.data else None


def _key(desk: Desk, form: Intake) -> str | None:
    return f"web:{desk.viewer.staff_id}:{form.once.data}"[:80] if form.once.data else None


def _file(desk: Desk, form: Intake) -> Ticket:
    what, session = taken(desk, form), desk.session
    place = {"text": what.place, "moo": what.moo, "lat": what.lat, "lon": what.lon}
    report = Report(
        kind=what.kind,
        text=covered(form.words.data or ""),
        category=what.category,
        place=place,
        hidden_name=bool(form.hidden.data),
        urgent=what.urgent,
        sensitive=what.heard.sensitive is not None,
        agency=what.heard.agency,
        guess=guess_of(what.heard),
        source_key=_key(desk, form),
        channel=form.channel.data,
        saraban=form.saraban.data or "",
        received_at=form.received_at,
    )
    staff = desk.viewer.staff(session)
    ticket = file_report(session, report, desk.now, column=search_text, staff=staff, department=what.department)
    uploads.adopt(desk, ticket, "before")
    if form.name.data or form.phone.data:
        session.add(
            Contact(ticket_id=ticket.id, name=form.name.data or "", phone=form.phone.data or "", created_at=desk.now)
        )
    _learn(desk, form, ticket, what)
    desk.record("ticket.filed", f"ticket:{ticket.id}", None, {"channel": ticket.channel, "category": ticket.category})
    return ticket


def _learn(desk: Desk, form: Intake, ticket: Ticket, what: Taken) -> None:
    """What was chosen otherwise than guessed is a lesson."""
    best = what.heard.categories[0].code
    if form.category.data and ticket.kind == "complaint" and ticket.category != best:
        teach(desk.session, ticket, "category", ticket.category, best, "staff", desk.now)
    if form.kind.data and form.kind.data != what.heard.intent:
        teach(desk.session, ticket, "intent", ticket.kind, what.heard.intent, "staff", desk.now)
