"""Staff's lists, pulled with a word and answered with the free reply: today, backlog, overdue, one case, the quota."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from handlers import filing, rights
from handlers.staff_web import actor
from handlers.turn import Answer, Turn
from messages import cases
from messages import staff as say
from messages.behalf import whom
from messages.parts import audio, image, link, text
from models import attachments
from models.audit import record
from models.contacts import contact_of
from models.quota import read_budget, usage
from models.staff import Staff
from models.tickets import OPEN, Ticket
from models.town import put_setting

#: A case is “near its day” when so little time is left.
SOON = timedelta(days=3)


def _scope(turn: Turn) -> ColumnElement[bool] | None:
    """The cases this place or person works on: a group's department, one's own, or all for the clerk. None: nobody's.

    Sensitive cases never appear in a group, and only to appointed receivers alone.
    """
    hidden = Ticket.sensitive.is_(False)
    if turn.in_group:
        return and_(Ticket.department_id == turn.chat.department_id, hidden) if turn.chat.department_id else None
    staff = turn.staff
    if staff is None:
        return None
    own = Ticket.department_id == staff.department_id
    mine = or_(own, Ticket.id > 0) if staff.role in ("clerk", "admin", "auditor") else own
    return and_(mine, or_(hidden, Ticket.id > 0)) if staff.confidential else and_(mine, hidden)


def _late(turn: Turn) -> ColumnElement[bool]:
    unanswered = and_(Ticket.first_answer_at.is_(None), Ticket.answer_by < turn.now)
    overdue = and_(Ticket.paused_at.is_(None), Ticket.due_at < turn.now)
    return and_(Ticket.state.in_(OPEN), or_(unanswered, overdue))


def _count(turn: Turn, scope: ColumnElement[bool], *also: ColumnElement[bool]) -> int:
    return turn.session.scalar(select(func.count()).select_from(Ticket).where(scope, *also)) or 0


def _summary(turn: Turn, scope: ColumnElement[bool]) -> str:
    soon = and_(Ticket.state.in_(OPEN), Ticket.due_at.between(turn.now, turn.now + SOON))
    return turn.w(
        "work.summary",
        new=_count(turn, scope, Ticket.state == "new"),
        taken=_count(turn, scope, Ticket.state.in_(("taken", "asking"))),
        waiting=_count(turn, scope, Ticket.state.in_(("waiting", "outside"))),
        soon=_count(turn, scope, soon),
        late=_count(turn, scope, _late(turn)),
    )


def _outsider(turn: Turn) -> Answer:
    return unlinked(turn) if turn.in_group else say.note(turn.w, "staff.only_staff")


def unlinked(turn: Turn) -> Answer:
    """A group nobody has bound to a department."""
    return say.note(turn.w, "staff.unlinked_group")


def _list(turn: Turn, title: str, route: str, which: ColumnElement[bool], *, summary: bool = False) -> Answer:
    scope = _scope(turn)
    if scope is None:
        return _outsider(turn)
    told = turn.event.fields.get("page", "1")
    page = max(1, int(told)) if told.isdecimal() and len(told) < 6 else 1
    total = _count(turn, scope, which)
    head = _summary(turn, scope) if summary else ""
    rows = _page(turn, select(Ticket).where(scope, which), page)
    if not rows and not head:
        return say.empty_list(turn.w, title)
    shown = [(t, _note(turn, t)) for t in rows]
    return say.work_list(turn.w, title, head, shown, total, route, page)


def _page(turn: Turn, found: Select[Any], page: int) -> Sequence[Ticket]:
    """Urgent ones first, then what is due first."""
    order = (Ticket.urgency != "high", func.coalesce(Ticket.due_at, Ticket.answer_by), Ticket.id)
    return turn.session.scalars(found.order_by(*order).limit(say.PAGE).offset((max(1, page) - 1) * say.PAGE)).all()


def _note(turn: Turn, ticket: Ticket) -> str:
    state = turn.w("work.row_new") if ticket.state == "new" else cases.state(turn.w, ticket)
    return f"{state} · {say.left(turn.w, ticket, turn.now)}"


def today(turn: Turn) -> Answer:
    """งานวันนี้: new ones, and what is due within three days or late."""
    soon = and_(Ticket.paused_at.is_(None), Ticket.due_at < turn.now + SOON)
    which = and_(
        Ticket.state.in_(OPEN),
        or_(Ticket.state == "new", soon, Ticket.urgency == "high"),
    )
    return _list(turn, say.today_title(turn.w, turn.now), "work.today", which, summary=True)


def backlog(turn: Turn) -> Answer:
    """งานค้าง: everything open."""
    return _list(turn, turn.w("work.backlog"), "work.backlog", Ticket.state.in_(OPEN))


def overdue(turn: Turn) -> Answer:
    """เกินกำหนด."""
    return _list(turn, turn.w("work.overdue"), "work.overdue", _late(turn))


def see(turn: Turn) -> Answer:
    """“ดู 42”: the card with its moves."""
    found = rights.acting(turn)
    if isinstance(found, list):
        return found
    return show(turn, found[1])


def show(turn: Turn, ticket: Ticket) -> Answer:
    """A case's card for staff."""
    files = attachments.of_ticket(turn.session, ticket.id)
    behind = filing.people_behind(turn.session, ticket)
    return say.case_card(turn.w, ticket, files, behind, turn.now, private=not turn.in_group)


