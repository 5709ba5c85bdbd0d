"""The forms of the page of a proposal: one for each decision. Labels and errors are names of texts (proposals.toml)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from messages import cases, proposals
from messages.money import to_satang
from messages.thai import BE
from models.meetings import Meeting
from models.plan import Plan
from models.proposals import REACHES, TOPICS, Proposal
from models.town import Department, Village
from web.desk import Desk
from web.forms import Form, Tidy, options, required
from web.wanted import parse_day
from web.words import speaking

#: Shortest and longest words to a proposer; LINE shows 5,000 characters at most.
SHORTEST, LONGEST = 4, 2_000

#: Ready reasons, by what they are for: names of texts `proposals.<name>`, which the proposer reads in Thai.
REASONS = {
    "fixing": ("fix_name", "fix_unclear", "fix_two", "fix_rude"),
    "refuse": ("refuse_private", "refuse_agency", "refuse_done", "refuse_law", "refuse_unclear", "refuse_cost"),
}


def _words(label: str, *, optional: bool = False, most: int = LONGEST, help_: str = "") -> TextAreaField:
    checks: list[Any] = [Length(max=most)] if optional else [required(), Length(SHORTEST, most)]
    return TextAreaField(label, checks, filters=[Tidy()], description=help_)


class DayField(StringField):
    """A day as Thais write it: “20/12/2569”. `day` is the date, None while the field is empty or wrong."""

    def pre_validate(self, form: Any) -> None:
        """Say what a day looks like."""
        if self.data and self.day is None:
            raise ValidationError("form.date")

    @property
    def day(self) -> date | None:
        """The date that was typed."""
        return parse_day(self.data or "")


def typed_day(day: date | None) -> str:
    """A date as it is typed into a `DayField`."""
    return "" if day is None else f"{day.day}/{day.month}/{day.year + BE}"


class Reason(Form):
    """A reason: a ready one, own words, or both; together they are what the proposer reads."""

    kind = ""
    ready = SelectField("proposals.ready")
    words = _words("proposals.own_words", optional=True, help_="proposals.own_words_help")

    def validate_words(self, found: TextAreaField) -> None:
        """One of the two is needed."""
        if not self.ready.data and len(found.data or "") < SHORTEST:
            raise ValidationError("proposals.needs_reason")

    def reason(self, desk: Desk) -> str:
        """The whole reason in Thai, ready words first."""
        w = speaking("th", desk.settings, desk.console.public_url)
        parts = (w(f"proposals.{self.ready.data}") if self.ready.data else "", self.words.data or "")
        return " ".join(part for part in parts if part)


class Fixing(Reason):
    """The proposer is asked for other words; the office may offer some."""

    kind = "fixing"
    wording = StringField(
        "proposals.wording", [Length(max=200)], filters=[Tidy()], description="proposals.wording_help"
    )


class Refuse(Reason):
    """Not taken."""

    kind = "refuse"


class Answer(Form):
    """The office's answer, and the rough cost where it is known."""

    words = _words("proposals.answer_words", help_="proposals.answer_help")
    cost = StringField("proposals.cost", [Length(max=40)], filters=[Tidy()], description="proposals.cost_help")
    satang: int | None = None

    def validate_cost(self, found: StringField) -> None:
        """An amount, or nothing; “0” is an amount."""
        try:
            self.satang = to_satang(found.data or "")
        except ValueError as error:
            raise ValidationError("proposals.cost_wrong") from error


class Give(Form):
    """To the department that shall price and answer it."""

    department = SelectField("proposals.give_to", [required()])


