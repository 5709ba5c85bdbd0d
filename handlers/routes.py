"""Everything the bot understands, on one page. The first that fits wins; nothing that is said is lost.

1. lifecycle and rights · 2. emergencies, and the few words that always work · 3. a tap · 4. the open form ·
5. what the words mean · else the gentle fallback. In groups the bot is silent unless it is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from handlers import (
    answers,
    emergency,
    forms,
    loose_ends,
    rate,
    report,
    service,
    staff_finish,
    staff_link,
    staff_moves,
    staff_web,
    staff_work,
    suggest,
    track,
    welcome,
)
from handlers.events import MEDIA
from handlers.forms import Form
from handlers.turn import Answer, Turn
from messages import common
from messages import staff as say_staff
from messages.parts import text
from messages.thai import parse_case_number

Handler = Callable[[Turn], Answer]


def _nothing(_turn: Turn) -> Answer:
    return []


def _about(kind: str) -> Handler:
    return lambda turn: suggest.begin(turn, kind)


#: What happens to a chat. Unsending is not here: bot/inbox.py forgets the content wherever it is.
LIFE: Mapping[str, Handler] = {
    "follow": welcome.follow,
    "unfollow": welcome.unfollow,
    "join": staff_link.join,
    "leave": staff_link.leave,
    "joined": _nothing,
    "left": _nothing,
    "edited": _nothing,
    "unsend": _nothing,
    "other": loose_ends.unknown,
}

#: Words that always work, in any state, alone with the bot (compared after answers.plain).
WORDS: Mapping[str, Handler] = {
    "เมนู": service.menu,
    "menu": service.menu,
    "english": service.speak_english,
    "ภาษาอังกฤษ": service.speak_english,
    "อังกฤษ": service.speak_english,
    "ไทย": service.speak_thai,
    "ภาษาไทย": service.speak_thai,
    "thai": service.speak_thai,
    "หน้าแรก": service.menu,
    "ช่วยเหลือ": service.ask,
    "help": service.ask,
    "ใช้ยังไง": service.how,
    "ใช้บ่เป็น": service.how,
    "วิธีใช้": service.how,
    "คุยกับเจ้าหน้าที่": service.talk,
    "ขอคุยกับเจ้าหน้าที่": service.talk,
    "คุยกับคน": service.talk,
    "ติดต่อเจ้าหน้าที่": service.talk,
    "talk to staff": service.talk,
    "แจ้งปัญหา": report.begin,
    "แจ้งเรื่อง": report.begin,
    "แจ้ง": report.begin,
    "ร้องเรียน": report.begin,
    "ร้องทุกข์": report.begin,
    "ติดตามเรื่อง": track.mine,
    "ติดตาม": track.mine,
    "ตามเรื่อง": track.mine,
    "เรื่องของฉัน": track.mine,
    "เสนอโครงการ": _about("proposal"),
    "เสนอความเห็น": _about("suggestion"),
    "เสนอ": _about("suggestion"),
    "อยากเสนอ": _about("suggestion"),
    "ร่วมลงคะแนน": service.vote,
    "โหวต": service.vote,
    "โหวด": service.vote,
    "ลงคะแนน": service.vote,
    "ข่าวและผลงาน": service.news,
    "ข่าว": service.news,
    "ข้อมูลของฉัน": welcome.mine,
    "ลบข้อมูล": welcome.mine,
    "pdpa": welcome.mine,
    "ความเป็นส่วนตัว": welcome.notice_full,
    "report a problem": report.begin,
    "report": report.begin,
    "my cases": track.mine,
    "status": track.mine,
    "make a suggestion": _about("suggestion"),
    "my data": welcome.mine,
    "how to use this": service.how,
    "เบอร์ฉุกเฉิน": emergency.numbers,
    "เบอร์": emergency.numbers,
    "จบ": service.menu,
    "finish": service.menu,
}

CANCEL = frozenset({"ยกเลิก", "ไม่เอาแล้ว", "เลิก", "พอ", "cancel", "stop", "ไม่แจ้งแล้ว"})
BACK = frozenset({"ย้อนกลับ", "ถอยกลับ", "กลับ", "back"})

#: Staff's words, alone with the bot and in a bound group.
STAFF_WORDS: Mapping[str, Handler] = {
    "งานวันนี้": staff_work.today,
    "today": staff_work.today,
    "backlog": staff_work.backlog,
    "overdue": staff_work.overdue,
    "งานของฉัน": staff_work.today,
    "งานค้าง": staff_work.backlog,
    "เกินกำหนด": staff_work.overdue,
    "โควตา": staff_work.quota,
    "โควต้า": staff_work.quota,
    "เข้าเว็บ": staff_web.enter,
    "เข้าระบบ": staff_web.enter,
    "web": staff_web.enter,
}

#: Taps, by the route their data carries. The first seven are the rich menu's tiles and the menu's buttons.
TAPS: Mapping[str, Handler] = {
    "report": report.begin,
    "track": track.mine,
    "propose": _about("proposal"),
    "vote": service.vote,
    "news": service.news,
    "mine": welcome.mine,
    "help": service.ask,
    "help.how": service.how,
    "help.callback": service.callback,
    "help.numbers": emergency.numbers,
    "news.stats": service.stats,
    "notice.ok": welcome.notice_ok,
    "notice.full": welcome.notice_full,
    "moo.edit": welcome.edit_moo,
    "ask": suggest.tapped,
    "suggest.report": report.from_suggestion,
    "report.next": report.next_problem,
    "report.no_more": service.menu,
    "emergency.record": emergency.record,
    "media.add": loose_ends.add_media,
    "media.wrong": loose_ends.drop_media,
    "case": track.see,
    "case.photos": track.photos,
    "case.add": track.add,
    "case.follow": track.follow,
    "case.withdraw": track.withdraw,
    "rate.good": rate.good,
    "rate.bad": rate.bad,
    "understood": service.understood,
    "stale.go": lambda turn: loose_ends.go_on(turn, open_form(turn)),
    "stale.new": loose_ends.start_anew,
    "stale.drop": loose_ends.drop,
}

#: Staff's taps, alone and in groups.
STAFF_TAPS: Mapping[str, Handler] = {
    "staff.take": staff_moves.take,
    "staff.resume": staff_moves.resume,
    "staff.forward": staff_moves.opens(staff_moves.FORWARD),
    "staff.ask": staff_moves.opens(staff_moves.ASK),
    "staff.answer": staff_moves.opens(staff_moves.ANSWER),
    "staff.progress": staff_moves.opens(staff_moves.PROGRESS),
    "staff.wait": staff_moves.opens(staff_moves.WAIT),
    "staff.done": staff_moves.opens(staff_finish.DONE),
    "staff.refuse": staff_moves.opens(staff_moves.REFUSE),
    "staff.see": staff_work.see,
    "staff.media": staff_work.media,
    "staff.who": staff_work.who,
    "work.today": staff_work.today,
    "work.backlog": staff_work.backlog,
    "work.overdue": staff_work.overdue,
    "work.economy": staff_work.economy,
    "group.leave": staff_link.ask_to_leave,
}

#: The forms, by the name that the chat's row keeps.
FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        report.REPORT,
        suggest.SUGGEST,
        track.ADD,
        track.WITHDRAW,
        rate.RATE,
        rate.REOPEN,
        welcome.MOO,
        service.CALLBACK,
        *staff_moves.FORMS,
        staff_finish.DONE,
    )
}
STAFF_FORMS = frozenset({form.name for form in (*staff_moves.FORMS, staff_finish.DONE)})


def open_form(turn: Turn) -> Form | None:
    """The form the speaker has open, if there is one that we know."""
    return FORMS.get(turn.seat.form or "") if forms.is_open(turn) else None


def _greet(turn: Turn) -> Answer:
    return common.start_here(turn.w, turn.w("common.greeting"))


def _thank(turn: Turn) -> Answer:
    return common.start_here(turn.w, turn.w("common.thanks"))


def _calm(turn: Turn) -> Answer:
    return common.start_here(turn.w, turn.w("common.abuse"))


def _report(turn: Turn) -> Answer:
    return emergency.before_report(turn, report.begin_with(turn, turn.text))


def _told(kind: str) -> Handler:
    return lambda turn: suggest.begin(turn, kind, turn.text)


#: What words mean when nothing else fits.
INTENTS: Mapping[str, Handler] = {
    "complaint": _report,
    "emergency": _report,
    "suggestion": _told("suggestion"),
    "proposal": _told("proposal"),
    "question": _told("question"),
    "status": track.ask_about,
    "vote": service.vote,
    "greeting": _greet,
    "thanks": _thank,
    "abuse": _calm,
    "other": service.lost,
}


def respond(turn: Turn) -> Answer:
    """The answer to one event: at most five messages, or none."""
    life = LIFE.get(turn.event.kind)
    if life is not None:
        return life(turn)
    answer = _in_group(turn) if turn.in_group else _alone(turn)
    return answer[: forms.MOST]


def _in_group(turn: Turn) -> Answer:
    """In a group: taps, codes, staff's words, and the speaker's own open form; silence else."""
    if turn.event.kind == "tap":
        return _tap(turn, STAFF_TAPS)
    if turn.event.kind == "text":
        answer = _said_in_group(turn)
        if answer is not None:
            return answer
    if turn.staff is not None and forms.is_open(turn):
        return _form(turn)
    if not turn.event.mentioned:
        return []
    return staff_work.today(turn) if turn.chat.department_id is not None else staff_work.unlinked(turn)


def _said_in_group(turn: Turn) -> Answer | None:
    """Codes, staff's words, and the ways out of an open form; None when the text is none of them."""
    linked = staff_link.link(turn)
    if linked is not None:
        return linked
    if turn.staff is not None and forms.is_open(turn):
        if answers.plain(turn.text) in CANCEL:
            return _cancel(turn)
        if answers.plain(turn.text) in BACK:
            return _back(turn)
    return _staff_words(turn) if turn.chat.department_id is not None else None


