"""Reporting a problem (แจ้งปัญหา): free text first, then only what is not understood yet.

detail → category (asked only when unsure) → place → photo or none → the same case nearby? → a summary in which every
line can be changed. Words, photos, voice and a place that arrive within seconds, in any order, are one report.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers import answers as read
from handlers import filing, forms, places, pocket
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, Step
from handlers.turn import Answer, Json, Turn
from messages import report as say
from messages.common import menu, old_button
from messages.parts import text
from models import attachments
from models.files import forget
from models.tickets import Ticket
from models.town import Category
from nlp import Understanding

#: From this probability on the first guess is taken and only shown; below it the bot asks (see docs/model-card.md).
SURE = 0.5
#: The menu's short list of matters when nothing is understood.
COMMON = ("streetlight", "road", "water_supply", "drain", "waste", "stray_animal", "tree", "noise", "other")
#: A place in words is short; longer texts are details.
PLACE_LENGTH = 160


def begin(turn: Turn) -> Answer:
    """The menu's door. What lies in the pocket (photos, a place, words just said) is part of the report."""
    items = pocket.empty(turn)
    said = pocket.words(items)
    return _start(turn, said, items)


def begin_with(turn: Turn, words: str) -> Answer:
    """A problem told in free text."""
    return _start(turn, words, pocket.empty(turn))


def from_suggestion(turn: Turn) -> Answer:
    """It was taken for a suggestion or a question, and is a problem: the same words and files become a report."""
    if turn.seat.form != "suggest" or turn.event.fields.get("r") != str(turn.seat.run):
        return begin(turn)
    given = dict(turn.seat.answers)
    answers: Answers = {"media": given.get("media", [])}
    _tell(turn, answers, given["words"])
    return forms.start(turn, REPORT, answers)


def _start(turn: Turn, words: str, items: list[dict[str, Any]]) -> Answer:
    answers: Answers = {"media": pocket.media(items)}
    if words:
        _tell(turn, answers, words)
    elif any(m["kind"] == "voice" for m in answers["media"]):
        answers["detail"] = turn.w("report.voice_detail")
    pin = pocket.place(items)
    if pin is not None:
        answers["place"] = places.from_pin(turn, pin)
    return forms.start(turn, REPORT, answers)


def _tell(turn: Turn, answers: Answers, words: str) -> None:
    """Take words as (more of) the detail, and fill in what they tell of category, place and urgency."""
    heard = turn.hear(words)
    first = not answers.get("detail")
    told = heard.problems[0].text if first and len(heard.problems) > 1 else words
    answers["detail"] = "\n".join(part for part in (answers.get("detail"), told) if part)
    if first and len(heard.problems) > 1:
        answers["later"] = [p.text for p in heard.problems[1:4]]
        heard = turn.hear(told)
    if heard.urgency == "high" or heard.emergency in ("hazard", "danger"):
        answers["urgent"] = True
    if "category" not in answers:
        _guess(answers, heard)
    if "place" not in answers:
        found = places.from_words(turn, heard.place)
        if found:
            answers["place"] = found


def _guess(answers: Answers, heard: Understanding) -> None:
    """Keep the three best guesses; take the first when it is sure enough."""
    answers["guesses"] = [c.code for c in heard.categories[:3]]
    best = heard.categories[0]
    if best.code != "other" and best.p >= SURE:
        answers["category"] = best.code


# -- detail ------------------------------------------------------------------------------------------------------------


def _ask_detail(turn: Turn, _answers: Answers) -> Answer:
    return say.ask_detail(turn.w)


def _take_detail(turn: Turn, answers: Answers) -> Any:
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("report.detail_help"))])
    _tell(turn, answers, words)
    return answers["detail"]


# -- category ----------------------------------------------------------------------------------------------------------


def _names(turn: Turn) -> dict[str, str]:
    rows = turn.session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.code))
    return {c.code: c.name for c in rows}