class Reword(Form):
    """Its words, place and subject, mended by the office."""

    title = StringField("proposals.field_title", [required(), Length(SHORTEST, 200)], filters=[Tidy()])
    why = _words("proposals.field_why", optional=True, most=4_000)
    benefit = _words("proposals.field_benefit", optional=True, most=500)
    place = StringField("proposals.field_place", [Length(max=300)], filters=[Tidy()])
    moo = SelectField("proposals.field_moo")
    topic = SelectField("proposals.field_topic", choices=options((t, f"proposal.topic_{t}") for t in TOPICS))
    reach = SelectField("proposals.field_reach", choices=options((r, f"proposal.reach_{r}") for r in REACHES))

    def fields(self) -> dict[str, Any]:
        """What was typed, as the proposal's fields have it."""
        given = {name: self[name].data or "" for name in ("title", "why", "benefit", "place", "topic", "reach")}
        return given | {"moo": int(self.moo.data) if self.moo.data else None}


class Merge(Form):
    """Into another proposal."""

    into = StringField("proposals.merge_into", [required(), Length(max=30)], filters=[Tidy()])
    sure = BooleanField("proposals.merge_sure")


class ToMeeting(Form):
    """On the list of a ประชาคม."""

    meeting = SelectField("proposals.meeting", [required()])


class ToPlan(Form):
    """Into a plan, as a draft."""

    plan = SelectField("proposals.plan", [required()])


class Explain(Form):
    """Why it goes back, or is taken up again; the proposer reads it."""

    words = _words("proposals.explain_words")


class Note(Form):
    """For colleagues only."""

    words = _words("proposals.note_words")


class Sure(Form):
    """Nothing to fill in."""


#: The forms by what they do.
FORMS: dict[str, type[Form]] = {
    "fixing": Fixing,
    "refuse": Refuse,
    "answer": Answer,
    "give": Give,
    "reword": Reword,
    "merge": Merge,
    "meeting": ToMeeting,
    "poll": Sure,
    "plan": ToPlan,
    "returned": Explain,
    "resume": Explain,
    "note": Note,
}


def prepared(desk: Desk, proposal: Proposal, form: Form) -> Form:
    """Give a form what it chooses from."""
    session, w = desk.session, desk.w
    if isinstance(form, Reason):
        ready = [(name, f"proposals.{name}") for name in REASONS[form.kind]]
        form.ready.choices = options([("", "proposals.ready_none"), *ready])
    elif isinstance(form, Give):
        rows = session.scalars(select(Department).where(Department.active).order_by(Department.id))
        form.department.choices = options((str(d.id), cases.named(w, d.name)) for d in rows)
    elif isinstance(form, Reword):
        form.moo.choices = villages(desk)
    elif isinstance(form, ToMeeting):
        open_ones = select(Meeting).where(Meeting.state != "closed").order_by(Meeting.held_on.desc())
        form.meeting.choices = options(
            (str(m.id), f"{proposals.day(w, m.held_on)} · {m.title}") for m in session.scalars(open_ones)
        )
    elif isinstance(form, ToPlan):
        plans = select(Plan).order_by(Plan.first_year.desc(), Plan.id.desc())
        form.plan.choices = options((str(p.id), p.name) for p in session.scalars(plans))
    return form


def villages(desk: Desk) -> list[Any]:
    """All villages, and the whole town first."""
    rows = desk.session.execute(select(Village.moo, Village.name).order_by(Village.moo))
    named = [(str(moo), f"{desk.w('report.place_moo', moo=moo)} {name}".strip()) for moo, name in rows]
    return options([("", desk.w("proposal.nowhere")), *named])


def fresh(desk: Desk, proposal: Proposal, do: str) -> Form:
    """An empty form, with what is now."""
    given: dict[str, Any] = {}
    if do == "reword":
        given = {name: getattr(proposal, name) for name in ("title", "why", "benefit", "place", "topic", "reach")}
        given["moo"] = "" if proposal.moo is None else str(proposal.moo)
    elif do == "give" and proposal.department_id is not None:
        given["department"] = str(proposal.department_id)
    elif do == "answer":
        given["words"] = proposal.answer
        given["cost"] = "" if proposal.cost_satang is None else f"{proposal.cost_satang / 100:,.2f}".removesuffix(".00")
    elif do == "fixing":
        given["wording"] = proposal.title
    return prepared(desk, proposal, FORMS[do](w=desk.w, data=given))