def by_number(turn: Turn, staff: Staff, year: int | None, number: int) -> Answer | None:
    """The case of this number for staff; None when it is not theirs to see."""
    found = select(Ticket).where(Ticket.number == number).order_by(Ticket.fiscal_year.desc()).limit(5)
    if year is not None:
        found = found.where(Ticket.fiscal_year == year)
    ticket = next(
        (t for t in turn.session.scalars(found) if rights.may_see(staff, t) and not (t.sensitive and turn.in_group)),
        None,
    )
    return show(turn, ticket) if ticket else None


def media(turn: Turn) -> Answer:
    """“ดูรูป/ฟังเสียง”: what came with the case, five at most; the free reply carries it."""
    found = rights.acting(turn)
    if isinstance(found, list):
        return found
    ticket, base = found[1], turn.town.public_url
    answer: Answer = []
    for file in attachments.of_ticket(turn.session, ticket.id)[-5:]:
        address = cases.file_address(base, file.token)
        if file.state != "stored":
            continue
        if file.kind == "image":
            answer.append(image(address, cases.preview_address(base, file.token)))
        elif file.kind == "audio":
            answer.append(audio(address, file.duration_ms or 1000))
        else:
            answer.append(text(file.name or file.kind, link(turn.w("card.media"), address)))
    return answer or say.about(turn.w, "track.photo_none", ticket)


def who(turn: Turn) -> Answer:
    """“ดูผู้แจ้ง”: only alone with the bot, and every look is written down."""
    found = rights.acting(turn)
    if isinstance(found, list):
        return found
    staff, ticket = found
    if turn.in_group:
        return say.about(turn.w, "staff.reporter_in_group", ticket)
    ticket.add("looked", turn.now, staff=staff, public=False, told=True)
    record(turn.session, actor(staff), "reporter.seen", f"ticket:{ticket.id}", None, None, turn.now)
    return [*_for_whom(turn, ticket), *_reporter(turn, ticket)]


def _for_whom(turn: Turn, ticket: Ticket) -> Answer:
    """The person for whom a helper filed it, as far as told."""
    contact = contact_of(turn.session, ticket.id) if ticket.on_behalf else None
    if contact is None:
        return []
    return [text(whom(turn.w, contact.relation, contact.name, contact.phone))]


def _reporter(turn: Turn, ticket: Ticket) -> Answer:
    if ticket.hidden_name:
        return say.about(turn.w, "staff.reporter_hidden", ticket)
    person = ticket.reporter
    if person is None:
        return say.about(turn.w, "staff.reporter_none", ticket)
    village = turn.town.village_name(person.moo)
    return say.about(
        turn.w, "staff.reporter", ticket, name=person.name or "–", village=f" · {village}" if village else ""
    )


# -- the quota ---------------------------------------------------------------------------------------------------------


def quota(turn: Turn) -> Answer:
    """โควตา: this month's pushes by kind, for clerks, heads and admins."""
    if turn.staff is None or turn.staff.role not in ("clerk", "admin", "head"):
        return say.note(turn.w, "staff.only_clerk")
    budget = read_budget(turn.session, turn.now)
    kinds = [(kind.label, cost) for kind, _, cost in usage(turn.session, turn.now) if cost]
    return say.quota(turn.w, budget, kinds)


def economy(turn: Turn) -> Answer:
    """Set the economy mode: auto, on, off."""
    mode = turn.event.fields.get("mode", "")
    if turn.staff is None or turn.staff.role not in ("clerk", "admin") or mode not in ("auto", "on", "off"):
        return say.note(turn.w, "staff.only_clerk")
    put_setting(turn.session, "quota.economy", mode)
    turn.session.flush()
    return quota(turn)