def _alone(turn: Turn) -> Answer:
    """One to one."""
    if turn.event.kind == "text":
        answer = _always(turn)
        if answer is not None:
            return _with_warning(turn, answer)
    if turn.event.kind == "tap":
        return _tap(turn, {**TAPS, **STAFF_TAPS})
    if forms.is_open(turn):
        return _with_warning(turn, _form(turn))
    return _with_warning(turn, _loose(turn))


def _always(turn: Turn) -> Answer | None:
    """Emergencies, codes and the words that work in any state; None when the text is none of them."""
    urgent = emergency.check(turn)
    if urgent is not None:
        return urgent
    linked = staff_link.link(turn)
    if linked is not None:
        return linked
    words = answers.plain(turn.text)
    if words in CANCEL:
        return _cancel(turn)
    if words in BACK:
        return _back(turn)
    if words in WORDS:
        return WORDS[words](turn)
    return _staff_words(turn) if turn.staff is not None else None


def _staff_words(turn: Turn) -> Answer | None:
    handler = STAFF_WORDS.get(answers.plain(turn.text))
    if handler is not None:
        return handler(turn)
    number = parse_case_number(turn.text)
    if number is not None and turn.staff is not None and not forms.is_open(turn):
        return staff_work.by_number(turn, turn.staff, *number)
    return None


