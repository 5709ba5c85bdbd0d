"""The forms of a draft: the question and its counting, who may vote and when; to and from models/poll_drafts.Rules.

Only what an office decides is asked; what follows from the kind of ballot (which ties can be settled how, which limits
there are) is set here. Whether it all fits together is the checklist's to say (ballots/requirements.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, NumberRange, Optional

from ballots.manifest import (
    BUDGET_KINDS,
    NOT_BINDING,
    NOT_BINDING_EN,
    RULES,
    Counting,
    Kind,
    Level,
    Limits,
    LotKind,
    Mode,
    Quorum,
    QuorumKind,
    Rule,
    TiePolicy,
    TieStep,
)
from messages.money import baht, to_satang
from messages.thai import ZONE, arabic_digits
from models.poll_drafts import Place, Rules, rules_of
from models.polls import Poll
from web.forms import Form, Tidy, options, required

_THRESHOLDS = (Rule.GREEDY_THRESHOLD, Rule.GREEDY_NO_SKIP)


def _number(label: str, most: int, help_: str = "") -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(0, most)], description=help_)


class Question(Form):
    """What is asked, on what kind of ballot, counted how."""

    title = StringField("polls.title", [required(), Length(max=200)], filters=[Tidy()])
    about = TextAreaField("polls.about", [Length(max=2000)], filters=[Tidy()])
    decides = StringField(
        "polls.decides", [required(), Length(max=200)], filters=[Tidy()], description="polls.decides_help"
    )
    binds = StringField("polls.binds", [required(), Length(max=300)], filters=[Tidy()], description="polls.binds_help")
    label = StringField("polls.label", [required(), Length(max=120)], filters=[Tidy()], description="polls.label_help")
    kind = RadioField("polls.kind", choices=options((kind.value, f"polls.kind_{kind.value}") for kind in Kind))
    rule = SelectField("polls.rule", choices=options((rule.value, f"poll.rule_{rule.value}") for rule in Rule))
    seats = _number("polls.seats", 100, "polls.seats_help")
    least = _number("polls.least", 100)
    most = _number("polls.most", 100, "polls.most_help")
    score = _number("polls.score", 100)
    points = _number("polls.points", 1000)
    blank = BooleanField("polls.blank")
    budget = StringField("polls.budget", filters=[Tidy()], description="polls.budget_help")
    within = BooleanField("polls.within")
    threshold = _number("polls.threshold", 1_000_000)
    threshold_percent = _number("polls.threshold_percent", 100)
    completion = BooleanField("polls.completion")
    comparison = BooleanField("polls.comparison")
    lot = RadioField("polls.lot", choices=options((lot.value, f"polls.lot_{lot.value}") for lot in LotKind))
    random_source = StringField("polls.random_source", [Length(max=200)], filters=[Tidy()])
    random_date = StringField("polls.random_date", filters=[Tidy()], render_kw={"type": "date"})
    title_en = StringField("polls.title_en", [Length(max=200)], filters=[Tidy()])
    about_en = TextAreaField("polls.about_en", [Length(max=2000)], filters=[Tidy()])
    decides_en = StringField("polls.decides_en", [Length(max=200)], filters=[Tidy()])
    binds_en = StringField("polls.binds_en", [Length(max=300)], filters=[Tidy()])

    def validate_rule(self, field: SelectField) -> None:
        """The counting must fit the ballot."""
        if self.kind.data and Rule(field.data) not in RULES[Kind(self.kind.data)]:
            raise ValidationError("polls.rule_unfit")

    def validate_budget(self, field: StringField) -> None:
        """An amount of money."""
        try:
            to_satang(field.data or "")
        except ValueError:
            raise ValidationError("polls.money_wrong") from None


def question_data(poll: Poll) -> dict[str, Any]:
    """The form's fields from a draft."""
    rules = rules_of(poll)
    limits, counting, ties = rules.limits, rules.counting, rules.ties
    return {
        "title": poll.title,
        "about": poll.about,
        "decides": rules.decides,
        "binds": rules.binds,
        "label": rules.label,
        "kind": rules.kind.value,
        "rule": counting.rule.value,
        "seats": counting.seats,
        "least": limits.min_choices,
        "most": limits.max_choices or None,
        "score": limits.max_score or None,
        "points": limits.points or None,
        "blank": limits.blank,
        "within": limits.within_budget,
        "budget": baht(rules.budget) if rules.budget else "",
        "threshold": counting.threshold or None,
        "threshold_percent": counting.threshold_percent or None,
        "completion": counting.step > 0,
        "comparison": counting.comparison,
        "lot": ties.lot.value,
        "random_source": ties.random_source,
        "random_date": ties.random_date,
        "title_en": rules.title_en,
        "about_en": rules.about_en,
        "decides_en": rules.decides_en,
        "binds_en": rules.binds_en,
    }


