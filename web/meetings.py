"""Meetings (ประชุมประชาคม): announced, attended, recorded; proposals before them, with hands, ranks, resolutions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, Regexp

from models import meeting_rules
from models.enclosures import MeetingFile, of_meeting
from models.meetings import KINDS, RESOLUTIONS, SEXES, Item, Meeting
from models.proposals import Proposal
from models.tickets import NotAllowed
from web import access, uploads
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, required
from web.proposal_forms import DayField, typed_day, villages
from web.public_copy import row_of

__all__ = ["pages"]

pages = Blueprint("meetings", __name__, url_prefix="/console/meetings")

#: More people than this in one field are a slip of the finger.
MOST = 5_000
#: Meetings of a page.
SHOWN = 100


class About(Form):
    """When, where, for whom, under whom."""

    title = StringField("meetings.field_title", [required(), Length(4, 200)], filters=[Tidy()])
    held_on = DayField("meetings.field_day", [required()], filters=[Tidy()], description="proposals.day_help")
    starts = StringField(
        "meetings.field_starts",
        [Regexp(r"^$|^([01]?[0-9]|2[0-3])[.:][0-5][0-9]$", message="form.time")],
        filters=[Tidy(), lambda value: (value or "").replace(":", ".")],
    )
    place = StringField("meetings.field_place", [Length(max=200)], filters=[Tidy()])
    moo = SelectField("meetings.field_moo")
    chair = StringField("meetings.field_chair", [Length(max=120)], filters=[Tidy()])
    clerk = StringField("meetings.field_clerk", [Length(max=120)], filters=[Tidy()])


class Minutes(Form):
    """The proceedings in words."""

    minutes = TextAreaField("meetings.field_minutes", [Length(max=40_000)], filters=[Tidy()])


def meeting(desk: Desk, number: int, *, lock: bool = False) -> Meeting:
    """The meeting with this id. Raises NotFound."""
    found = desk.session.get(Meeting, number, with_for_update={"of": Meeting} if lock else None)
    if found is None:
        raise NotFound
    return found


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> About:
    form = About(given, w=desk.w, data=data)
    form.moo.choices = villages(desk)
    return form


def _written(form: About) -> dict[str, Any]:
    texts = {name: form[name].data or "" for name in ("title", "starts", "place", "chair", "clerk")}
    return texts | {"held_on": form.held_on.day, "moo": int(form.moo.data) if form.moo.data else None}


# -- the list, and new ones --------------------------------------------------------------------------------------------


@pages.get("/")
@needs(access.may_see_proposals)
def index(desk: Desk) -> Page:
    """All meetings, the latest first, with how many came and how many proposals were heard."""
    rows = desk.session.scalars(select(Meeting).order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(SHOWN)).all()
    counted = select(Item.meeting_id, func.count()).where(Item.meeting_id.in_([m.id for m in rows]))
    items = {row[0]: row[1] for row in desk.session.execute(counted.group_by(Item.meeting_id))}
    return desk.page("meetings/index.html", rows=rows, items=items)


@pages.get("/new")
@needs(access.may_decide_proposals)
def new(desk: Desk) -> Page:
    """An empty form."""
    return desk.page("meetings/new.html", form=_form(desk, None))


@pages.post("/new")
@needs(access.may_decide_proposals)
def add(desk: Desk) -> Page:
    """Announce one."""
    form = _form(desk, request.form)
    if not form.validate():
        return desk.refuse("meetings/new.html", form=form)
    row = Meeting(state="planned", created_at=desk.now, attendance={}, **_written(form))
    desk.session.add(row)
    desk.session.flush()
    desk.record("meeting.made", f"meeting:{row.id}", None, {"title": row.title})
    desk.tell("meetings.did_make")
    return desk.go("meetings.show", number=row.id)


# -- one ---------------------------------------------------------------------------------------------------------------


def values(desk: Desk, row: Meeting, **more: Any) -> dict[str, Any]:
    """All that templates/meetings/show.html names."""
    data = {name: getattr(row, name) for name in ("title", "starts", "place", "chair", "clerk")}
    data["held_on"] = typed_day(row.held_on)
    found: dict[str, Any] = {
        "row": row,
        "form": _form(desk, None, data | {"moo": "" if row.moo is None else str(row.moo)}),
        "minutes": Minutes(w=desk.w, data={"minutes": row.minutes}),
        "items": list(row.items),
        "files": of_meeting(desk.session, row.id),
        "kinds": KINDS,
        "sexes": SEXES,
        "resolutions": RESOLUTIONS,
        "waiting": _waiting(desk, row),
        "keeps": access.may_decide_proposals(desk.viewer) and row.state != "closed",
        "decides": access.may_decide_proposals(desk.viewer),
        "may_export": access.may_export_proposals(desk.viewer),
        "faults": {},
        "typed": {},
        "refused": "",
    }
    return found | more


def _waiting(desk: Desk, row: Meeting) -> list[Proposal]:
    """Proposals that may come onto the list: opened ones of the village (or of all), not there yet."""
    there = select(Item.proposal_id).where(Item.meeting_id == row.id)
    found = select(Proposal).where(Proposal.state.in_(("open", "reached", "answered", "meeting", "poll")))
    found = found.where(Proposal.id.not_in(there))
    if row.moo is not None:
        found = found.where((Proposal.moo == row.moo) | Proposal.moo.is_(None))
    return list(desk.session.scalars(found.order_by(Proposal.state.desc(), Proposal.id).limit(100)))


@pages.get("/<int:number>")
@needs(access.may_see_proposals)
def show(desk: Desk, number: int) -> Page:
    """One meeting."""
    return desk.page("meetings/show.html", **values(desk, meeting(desk, number)))


def kept(desk: Desk, number: int) -> Meeting | None:
    """The meeting to be changed, locked; None (and a word about it) where its minutes are closed."""
    row = meeting(desk, number, lock=True)
    if row.state != "closed":
        return row
    desk.tell("meetings.is_closed", "bad")
    return None


@pages.post("/<int:number>")
@needs(access.may_decide_proposals)
def change(desk: Desk, number: int) -> Page:
    """When, where, under whom."""
    row = kept(desk, number)
    if row is None:
        return desk.go("meetings.show", number=number)
    form = _form(desk, request.form)
    if not form.validate():
        return desk.refuse("meetings/show.html", **values(desk, row, form=form))
    for name, value in _written(form).items():
        setattr(row, name, value)
    desk.record("meeting.changed", f"meeting:{row.id}", None, {"title": row.title})
    desk.tell("meetings.did_keep")
    return desk.go("meetings.show", number=row.id)


@pages.post("/<int:number>/heads")
@needs(access.may_decide_proposals)
def heads(desk: Desk, number: int) -> Page:
    """Who came, counted by kind and sex."""
    row = kept(desk, number)
    if row is None:
        return desk.go("meetings.show", number=number)
    typed = {f"{k}_{s}": request.form.get(f"{k}_{s}", "").strip() for k in KINDS for s in SEXES}
    faults = {name: "meetings.heads_wrong" for name, value in typed.items() if not counts(value)}
    if faults:
        return desk.refuse("meetings/show.html", **values(desk, row, faults=faults, typed=typed))
    row.attendance = {k: {s: number_of(typed[f"{k}_{s}"]) or 0 for s in SEXES} for k in KINDS}
    if row.state == "planned":
        row.state = "held"
    desk.record("meeting.heads", f"meeting:{row.id}", None, {"heads": row.heads()})
    desk.tell("meetings.did_heads", count=row.heads())
    return desk.go("meetings.show", number=row.id)


def counts(value: str) -> bool:
    """Whether this is a number of people, or nothing."""
    found = number_of(value)
    return value == "" or (found is not None and found <= MOST)


def number_of(value: str) -> int | None:
    """The whole number typed, in Thai or Arabic digits; None for nothing or anything else."""
    return int(value) if value.isdecimal() and len(value) < 7 else None


@pages.post("/<int:number>/minutes")
@needs(access.may_decide_proposals)
def keep_minutes(desk: Desk, number: int) -> Page:
    """The proceedings."""
    row = kept(desk, number)
    if row is None:
        return desk.go("meetings.show", number=number)
    form = Minutes(request.form, w=desk.w)
    if not form.validate():
        return desk.refuse("meetings/show.html", **values(desk, row, minutes=form))
    before, row.minutes = row.minutes, form.minutes.data or ""
    if row.state == "planned":
        row.state = "held"
    desk.record("meeting.minutes", f"meeting:{row.id}", {"length": len(before)}, {"length": len(row.minutes)})
    desk.tell("meetings.did_keep")
    return desk.go("meetings.show", number=row.id)


@pages.post("/<int:number>/files")
@needs(access.may_decide_proposals, before=uploads.bring)
def put_in(desk: Desk, number: int) -> Page:
    """The signed minutes, the scanned list of names, photos."""
    row = meeting(desk, number, lock=True)
    faults = uploads.faults(desk) or ([] if uploads.brought(desk) else ["upload.none"])
    if faults:
        return desk.refuse("meetings/show.html", **values(desk, row, refused=faults[0]))
    rows = [row_of(desk, "talk", *one) for one in uploads.brought(desk)]
    desk.session.add_all(rows)
    desk.session.flush()
    desk.session.add_all(MeetingFile(meeting_id=row.id, file_id=file.id) for file in rows)
    desk.record("meeting.files", f"meeting:{row.id}", None, {"count": len(rows)})
    desk.tell("meetings.did_files", count=len(rows))
    return desk.go("meetings.show", number=row.id)


@pages.post("/<int:number>/close")
@needs(access.may_decide_proposals)
def close(desk: Desk, number: int) -> Page:
    """The minutes are done: results go to everybody behind each proposal."""
    row = kept(desk, number)
    if row is None:
        return desk.go("meetings.show", number=number)
    try:
        steps = meeting_rules.close(desk.session, row, desk.viewer.staff(desk.session), desk.now)
    except NotAllowed:
        return desk.refuse("meetings/show.html", **values(desk, row, refused="meetings.needs_reason"))
    desk.session.flush()
    desk.record("meeting.closed", f"meeting:{row.id}", None, {"told": len(steps)})
    desk.tell("meetings.did_close", count=len(steps))
    return desk.go("meetings.show", number=row.id)


@pages.post("/<int:number>/reopen")
@needs(access.may_decide_proposals)
def reopen(desk: Desk, number: int) -> Page:
    """Mend the minutes; what was told stays told."""
    row = meeting(desk, number, lock=True)
    if row.state == "closed":
        meeting_rules.reopen(row)
        desk.record("meeting.reopened", f"meeting:{row.id}")
        desk.tell("meetings.did_reopen")
    return desk.go("meetings.show", number=row.id)
