"""Writing a draft: the question, the options (typed, from the plan, from proposals; with pictures), who and when."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from sqlalchemy import select
from werkzeug.datastructures import ImmutableMultiDict

from messages.money import baht, to_satang
from models import poll_drafts, proposals
from models.plan import Project
from models.poll_drafts import rules_of
from models.polls import NotAllowed, Poll, PollOption
from web import access, polls_forms, uploads
from web.desk import Desk, Page, needs
from web.polls import done, find, page, pages, tell
from web.polls_looks import keep, pictures

__all__ = ["pages"]

#: Projects of the plan that the page offers at once; the search finds the others.
OFFERED = 40


# -- the question ------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/question")
@needs(access.may_run_polls)
def question(desk: Desk, number: int) -> Page:
    """What is asked, and how it is counted."""
    poll = find(desk, number, "draft")
    form = polls_forms.Question(w=desk.w, data=polls_forms.question_data(poll))
    return page(desk, "polls/question.html", poll, form=form)


@pages.post("/<int:number>/question")
@needs(access.may_run_polls)
def save_question(desk: Desk, number: int) -> Page:
    """Keep it."""
    poll, form = find(desk, number, "draft"), polls_forms.Question(request.form, w=desk.w)
    if not form.validate():
        return page(desk, "polls/question.html", poll, form=form), 422
    rules = polls_forms.question_rules(form, rules_of(poll))
    title, about = form.title.data or "", form.about.data or ""
    done(
        desk,
        "polls.kept",
        lambda: poll_drafts.edit(desk.session, desk.viewer, number, desk.now, rules=rules, title=title, about=about),
    )
    return desk.go("polls.options", number=number)


# -- who and when ------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/who")
@needs(access.may_run_polls)
def who(desk: Desk, number: int) -> Page:
    """Who may vote, and when."""
    poll = find(desk, number, "draft")
    form = polls_forms.Who(w=desk.w, data=polls_forms.who_data(poll))
    return page(desk, "polls/who.html", poll, form=form)


@pages.post("/<int:number>/who")
@needs(access.may_run_polls)
def save_who(desk: Desk, number: int) -> Page:
    """Keep it."""
    poll, form = find(desk, number, "draft"), polls_forms.Who(request.form, w=desk.w)
    if not form.validate():
        return page(desk, "polls/who.html", poll, form=form), 422
    rules = polls_forms.who_rules(form, rules_of(poll))
    opens, closes = (polls_forms.moment_of(each.data or "") for each in (form.opens_at, form.closes_at))
    done(
        desk,
        "polls.kept",
        lambda: poll_drafts.edit(
            desk.session, desk.viewer, number, desk.now, rules=rules, opens_at=opens, closes_at=closes
        ),
    )
    return desk.go("polls.keys_page", number=number)


# -- options -----------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/options")
@needs(access.may_run_polls)
def options(desk: Desk, number: int) -> Page:
    """The options as they are, and where more may come from."""
    return _options(desk, find(desk, number, "draft"))


def _options(desk: Desk, poll: Poll, wrong: str = "") -> str:
    asked = request.args.get("q", "").strip()
    taken = {(option.source, option.source_id) for option in poll.options}
    return page(
        desk,
        "polls/options.html",
        poll,
        pictures=pictures(desk, poll),
        baht=baht,
        asked=asked,
        wrong=wrong,
        areas=rules_of(poll).areas,
        projects=[row for row in _projects(desk, asked) if ("project", row.id) not in taken],
        proposals=[row for row in proposals.ready_for_poll(desk.session) if ("proposal", row.id) not in taken],
    )


def _projects(desk: Desk, asked: str) -> Sequence[Project]:
    """Projects still to come; those whose name holds what was asked for."""
    found = select(Project).where(Project.step == "plan").order_by(Project.plan_id.desc(), Project.position)
    if asked:
        found = found.where(Project.name.contains(asked, autoescape=True))
    return desk.session.scalars(found.limit(OFFERED)).all()


@pages.post("/<int:number>/options")
@needs(access.may_run_polls, before=uploads.bring)
def save_options(desk: Desk, number: int) -> Page:
    """Keep what was typed, in the order of the numbers; add what was ticked; a picture goes to the option it is for."""
    poll, form = find(desk, number, "draft"), request.form
    if trouble := uploads.faults(desk):
        return _options(desk, poll, trouble[0]), 422
    try:
        rows = [*_kept(poll, form), *_added(desk, poll, form)]
    except ValueError:
        return _options(desk, poll, "polls.money_wrong"), 422
    _picture(desk, rows, form.get("picture_for", ""))
    try:
        poll_drafts.put_options(desk.session, desk.viewer, number, rows, desk.now)
    except NotAllowed as refused:
        tell(desk, refused)
    else:
        desk.tell("polls.kept")
    return desk.go("polls.options", number=number)


def _kept(poll: Poll, form: ImmutableMultiDict[str, str]) -> list[PollOption]:
    """The options of before as they were written now, without those that were taken out. Raises ValueError."""
    rows: list[tuple[int, PollOption]] = []
    for option in poll.options:
        mark = str(option.id)
        if not form.get(f"out_{mark}"):
            place = form.get(f"place_{mark}", "")
            rows.append((int(place) if place.isdecimal() else option.position, _copy(option, form, mark)))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _copy(option: PollOption, form: ImmutableMultiDict[str, str], mark: str) -> PollOption:
    """The option with what the form says of it; as it was, where the form does not know it (a colleague added it)."""
    known = f"title_{mark}" in form
    return PollOption(
        title=form.get(f"title_{mark}", "").strip()[:200] or option.title,
        title_en=form.get(f"title_en_{mark}", option.title_en).strip()[:200],
        detail=form.get(f"detail_{mark}", option.detail).strip()[:2000],
        cost=(to_satang(form[f"cost_{mark}"]) or None) if f"cost_{mark}" in form else option.cost,
        areas=[area for area in form.getlist(f"areas_{mark}") if area] if known else list(option.areas),
        source=option.source,
        source_id=option.source_id,
        picture=option.picture,
        file_id=option.file_id,
        paper=option.paper,
    )


def _added(desk: Desk, poll: Poll, form: ImmutableMultiDict[str, str]) -> list[PollOption]:
    """What was ticked or typed anew. Raises ValueError."""
    rules, rows = rules_of(poll), list[PollOption]()
    for project in _rows(desk, Project, form.getlist("project")):
        rows.append(poll_drafts.from_project(project, rules))
    ready = {row.id: row for row in proposals.ready_for_poll(desk.session)}
    for mark in form.getlist("proposal"):
        if mark.isdecimal() and int(mark) in ready:
            rows.append(poll_drafts.from_proposal(ready[int(mark)], rules))
    title = form.get("new_title", "").strip()
    if title:
        cost = to_satang(form.get("new_cost", "")) or None
        rows.append(poll_drafts.typed(title, form.get("new_detail", "").strip(), cost))
    return rows


def _rows(desk: Desk, kind: type[Project], marks: list[str]) -> list[Project]:
    found = (desk.session.get(kind, int(mark)) for mark in marks if mark.isdecimal())
    return [row for row in found if row is not None]


def _picture(desk: Desk, rows: list[PollOption], place: str) -> None:
    """The picture that came with the form, for the option in this place (from 1); its hash goes into the rules."""
    came = next((one for one in uploads.brought(desk) if one[2].kind == "image"), None)
    if came is None or not place.isdecimal() or not 0 < int(place) <= len(rows):
        return
    option = rows[int(place) - 1]
    option.file_id, option.picture = keep(desk, came).id, came[2].sha256