def question_rules(form: Question, before: Rules) -> Rules:
    """The rules with what the form says; fields that the kind has no use for are left out."""
    kind, rule = Kind(form.kind.data), Rule(form.rule.data)
    money = kind in BUDGET_KINDS
    limits = Limits(
        min_choices=form.least.data or 1,
        max_choices=0 if kind == Kind.CHOOSE_ONE else form.most.data or 0,
        max_score=(form.score.data or 5) if kind == Kind.SCORE else 0,
        points=(form.points.data or 10) if kind == Kind.BUDGET_POINTS else 0,
        within_budget=money and bool(form.within.data),
        blank=bool(form.blank.data),
    )
    many = not money and rule not in (Rule.IRV, Rule.SCHULZE)
    counting = Counting(
        rule,
        seats=(form.seats.data or 1) if many else 1,
        threshold=(form.threshold.data or 0) if rule in _THRESHOLDS else 0,
        threshold_percent=(form.threshold_percent.data or 0) if rule in _THRESHOLDS else 0,
        # one baht: the unit in which offices think of money
        step=100 if rule == Rule.EQUAL_SHARES and form.completion.data else 0,
        comparison=rule == Rule.EQUAL_SHARES and bool(form.comparison.data),
    )
    return replace(
        before,
        kind=kind,
        limits=limits,
        counting=counting,
        budget=(to_satang(form.budget.data or "") or 0) if money else 0,
        ties=_ties(form, kind, rule),
        decides=form.decides.data or "",
        binds=form.binds.data or "",
        label=form.label.data or NOT_BINDING,
        label_en=NOT_BINDING_EN if form.label.data == NOT_BINDING else "",
        title_en=form.title_en.data or "",
        about_en=form.about_en.data or "",
        decides_en=form.decides_en.data or "",
        binds_en=form.binds_en.data or "",
    )


def _ties(form: Question, kind: Kind, rule: Rule) -> TiePolicy:
    """The steps that make sense for this kind, and the lot at the end, always."""
    steps: tuple[TieStep, ...] = ()
    if kind in BUDGET_KINDS:
        steps = (TieStep.CHEAPER, TieStep.MORE_VOTES)
    elif rule in (Rule.SCORE, Rule.BORDA):
        steps = (TieStep.MORE_VOTES,)
    elif rule == Rule.IRV:
        steps = (TieStep.EARLIER_ROUND,)
    lot = LotKind(form.lot.data)
    if lot == LotKind.DRAW:
        return TiePolicy((*steps, TieStep.LOT), lot)
    return TiePolicy((*steps, TieStep.LOT), lot, form.random_source.data or "", form.random_date.data or "")


# -- who and when ------------------------------------------------------------------------------------------------------


class Who(Form):
    """Who may vote, where, when, and what turnout is asked for."""

    opens_at = StringField("polls.opens_at", [required()], render_kw={"type": "datetime-local"})
    closes_at = StringField("polls.closes_at", [required()], render_kw={"type": "datetime-local"})
    minimum = RadioField(
        "polls.minimum", choices=options((level.value, f"polls.level_{level.value}") for level in Level)
    )
    grows = BooleanField("polls.grows", description="polls.grows_help")
    sources = StringField("polls.sources", [Length(max=300)], filters=[Tidy()], description="polls.sources_help")
    moos = StringField("polls.moos", filters=[Tidy()], description="polls.moos_help")
    min_age = _number("polls.min_age", 120)
    household_quota = _number("polls.household_quota", 50, "polls.household_help")
    areas = TextAreaField("polls.areas", filters=[Tidy()], description="polls.areas_help", render_kw={"rows": 4})
    per_area = BooleanField("polls.per_area", description="polls.per_area_help")
    quorum = SelectField(
        "polls.quorum", choices=options((kind.value, f"polls.quorum_{kind.value}") for kind in QuorumKind)
    )
    quorum_value = _number("polls.quorum_value", 1_000_000)
    quorum_source = StringField("polls.quorum_source", [Length(max=200)], filters=[Tidy()])
    revote = BooleanField("polls.revote", description="polls.revote_help")
    mode = RadioField("polls.mode", choices=options((mode.value, f"poll.mode_{mode.value}") for mode in Mode))
    chat = BooleanField("polls.chat", description="polls.chat_help")

    def validate_opens_at(self, field: StringField) -> None:
        """A day and a time."""
        _moment(field)

    def validate_closes_at(self, field: StringField) -> None:
        """A day and a time after opening."""
        closes = _moment(field)
        try:
            opens = moment_of(self.opens_at.data or "")
        except ValueError:
            return
        if closes <= opens:
            raise ValidationError("polls.closes_first")

    def validate_moos(self, field: StringField) -> None:
        """Numbers of villages."""
        try:
            moos_of(field.data or "")
        except ValueError:
            raise ValidationError("polls.moos_wrong") from None

    def validate_areas(self, field: TextAreaField) -> None:
        """One area a line."""
        try:
            places_of(field.data or "")
        except ValueError:
            raise ValidationError("polls.areas_wrong") from None


