"""Proposing a project (เสนอโครงการ): what, where, is there something like it, why, who benefits, a photo, a last look.

What is understood from the first sentence is not asked. Private people are steered out of what neighbours will read;
nothing is ever refused here: staff look at the words before they are shown.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from handlers import answers as read
from handlers import forms, places, pocket, suggest
from handlers import propose_where as where
from handlers import propose_words as wording
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, Step
from handlers.propose_check import ask_confirm, group_of, other_kinds, take_confirm
from handlers.propose_like import ask_similar, has_similar, joined, take_similar
from handlers.report import REPORT
from handlers.report_told import tell
from handlers.report_where import media_words
from handlers.turn import Answer, Turn
from messages import propose as say
from messages.parts import text
from messages.thai import ZONE
from models.groups import groups_with
from models.proposals import REACHES
from models.proposing import Idea, hindrance, propose
from nlp.kept import covered
from nlp.search import search_text


def lobby(turn: Turn) -> Answer:
    """The menu's door: what is being collected now, and three ways to go on."""
    if turn.person is not None and hindrance(turn.session, turn.person, turn.now) == "closed":
        return say.hindered(turn.w, "closed", 0)
    settings = turn.town.settings
    until = settings["proposals.until"]
    day = datetime.combine(date.fromisoformat(until), datetime.min.time(), ZONE) if until else None
    return say.lobby(turn.w, str(settings["proposals.round"]), day)


def begin(turn: Turn) -> Answer:
    """“เสนอเรื่องใหม่”. What lies in the pocket (words just said, a photo, a place) is part of it."""
    return _start(turn, "", pocket.empty(turn))


def told(turn: Turn) -> Answer:
    """A wish told in free text that sounds like a project. In a town that takes none now it is a suggestion."""
    if _hindered(turn) is not None:
        return [*_hindered_answer(turn), *suggest.begin(turn, "suggestion", turn.text)][-forms.MOST :]
    return _start(turn, turn.text, pocket.empty(turn))


def _hindered(turn: Turn) -> str | None:
    return hindrance(turn.session, turn.person, turn.now) if turn.person is not None else "closed"


def _hindered_answer(turn: Turn) -> Answer:
    why = _hindered(turn) or "closed"
    limit = {"month": "proposals.per_month", "at_once": "proposals.at_once"}.get(why)
    return say.hindered(turn.w, why, int(turn.town.settings[limit]) if limit else 0)


def _start(turn: Turn, words: str, items: list[dict[str, Any]]) -> Answer:
    if _hindered(turn) is not None:
        return _hindered_answer(turn)
    answers: Answers = {"media": pocket.media(items)}
    said = "\n".join(part for part in (pocket.words(items), words) if part)
    if said:
        wording.tell(turn, answers, said)
    elif any(m["kind"] == "voice" for m in answers["media"]):
        answers["title"] = turn.thai("report.voice_detail")
    pin = pocket.place(items)
    if pin is not None:
        answers["place"] = places.from_pin(turn, pin)
    return forms.start(turn, PROPOSE, answers | ({"understood": True} if words else {}))


# -- is it a project? --------------------------------------------------------------------------------------------------


def _is_understood(_turn: Turn, answers: Answers) -> bool:
    """Whether it was only understood from the words that this is a project: asked before anything else."""
    return bool(answers.get("understood"))


def _ask_kind(turn: Turn, answers: Answers) -> Answer:
    go = forms.button(turn, turn.w("propose.as_project"), "kind", "project")
    return say.ask_kind(turn.w, answers["title"], media_words(turn, answers), [go, *other_kinds(turn)])


