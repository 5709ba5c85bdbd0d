"""A proposal that came on paper, at the counter, or at a ประชาคม: entered by staff, with the hands raised for it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import request
from sqlalchemy import select
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from messages import proposals
from messages.thai import ZONE
from models import deciding, meeting_rules
from models.groups import Group
from models.meetings import Meeting
from models.proposals import REACHES, TOPICS
from models.proposing import Idea, propose
from nlp.kept import covered
from nlp.search import search_text
from web import access, uploads
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.proposal_files import adopt
from web.proposal_forms import DayField, villages
from web.proposals import pages

__all__ = ["pages"]

#: Where it came from, when it did not come by LINE.
FROM = ("paper", "meeting", "counter")
#: More hands than this in one room are a slip of the finger.
MOST_HANDS = 5_000


class Paper(Form):
    """A proposal as it stands on paper."""

    channel = SelectField("proposals.channel", choices=options((c, f"proposals.channel_{c}") for c in FROM))
    title = StringField("proposals.field_title", [required(), Length(4, 200)], filters=[Tidy()])
    why = TextAreaField("proposals.field_why", [Length(max=4_000)], filters=[Tidy()])
    benefit = StringField("proposals.field_benefit", [Length(max=500)], filters=[Tidy()])
    reach = SelectField("proposals.field_reach", choices=options((r, f"proposal.reach_{r}") for r in REACHES))
    topic = SelectField("proposals.field_topic", choices=options((t, f"proposal.topic_{t}") for t in TOPICS))
    moo = SelectField("proposals.field_moo")
    place = StringField("proposals.field_place", [Length(max=300)], filters=[Tidy()])
    group = SelectField("proposals.field_group")
    received = DayField("proposals.field_received", filters=[Tidy()], description="proposals.day_help")
    meeting = SelectField("proposals.field_meeting", description="proposals.field_meeting_help")
    hands = IntegerField("proposals.field_hands", [Optional(), NumberRange(0, MOST_HANDS)])
    open_now = BooleanField("proposals.field_open", description="proposals.field_open_help")
    desk: Desk

    def validate_received(self, found: DayField) -> None:
        """Not in the future."""
        if found.day is not None and found.day > self.desk.now.astimezone(ZONE).date():
            raise ValidationError("proposals.received_future")

    def validate_meeting(self, found: SelectField) -> None:
        """What was made at a meeting names it."""
        if self.channel.data == "meeting" and not found.data:
            raise ValidationError("proposals.needs_meeting")


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Paper:
    form = Paper(given, w=desk.w, data=data)
    form.desk = desk
    form.moo.choices = villages(desk)
    groups = desk.session.scalars(select(Group).where(Group.active).order_by(Group.name))
    form.group.choices = options([("", desk.w("proposals.no_group")), *((str(g.id), g.name) for g in groups)])
    meetings = desk.session.scalars(select(Meeting).where(Meeting.state != "closed").order_by(Meeting.held_on.desc()))
    named = [(str(m.id), f"{proposals.day(desk.w, m.held_on)} · {m.title}") for m in meetings]
    form.meeting.choices = options([("", desk.w("proposals.no_meeting")), *named])
    return form


@pages.get("/new")
@needs(access.may_decide_proposals)
def new(desk: Desk) -> Page:
    """An empty form; `?meeting=3` for one that was made there."""
    meeting = request.args.get("meeting", "")
    data = {"channel": "meeting" if meeting else "paper", "meeting": meeting, "reach": "unsure", "topic": "other"}
    return desk.page("proposals/new.html", form=_form(desk, None, data))


@pages.post("/new")
@needs(access.may_decide_proposals, before=uploads.bring)
def enter(desk: Desk) -> Page:
    """Make it; on a meeting's list, or opened at once, as asked."""
    form, faults = _form(desk, request.form), uploads.faults(desk)
    if not form.validate() or faults:
        return desk.refuse("proposals/new.html", form=form, upload=faults[0] if faults else "")
    staff = desk.viewer.staff(desk.session)
    proposal = propose(desk.session, _idea(desk, form), desk.now, column=search_text, staff=staff)
    adopt(desk, proposal)
    if form.meeting.data:
        meeting = desk.session.get_one(Meeting, int(form.meeting.data))
        item = meeting_rules.enter_from_paper(desk.session, proposal, meeting, staff, desk.now)
        item.votes_for = form.hands.data
    elif form.open_now.data:
        deciding.open_up(desk.session, proposal, staff, desk.now)
    desk.session.flush()
    desk.record("proposal.entered", f"proposal:{proposal.id}", None, {"channel": proposal.channel})
    desk.tell("proposals.did_enter", number=proposal.name)
    if request.form.get("again"):
        return desk.go("proposals.new", meeting=form.meeting.data or None)
    return desk.go("proposals.show", number=proposal.id)


def _idea(desk: Desk, form: Paper) -> Idea:
    day = form.received.day
    received = datetime.combine(day, time(12), ZONE) if day is not None else None
    if received is not None and received > desk.now:
        received = desk.now
    return Idea(
        title=covered(form.title.data or ""),
        why=covered(form.why.data or ""),
        benefit=covered(form.benefit.data or ""),
        reach=form.reach.data,
        topic=form.topic.data,
        place={"text": covered(form.place.data or ""), "moo": int(form.moo.data) if form.moo.data else None},
        channel=form.channel.data,
        group=desk.session.get(Group, int(form.group.data)) if form.group.data else None,
        received_at=received,
    )