def _ask_category(turn: Turn, answers: Answers) -> Answer:
    names = _names(turn)
    if answers.get("all"):
        shown = [c for c in COMMON if c in names] + [c for c in names if c not in COMMON]
        return say.ask_category_all(turn.w, [_category_button(turn, names, c) for c in shown])
    codes = dict.fromkeys([*answers.get("guesses", []), *COMMON])
    choices = [_category_button(turn, names, c) for c in codes if c in names]
    return say.ask_category(turn.w, choices[:9], forms.button(turn, turn.w("report.more_categories"), "category", "*"))


def _category_button(turn: Turn, names: dict[str, str], code: str) -> Json:
    return forms.button(turn, names[code], "category", code)


def _take_category(turn: Turn, answers: Answers) -> Any:
    answers.pop("near", None)
    names, value = _names(turn), read.tapped(turn)
    if value == "*":
        answers["all"] = True
        raise Again([])
    if value in names:
        return value
    words = read.words(turn)
    if words is None:
        return None
    by_name = next((code for code, name in names.items() if read.plain(words) == name), None)
    if by_name:
        return by_name
    _tell(turn, answers, words)
    return answers.get("category") or answers["guesses"][0]


# -- place -------------------------------------------------------------------------------------------------------------


def _ask_place(turn: Turn, answers: Answers) -> Answer:
    names = _names(turn)
    before = say.starting(turn.w, names.get(answers["category"], ""), bool(answers.get("urgent")))
    return say.ask_place(turn.w, before, _village_buttons(turn), _other_guesses(turn, answers, names))


def _village_buttons(turn: Turn) -> list[Json]:
    home = [] if turn.moo is None else [_moo_button(turn, turn.moo, "report.place_home")]
    rest = [_moo_button(turn, v.moo, "report.place_moo") for v in turn.town.villages if v.moo != turn.moo]
    unknown = forms.button(turn, turn.w("report.place_unknown"), "place", "none")
    return [*home, *rest[: 6 - len(home)], unknown]


def _moo_button(turn: Turn, moo: int, label: str) -> Json:
    return forms.button(turn, turn.w(label, moo=moo), "place", str(moo))


def _other_guesses(turn: Turn, answers: Answers, names: dict[str, str]) -> list[Json]:
    """The next two guesses, one tap away, and the whole list behind a third tap."""
    others = [c for c in answers.get("guesses", []) if c != answers["category"] and c in names][:2]
    return [
        *(_category_button(turn, names, c) for c in others),
        forms.edit_button(turn, turn.w("report.change_category"), "category"),
    ]


def _take_place(turn: Turn, answers: Answers) -> Any:
    for name in ("far", "near"):
        answers.pop(name, None)
    value = read.tapped(turn)
    if value == "none":
        return {"text": turn.w("report.place_nowhere")}
    if value is not None and value.isdigit():
        return {"text": turn.town.village_name(int(value)), "moo": int(value)}
    if turn.event.kind == "place":
        return places.from_pin(turn, {"text": turn.event.title, "lat": turn.event.lat, "lon": turn.event.lon})
    moo = read.number(turn)
    if moo is not None and (not turn.town.villages or any(v.moo == moo for v in turn.town.villages)):
        return {"text": turn.town.village_name(moo), "moo": moo}
    return _place_in_words(turn, answers)


def _place_in_words(turn: Turn, answers: Answers) -> Any:
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("report.place_help"))])
    found = places.from_words(turn, turn.heard.place)
    if len(words) > PLACE_LENGTH:
        # A long text tells more than a place: it is kept with the detail, and the place taken from it if it names one.
        answers["detail"] = f"{answers.get('detail', '')}\n{words}".strip()
        if found is None:
            raise Again([text(turn.w("report.added_words")), text(turn.w("report.place_help"))])
        return found
    return {**(found or {}), "text": words}


def _ask_far(turn: Turn, answers: Answers) -> Answer:
    km = places.far_km(turn, answers.get("place")) or 0
    yes = forms.button(turn, turn.w("report.place_far_yes"), "far", "yes")
    return say.ask_far(turn.w, km, yes, forms.edit_button(turn, turn.w("report.place_far_no"), "place"))