def _take_kind(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "project" or read.said(turn, read.YES):
        return "project"
    words = read.words(turn, at_least=4)
    if words is None or read.said(turn, read.NO, read.SKIP) or read.chatter(turn):
        return None
    wording.add(answers, words)
    raise Again([text(turn.w("report.added_words"))])


# -- what --------------------------------------------------------------------------------------------------------------


def _ask_title(turn: Turn, answers: Answers) -> Answer:
    return say.ask_title(turn.w, media_words(turn, answers))


def _take_title(turn: Turn, answers: Answers) -> Any:
    words = read.words(turn, at_least=4)
    if words is None or read.chatter(turn) or read.said(turn, read.YES, read.NO, read.SKIP):
        raise Again([text(turn.w("propose.title_help"))])
    wording.tell(turn, answers, words)
    return answers["title"]


# -- why, who benefits -------------------------------------------------------------------------------------------------


def _ask_why(turn: Turn, _answers: Answers) -> Answer:
    return say.ask_why(turn.w, forms.button(turn, turn.w("button.skip"), "why", "none"))


def _take_why(turn: Turn, _answers: Answers) -> Any:
    if read.tapped(turn) == "none" or read.said(turn, read.SKIP, read.NO, read.UNKNOWN):
        return ""
    return read.words(turn)


def _ask_reach(turn: Turn, _answers: Answers) -> Answer:
    w = turn.w
    return say.ask_reach(w, [forms.button(turn, w(f"proposal.reach_{code}"), "reach", code) for code in REACHES])


def _take_reach(turn: Turn, answers: Answers) -> Any:
    value = read.tapped(turn)
    if value in REACHES:
        return {"code": value, "words": ""}
    if read.said(turn, read.SKIP, read.UNKNOWN, read.NO):
        return {"code": "unsure", "words": ""}
    words = read.words(turn)
    if words is None or read.chatter(turn):
        raise Again([text(turn.w("propose.reach_help"))])
    if len(words) > 500:
        wording.add(answers, words)
    return {"code": "unsure", "words": words[:500]}


# -- photo, owner ------------------------------------------------------------------------------------------------------


def _wants_photo(_turn: Turn, answers: Answers) -> bool:
    photos = [m for m in answers.get("media", []) if m["kind"] == "photo"]
    return not photos or answers.get("editing") == "photo"


def _ask_photo(turn: Turn, answers: Answers) -> Answer:
    buttons = [forms.button(turn, turn.w("button.skip"), "photo", "none")]
    if answers.get("media"):
        buttons.append(forms.button(turn, turn.w("report.photo_clear"), "photo", "clear"))
    return say.ask_photo(turn.w, media_words(turn, answers), buttons)


def _take_photo(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "clear":
        answers["media"] = [m for m in answers.get("media", []) if m["kind"] == "voice"]
        return "none"
    if read.tapped(turn) == "none" or read.said(turn, read.SKIP, read.NO):
        return "none"
    words = read.words(turn, at_least=4)
    if words is not None and not read.chatter(turn):
        wording.add(answers, words)
        raise Again([text(turn.w("report.added_words"))])
    raise Again([text(turn.w("propose.photo_help"))])


def _has_groups(turn: Turn, _answers: Answers) -> bool:
    return bool(groups_with(turn.session, turn.person))


def _ask_owner(turn: Turn, _answers: Answers) -> Answer:
    own = forms.button(turn, turn.w("propose.owner_self"), "owner", "0")
    groups = [forms.button(turn, g.name, "owner", str(g.id)) for g in groups_with(turn.session, turn.person)]
    return say.ask_owner(turn.w, [own, *groups[:9]])


def _take_owner(turn: Turn, _answers: Answers) -> Any:
    groups = {str(g.id): g for g in groups_with(turn.session, turn.person)}
    value = read.tapped(turn)
    if value is None:
        value = next((key for key, g in groups.items() if read.plain(turn.text) == read.plain(g.name)), None)
    return int(value) if value == "0" or value in groups else None


# -- what may come at any time, and the end ----------------------------------------------------------------------------


def _absorb(turn: Turn, answers: Answers) -> Answers | None:
    event, step = turn.event, PROPOSE.current(turn, answers)
    if event.kind in MEDIA and event.message_id:
        media = [*answers.get("media", []), {"id": event.message_id, "kind": event.kind}]
        answers = {k: v for k, v in answers.items() if k != "editing"} | {"media": media}
        if event.kind == "voice" and step is not None and step.name in ("title", "why"):
            answers[step.name] = turn.thai("report.voice_detail")
        return answers
    if event.kind == "place" and step is not None:
        return {**{k: v for k, v in answers.items() if k != "similar"}, "place": where.pin(turn)}
    return None


def _done(turn: Turn, answers: Answers) -> Answer:
    other = joined(turn, answers)
    if other is not None:
        return other
    if _hindered(turn) is not None:
        return _hindered_answer(turn)
    idea = Idea(
        title=covered(answers["title"]),
        why=covered(answers.get("why") or ""),
        benefit=covered(answers["reach"]["words"]),
        reach=answers["reach"]["code"],
        topic=wording.topic(turn, answers["title"]),
        place={**answers["place"], "text": covered(str(answers["place"].get("text") or ""))},
        media=[m["id"] for m in answers.get("media", [])],
        group=group_of(turn, answers),
        source_key=f"{turn.seat.key}:p{turn.seat.run}",
    )
    return say.done(turn.w, propose(turn.session, idea, turn.now, column=search_text, proposer=turn.person))


def as_report(turn: Turn) -> Answer:
    """It is a problem after all: the same words and files become a report."""
    given = _given(turn)
    if given is None:
        return forms.old_button(turn)
    answers: Answers = {"media": given.get("media", [])}
    tell(turn, answers, wording.all_words(given))
    return forms.start(turn, REPORT, answers)


def as_idea(turn: Turn) -> Answer:
    """It is no project but an opinion: the same words and files become a suggestion."""
    given = _given(turn)
    if given is None:
        return forms.old_button(turn)
    start: Answers = {"kind": "suggestion", "media": given.get("media", []), "chosen": False}
    return forms.start(turn, suggest.SUGGEST, start | {"words": wording.all_words(given)})


def _given(turn: Turn) -> Answers | None:
    """The answers of the proposal that is open, if the button belongs to it."""
    given = dict(turn.seat.answers)
    return given if turn.seat.form == PROPOSE.name and forms.is_current(turn) and given.get("title") else None


def go_on(turn: Turn) -> Answer:
    """“ทำต่อ”: the open question again; what was sent since is added."""
    answers, items = dict(turn.seat.answers), pocket.empty(turn)
    answers["media"] = [*answers.get("media", []), *pocket.media(items)]
    said = pocket.words(items)
    if said and answers.get("title"):
        wording.add(answers, said)
    elif said:
        wording.tell(turn, answers, said)
    return forms.proceed(turn, PROPOSE, answers)


def _alone(step: Any) -> Any:
    """A question that is not put to somebody who joins what is there already."""
    return lambda turn, answers: not isinstance(answers.get("similar"), dict) and step(turn, answers)


def _always(_turn: Turn, _answers: Answers) -> bool:
    return True


PROPOSE = Form(
    "propose",
    steps=(
        Step("title", _ask_title, _take_title),
        Step("kind", _ask_kind, _take_kind, when=_is_understood),
        Step("names", wording.ask_names, wording.take_names, when=wording.has_names),
        Step("place", where.ask_place, where.take_place),
        Step("similar", ask_similar, take_similar, when=has_similar),
        Step("why", _ask_why, _take_why, when=_alone(_always)),
        Step("reach", _ask_reach, _take_reach, when=_alone(_always)),
        Step("photo", _ask_photo, _take_photo, when=_alone(_wants_photo)),
        Step("owner", _ask_owner, _take_owner, when=_alone(_has_groups)),
        Step("confirm", ask_confirm, take_confirm, when=_alone(_always)),
    ),
    done=_done,
    absorb=_absorb,
    left="ask",
)