def _moment(field: StringField) -> datetime:
    try:
        return moment_of(field.data or "")
    except ValueError:
        raise ValidationError("form.date") from None


def moment_of(text: str) -> datetime:
    """What a datetime-local field says, in Thai time. Raises ValueError."""
    found = datetime.fromisoformat(arabic_digits(text.strip()))
    return found.replace(tzinfo=ZONE).astimezone(UTC) if found.tzinfo is None else found


def moment_text(moment: datetime | None) -> str:
    """What goes into a datetime-local field."""
    return f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}" if moment is not None else ""


def moos_of(text: str) -> tuple[int, ...]:
    """“1, 3, 5” as numbers. Raises ValueError."""
    parts = re.split(r"[\s,;]+", arabic_digits(text).strip())
    found = tuple(dict.fromkeys(int(part) for part in parts if part))
    if any(not 0 < moo < 100 for moo in found):
        raise ValueError(text)
    return found


def places_of(text: str) -> tuple[Place, ...]:
    """Areas, one a line: “ชื่อ = หมู่, หมู่ = งบ”. Their ids are a1, a2, … Raises ValueError."""
    places = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        parts = [part.strip() for part in line.split("=")]
        if len(parts) not in (2, 3) or not parts[0]:
            raise ValueError(line)
        budget = to_satang(parts[2]) if len(parts) == 3 else 0
        places.append(Place(f"a{number}", parts[0][:80], moos_of(parts[1]), budget or 0))
    if len({moo for place in places for moo in place.moos}) != sum(len(place.moos) for place in places):
        raise ValueError("a village stands twice")
    return tuple(places)


def places_text(places: Iterable[Place]) -> str:
    """The same lines again."""
    lines = []
    for place in places:
        money = f" = {baht(place.budget)}" if place.budget else ""
        lines.append(f"{place.title} = {', '.join(map(str, place.moos))}{money}")
    return "\n".join(lines)


def who_data(poll: Poll) -> dict[str, Any]:
    """The form's fields from a draft."""
    rules = rules_of(poll)
    return {
        "opens_at": moment_text(poll.opens_at),
        "closes_at": moment_text(poll.closes_at),
        "minimum": rules.minimum.value,
        "grows": rules.grows,
        "sources": ", ".join(rules.sources),
        "moos": ", ".join(map(str, rules.moos)),
        "min_age": rules.min_age or None,
        "chat": rules.chat,
        "household_quota": rules.household_quota or None,
        "areas": places_text(rules.areas),
        "per_area": rules.per_area,
        "quorum": rules.quorum.kind.value,
        "mode": rules.mode.value,
        "quorum_value": rules.quorum.value or None,
        "quorum_source": rules.quorum.source,
        "revote": rules.revote,
    }


def who_rules(form: Who, before: Rules) -> Rules:
    """The rules with what the form says."""
    kind = QuorumKind(form.quorum.data)
    value = (form.quorum_value.data or 0) if kind != QuorumKind.NONE else 0
    sources = tuple(part.strip() for part in (form.sources.data or "").split(",") if part.strip())
    return replace(
        before,
        minimum=Level(form.minimum.data),
        grows=bool(form.grows.data),
        sources=sources,
        moos=moos_of(form.moos.data or ""),
        min_age=form.min_age.data or 0,
        household_quota=form.household_quota.data or 0,
        areas=places_of(form.areas.data or ""),
        per_area=bool(form.per_area.data),
        mode=Mode(form.mode.data),
        chat=bool(form.chat.data),
        quorum=Quorum(kind, value, form.quorum_source.data or ""),
        revote=bool(form.revote.data),
    )
