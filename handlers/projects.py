"""Projects of the plan in chat: what there is, how far it has come, following. Answers with what is known, or says no.

Only questions come here. A broken road is a report and a wish is a proposal; both pass (nlp/asking.py).
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.turn import Answer, Turn
from messages import projects as say
from models import plan_finding as plan
from models.files import File
from models.plan import Project
from models.plan_links import shown_photos
from models.tickets import OPEN, Ticket
from nlp.asking import Question, chunks, project_question
from nlp.ideas import Idea, rank

#: Cards side by side; LINE takes twelve.
SHOWN = 10
#: Projects that are ranked by likeness.
COMPARED = 400
#: A complaint as sure as this is a report, whatever it asks besides.
SURE = 0.75


def by_words(turn: Turn) -> Answer | None:
    """The answer to a question about projects; None where it is none, or nothing in the plan can be meant."""
    asked = project_question(turn.text)
    if asked is None:
        return None
    if not plan.anything_public(turn.session):
        return say.no_plan(turn.w) if asked.kind == "list" else None
    if asked.kind == "list":
        return _listed(turn, asked)
    if _complains(turn, asked):
        return None
    found = _alike(turn, asked)
    if not found:
        return say.none(turn.w, asked.about) if asked.explicit and _sure(turn) else None
    if not asked.explicit and _own_case(turn, asked.about):
        return None
    if len(found) == 1:
        return _shown(turn, found[0])
    return say.listed(turn.w, found, len(found), _followed(turn, found), asked.about, photos=_photos(turn, found))


def _sure(turn: Turn) -> bool:
    """Whether the words are no report or wish: then “nothing found” is an answer to what was asked."""
    return turn.heard.intent not in ("complaint", "emergency", "proposal", "suggestion")


def _complains(turn: Turn, asked: Question) -> bool:
    """Whether it is a report all the same: “โครงการขุดคลองขุดแค่ร้อยเมตร” asks nothing."""
    if turn.heard.intent not in ("complaint", "emergency"):
        return False
    return not asked.asks or (not asked.explicit and turn.heard.intent_p >= SURE)


def _own_case(turn: Turn, about: str) -> bool:
    """Whether the speaker has reported something like it: then that is what is asked about."""
    if turn.person is None:
        return False
    own = select(Ticket.id, Ticket.text).where(Ticket.reporter_id == turn.person.id, Ticket.state.in_(OPEN))
    known = [Idea(number, words) for number, words in turn.session.execute(own.limit(20))]
    return bool(rank(Idea(0, about), known))


def _alike(turn: Turn, asked: Question) -> list[Project]:
    """The projects that are meant, the likeliest first."""
    moo = turn.heard.place.moo if turn.heard.place is not None else None
    candidates = plan.any_of(turn.session, chunks(asked.about), moo, COMPARED)
    villages = (moo,) if moo is not None else ()
    rows = {project.id: project for project in candidates}
    ideas = [Idea(p.id, f"{p.shown_name} {p.place}", p.moos) for p in candidates]
    likes = [like for like in rank(Idea(0, asked.about, villages), ideas) if like.offer]
    if not likes:
        return []
    best = likes[0].score
    return [rows[like.key] for like in likes if like.score >= best - 0.15][:SHOWN]


def _listed(turn: Turn, asked: Question) -> Answer:
    if asked.own:
        return own(turn)
    return _page(turn, asked.moo, 0, asked.year)


def _page(turn: Turn, moo: int | None, page: int, year: int | None = None) -> Answer:
    found, total = plan.found(turn.session, moo=moo, year=year, limit=SHOWN, offset=page * SHOWN)
    title = turn.town.village_name(moo) if moo is not None else turn.w("project.whole_town")
    if year is not None:
        title = turn.w("project.of_year", place=title, year=year)
    if not found:
        return say.none_here(turn.w, title)
    onward = say.more(turn.w, moo, page + 1) if year is None and total > (page + 1) * SHOWN else None
    return say.listed(turn.w, found, total, _followed(turn, found), title, onward, _photos(turn, found))


def browse(turn: Turn) -> Answer:
    """All projects, or those of a village, by a tap."""
    if not plan.anything_public(turn.session):
        return say.no_plan(turn.w)
    data = turn.event.fields
    moo, page = _number(data.get("moo")), _number(data.get("page"))
    return _page(turn, moo, min(page or 0, 1_000))


def _number(typed: str | None) -> int | None:
    return int(typed) if typed is not None and typed.isdecimal() and len(typed) < 6 else None


def own(turn: Turn) -> Answer:
    """The projects of the speaker's village; asks which it is where nobody knows."""
    if not plan.anything_public(turn.session):
        return say.no_plan(turn.w)
    if turn.moo is not None:
        return _page(turn, turn.moo, 0)
    if not turn.town.villages:
        return _page(turn, None, 0)
    return say.ask_village(turn.w, [village.moo for village in turn.town.villages])


def mine(turn: Turn) -> Answer:
    """What the speaker follows."""
    if turn.person is None:
        return say.follows_none(turn.w)
    found, total = plan.followed(turn.session, turn.person, SHOWN)
    if not found:
        return say.follows_none(turn.w) if plan.anything_public(turn.session) else say.no_plan(turn.w)
    title = turn.w("project.mine_title")
    return say.listed(turn.w, found, total, {p.id for p in found}, title, photos=_photos(turn, found))


def see(turn: Turn) -> Answer:
    """One project, by a tap."""
    project = _tapped(turn)
    return _shown(turn, project) if project is not None else say.gone(turn.w)


def _shown(turn: Turn, project: Project) -> Answer:
    entry = plan.latest(turn.session, project.id)
    photos = shown_photos(turn.session, project.id)
    followed = turn.person is not None and plan.follows(turn.session, project, turn.person)
    return say.one(turn.w, project, entry, followed=followed, photos=photos)


def _tapped(turn: Turn) -> Project | None:
    number = turn.event.fields.get("id", "")
    return plan.public_project(turn.session, int(number)) if number.isdecimal() and len(number) < 10 else None


def follow(turn: Turn) -> Answer:
    """Hear of each step from now on; a second tap says the same again."""
    project = _tapped(turn)
    if project is None or turn.person is None:
        return say.gone(turn.w)
    plan.follow(turn.session, project, turn.person, turn.now)
    return say.followed(turn.w, project)


def unfollow(turn: Turn) -> Answer:
    """Hear no more of it."""
    project = _tapped(turn)
    if project is None or turn.person is None:
        return say.gone(turn.w)
    plan.unfollow(turn.session, project, turn.person)
    return say.unfollowed(turn.w, project)


def photos(turn: Turn) -> Answer:
    """The photos of a project that residents may see."""
    project = _tapped(turn)
    if project is None:
        return say.gone(turn.w)
    found = shown_photos(turn.session, project.id)
    return say.gallery(turn.w, project, found) if found else _shown(turn, project)


def _followed(turn: Turn, found: list[Project]) -> set[int]:
    if turn.person is None:
        return set()
    return plan.followed_of(turn.session, turn.person, [project.id for project in found])


def _photos(turn: Turn, found: list[Project]) -> dict[int, File]:
    """The latest photo of each project that has one to show."""
    pictures = {project.id: shown_photos(turn.session, project.id) for project in found}
    return {number: taken[-1] for number, taken in pictures.items() if taken}