def _take_far(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "yes" or read.said(turn, read.YES):
        return "yes"
    if turn.event.kind == "place" or read.words(turn):
        answers["place"] = _take_place(turn, answers)
        return None if places.far_km(turn, answers["place"]) else "no"
    return None


# -- photo -------------------------------------------------------------------------------------------------------------


def _wants_photo(_turn: Turn, answers: Answers) -> bool:
    """Not when there is one, unless the photos are being changed; not for somebody who joins another's case."""
    if isinstance(answers.get("near"), int):
        return False
    return not answers.get("media") or answers.get("editing") == "photo"


def _ask_photo(turn: Turn, answers: Answers) -> Answer:
    before = say.starting(turn.w, _names(turn).get(answers["category"], ""), bool(answers.get("urgent")))
    buttons = [forms.button(turn, turn.w("button.skip"), "photo", "none")]
    if answers.get("media"):
        buttons.append(forms.button(turn, turn.w("report.photo_clear"), "photo", "clear"))
    return say.ask_photo(turn.w, before, buttons)


def _take_photo(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "none" or read.said(turn, read.SKIP, read.NO):
        return "none"
    if read.tapped(turn) == "clear":
        answers["media"] = []
        return "none"
    if turn.event.kind == "place":
        answers["place"] = _take_place(turn, answers)
        raise Again([text(turn.w("report.added_words"))])
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("report.photo_help"))])
    _tell(turn, answers, words)
    raise Again([text(turn.w("report.added_words"))])


# -- the same case, nearby ---------------------------------------------------------------------------------------------


def _near(turn: Turn, answers: Answers) -> list[Ticket]:
    return places.similar(turn, answers["category"], answers["place"], answers["detail"])


def _has_near(turn: Turn, answers: Answers) -> bool:
    return all(k in answers for k in ("category", "place", "detail")) and bool(_near(turn, answers))


def _ask_near(turn: Turn, answers: Answers) -> Answer:
    near = _near(turn, answers)
    join = [
        forms.button(turn, turn.w("report.near_join", number=f"{t.number}/{t.fiscal_year % 100}"), "near", str(t.id))
        for t in near
    ]
    other = forms.button(turn, turn.w("report.near_other"), "near", "no")
    return say.ask_near(turn.w, near, join, other, turn.now)


def _take_near(turn: Turn, answers: Answers) -> Any:
    value = read.tapped(turn)
    if value == "no" or read.said(turn, read.NO):
        return "no"
    if value is not None and value.isdigit():
        return int(value)
    if read.said(turn, read.YES, frozenset({"ของฉันด้วย", "ร่วมแจ้ง"})):
        return _near(turn, answers)[0].id
    return None


# -- the summary -------------------------------------------------------------------------------------------------------


def _ask_confirm(turn: Turn, answers: Answers) -> Answer:
    w, place = turn.w, answers["place"]
    category = _names(turn).get(answers["category"], "")
    hidden = bool(answers.get("hidden"))
    moo = place.get("moo")
    where = place["text"]
    if moo is not None and f"หมู่ {moo}" not in where:
        where = f"{where} ({w('report.place_moo', moo=moo)})"
    edit = w("report.edit")
    rows = [
        (w("report.row_category"), category, forms.edit_button(turn, edit, "category")),
        (w("report.row_detail"), answers["detail"], forms.edit_button(turn, edit, "detail")),
        (w("report.row_place"), where, forms.edit_button(turn, edit, "place")),
        (w("report.row_photos"), _media_words(turn, answers), forms.edit_button(turn, edit, "photo")),
        (w("report.row_name"), w("report.name_hidden" if hidden else "report.name_shown"), _name_button(turn, hidden)),
    ]
    send = forms.button(turn, w("report.send"), "confirm", "send")
    seen = turn.person is not None and turn.person.notice_seen_at is not None
    notice = "" if seen else w("welcome.notice_short")
    return say.check(w, rows, [send, _name_button(turn, hidden)], notice, (category, where))