def _cancel(turn: Turn) -> Answer:
    if not forms.is_open(turn):
        return common.menu(turn.w, turn.w("common.nothing_to_cancel"))
    staffs = turn.seat.form in STAFF_FORMS
    forms.close(turn)
    turn.seat.pocket = []
    if staffs:
        return say_staff.note(turn.w, "staff.cancelled")
    return common.menu(turn.w, turn.w("common.cancelled"))


def _back(turn: Turn) -> Answer:
    form = open_form(turn)
    if form is None:
        return common.menu(turn.w, turn.w("common.nothing_to_go_back"))
    return forms.back(turn, form)


def _tap(turn: Turn, taps: Mapping[str, Handler]) -> Answer:
    if turn.event.route in ("f", "f.edit"):
        if turn.in_group and turn.staff is None:
            return say_staff.note(turn.w, "staff.not_staff")
        form = open_form(turn)
        return forms.tapped(turn, form) if turn.event.route == "f" else forms.edit(turn, form)
    turn.seat.lost = 0
    handler = taps.get(turn.event.route)
    return handler(turn) if handler else forms.old_button(turn)


def _form(turn: Turn) -> Answer:
    """The open form takes the turn, unless it was left half done for long, or what is said is a matter of its own."""
    form = FORMS.get(turn.seat.form or "")
    if form is None:
        forms.close(turn)
        return _loose(turn)
    if not turn.in_group and _is_stale(turn, form):
        if form.left == "ask":
            return loose_ends.ask_whether_to_go_on(turn)
        forms.close(turn)
        return _loose(turn)
    if turn.event.kind == "text" and not turn.in_group:
        number = parse_case_number(turn.text)
        if number is not None and "/" in turn.text:
            return track.by_number(turn, *number)
    try:
        return forms.answer(turn, form)
    except forms.GivesWay:
        forms.close(turn)
        return _loose(turn)


def _is_stale(turn: Turn, form: Form) -> bool:
    """Whether the form was left half done for so long that what is said now may be about something else."""
    limit = timedelta(hours=int(turn.town.settings["form.stale_hours"]))
    left = turn.seat.touched_at is not None and turn.now - turn.seat.touched_at > limit
    return left and not form.holds(turn, dict(turn.seat.answers))


def _loose(turn: Turn) -> Answer:
    """No form is open."""
    if turn.event.kind in MEDIA or turn.event.kind == "place":
        return loose_ends.open_from_pocket(turn)
    if turn.event.kind == "sticker":
        return common.start_here(turn.w, turn.w("common.sticker"))
    if turn.event.kind != "text":
        return []
    number = parse_case_number(turn.text)
    if number is not None:
        return track.by_number(turn, *number)
    return _meaning(turn)


def _meaning(turn: Turn) -> Answer:
    heard = turn.heard
    if not turn.text or answers.words(turn, at_least=1) is None:
        return common.start_here(turn.w, turn.w("common.sticker"))
    if heard.intent != "other":
        if heard.unsure:
            return service.unsure(turn)
        turn.seat.lost = 0
    return INTENTS[heard.intent](turn)


def _with_warning(turn: Turn, answer: Answer) -> Answer:
    """A word of caution in front, when somebody sends an id card's or a bank account's number."""
    if turn.event.kind != "text" or not any(p.kind in ("id", "account") for p in turn.heard.pii):
        return answer
    return [text(turn.w("common.pii_warning")), *answer][: forms.MOST]