def _name_button(turn: Turn, hidden: bool) -> Json:
    return forms.button(turn, turn.w("report.show_name" if hidden else "report.hide_name"), "confirm", "name")


def _media_words(turn: Turn, answers: Answers) -> str:
    kinds = [m["kind"] for m in answers.get("media", [])]
    photos, voices = kinds.count("photo"), kinds.count("voice")
    return say.media_words(turn.w, photos, voices, len(kinds) - photos - voices)


def _take_confirm(turn: Turn, answers: Answers) -> Any:
    value = read.tapped(turn)
    if value == "send" or read.said(turn, read.YES):
        return "send"
    if value == "name":
        answers["hidden"] = not answers.get("hidden")
        raise Again([])
    if turn.event.kind == "place":
        answers["place"] = _take_place(turn, answers)
        raise Again([])
    words = read.words(turn, at_least=4)
    if words is None:
        raise Again([text(turn.w("report.confirm_help"))])
    _tell(turn, answers, words)
    raise Again([text(turn.w("report.added_words"))])


# -- what may come at any time -----------------------------------------------------------------------------------------


def _absorb(turn: Turn, answers: Answers) -> Answers | None:
    event = turn.event
    if event.kind in MEDIA and event.message_id:
        media = [*answers.get("media", []), {"id": event.message_id, "kind": event.kind}]
        answers = {k: v for k, v in answers.items() if k != "editing"} | {"media": media}
        if event.kind != "photo" and "detail" not in answers:
            answers["detail"] = turn.w("report.voice_detail" if event.kind == "voice" else "report.file_detail")
        return answers
    step = REPORT.current(turn, answers)
    if event.kind == "place" and step is not None and step.name in ("detail", "category", "near"):
        pin = places.from_pin(turn, {"text": event.title, "lat": event.lat, "lon": event.lon})
        return {k: v for k, v in answers.items() if k != "far"} | {"place": pin}
    return None


# -- done --------------------------------------------------------------------------------------------------------------


def _done(turn: Turn, answers: Answers) -> Answer:
    joined = answers.get("near")
    if isinstance(joined, int):
        return _join(turn, joined, answers)
    ticket = filing.file_ticket(
        turn,
        filing.Told(
            kind="complaint",
            text=answers["detail"],
            category=answers["category"],
            place=answers["place"],
            media=[m["id"] for m in answers.get("media", [])],
            hidden_name=bool(answers.get("hidden")),
            heard=turn.hear(answers["detail"]),
            source_key=f"{turn.seat.key}:{turn.seat.run}",
            urgent=bool(answers.get("urgent")),
        ),
    )
    return [*say.receipt(turn.w, ticket), *_what_else(turn, answers)]


def _what_else(turn: Turn, answers: Answers) -> Answer:
    later = answers.get("later") or []
    if not later:
        return []
    turn.seat.pocket = [{"kind": "text", "text": t, "at": turn.event.at.isoformat()} for t in later]
    return [say.next_problem(turn.w, later[0])]


def next_problem(turn: Turn) -> Answer:
    """The next of several problems told in one message."""
    waiting = [i for i in pocket.empty(turn) if i["kind"] == "text"]
    if not waiting:
        return begin(turn)
    turn.seat.pocket = waiting[1:]
    answers: Answers = {"later": [i["text"] for i in waiting[1:]]}
    _tell(turn, answers, waiting[0]["text"])
    return forms.start(turn, REPORT, answers)


def _join(turn: Turn, ticket_id: int, answers: Answers) -> Answer:
    """“ของฉันด้วย”: follow the case that is there, and give its crew what was told and photographed."""
    ticket = turn.session.get_one(Ticket, ticket_id)
    media = [m["id"] for m in answers.get("media", [])]
    attachments.attach(turn.session, media, ticket.id, "before")
    if turn.person is None or ticket.reporter_id == turn.person.id:
        ticket.add("said", turn.now, person=turn.person, words=answers["detail"])
        return say.already_yours(turn.w, ticket)
    if filing.follow(turn.session, ticket, turn.person, turn.now):
        ticket.add("joined", turn.now, person=turn.person, words=answers["detail"], data={"media": len(media)})
    return say.joined(turn.w, ticket, filing.people_behind(turn.session, ticket))


REPORT = Form(
    "report",
    steps=(
        Step("detail", _ask_detail, _take_detail),
        Step("category", _ask_category, _take_category),
        Step("place", _ask_place, _take_place),
        Step("far", _ask_far, _take_far, when=lambda t, a: places.far_km(t, a.get("place")) is not None),
        Step("near", _ask_near, _take_near, when=_has_near),
        Step("photo", _ask_photo, _take_photo, when=_wants_photo),
        Step("confirm", _ask_confirm, _take_confirm, when=lambda _t, a: not isinstance(a.get("near"), int)),
    ),
    done=_done,
    absorb=_absorb,
)


def open_from_pocket(turn: Turn) -> Answer:
    """A photo, file or place came with no word: keep it, and ask what for. A voice message is a report of its own."""
    pocket.put(turn)
    if turn.event.kind == "voice":
        return begin(turn)
    own = turn.session.execute(
        select(Ticket.id, Ticket.fiscal_year, Ticket.number)
        .where(Ticket.reporter_id == (turn.person.id if turn.person else None), Ticket.closed_at.is_(None))
        .order_by(Ticket.id.desc())
        .limit(3)
    ).all()
    return say.got_media(turn.w, [(r[0], r[1], r[2]) for r in own])


def add_media(turn: Turn) -> Answer:
    """“ใส่ในเรื่อง 42”: what lies in the pocket goes into an own open case."""
    key = turn.event.fields.get("id", "")
    ticket = turn.session.get(Ticket, int(key)) if key.isascii() and key.isdigit() and len(key) < 18 else None
    if ticket is None or turn.person is None or ticket.reporter_id != turn.person.id:
        return old_button(turn.w)
    items = pocket.empty(turn)
    attachments.attach(turn.session, [m["id"] for m in pocket.media(items)], ticket.id, "talk")
    pin = pocket.place(items)
    if pin is not None and ticket.lat is None:
        ticket.lat, ticket.lon = pin["lat"], pin["lon"]
    ticket.add("said", turn.now, person=turn.person, words=pocket.words(items))
    return say.media_added(turn.w, ticket)


def drop_media(turn: Turn) -> Answer:
    """“ส่งผิด”: what lies in the pocket is forgotten, files and all."""
    for item in pocket.media(pocket.empty(turn)):
        forget(turn.session, item["id"], turn.chat.key, turn.now)
    return menu(turn.w, turn.w("report.media_dropped"))


# -- left half done ----------------------------------------------------------------------------------------------------


def go_on(turn: Turn) -> Answer:
    """“ทำต่อ”: the open question again; what was just sent is added to the report."""
    if turn.seat.form != REPORT.name:
        return old_button(turn.w) if not turn.seat.form else ask_open(turn)
    answers, items = dict(turn.seat.answers), pocket.empty(turn)
    answers["media"] = [*answers.get("media", []), *pocket.media(items)]
    said = pocket.words(items)
    if said:
        _tell(turn, answers, said)
    pin = pocket.place(items)
    if pin is not None:
        answers["place"] = places.from_pin(turn, pin)
    return forms.proceed(turn, REPORT, answers)


def ask_open(turn: Turn) -> Answer:
    """Another form was left half done: it goes on with its own question."""
    turn.seat.touched_at = turn.now
    return [text(turn.w("common.still_open"))]


def start_anew(turn: Turn) -> Answer:
    """“เริ่มใหม่”: the old answers go; what was just sent begins a new report."""
    forms.close(turn)
    return begin(turn)


def drop(turn: Turn) -> Answer:
    """“ไม่แจ้งแล้ว”."""
    forms.close(turn)
    turn.seat.pocket = []
    return menu(turn.w, turn.w("common.cancelled"))
