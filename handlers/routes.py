"""Everything the bot understands, on one page: tables of plain data. handlers/respond.py asks them in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers import (
    adding,
    emergency,
    forms,
    loose_ends,
    projects,
    propose,
    propose_fix,
    rate,
    report,
    service,
    staff_finish,
    staff_link,
    staff_moves,
    staff_web,
    staff_work,
    suggest,
    support,
    track,
    vote,
    vote_chat,
    vote_check,
    vote_code,
    welcome,
)
from handlers.forms import Form
from handlers.turn import Answer, Turn
from messages import common

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
    "เสนอโครงการ": propose.lobby,
    "ข้อเสนอ": support.browse,
    "ดูข้อเสนอ": support.browse,
    "ดูข้อเสนอทั้งหมด": support.browse,
    "ข้อเสนอทั้งหมด": support.browse,
    "ข้อเสนอของฉัน": support.mine,
    "proposals": support.browse,
    "my proposals": support.mine,
    "propose a project": propose.lobby,
    "เสนอความเห็น": _about("suggestion"),
    "เสนอ": _about("suggestion"),
    "อยากเสนอ": _about("suggestion"),
    "ร่วมลงคะแนน": vote.listed,
    "โหวต": vote.listed,
    "โหวด": vote.listed,
    "ลงคะแนน": vote.listed,
    "ข่าวและผลงาน": service.news,
    "โครงการ": projects.own,
    "โครงการหมู่ของฉัน": projects.own,
    "โครงการทั้งตำบล": projects.browse,
    "โครงการทั้งหมด": projects.browse,
    "แผนพัฒนา": projects.browse,
    "โครงการที่ติดตาม": projects.mine,
    "ติดตามโครงการ": projects.mine,
    "projects": projects.own,
    "my village: projects": projects.own,
    "all projects": projects.browse,
    "projects i follow": projects.mine,
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
    "vote": vote.listed,
    "ตรวจใบรับ": vote_check.check,
    "บัตรของฉันถูกนับไหม": vote_check.check,
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
    "propose": propose.lobby,
    "propose.new": propose.begin,
    "propose.list": support.browse,
    "propose.mine": support.mine,
    "propose.as_report": propose.as_report,
    "propose.as_idea": propose.as_idea,
    "proposal": support.see,
    "proposal.support": support.add,
    "proposal.unsupport": support.drop,
    "proposal.photos": support.photos,
    "proposal.withdraw": support.withdraw,
    "proposal.fix": propose_fix.fix,
    "proposal.words": propose_fix.use_wording,
    "vote": vote.listed,
    "news": service.news,
    "mine": welcome.mine,
    "help": service.ask,
    "help.how": service.how,
    "help.callback": service.callback,
    "help.numbers": emergency.numbers,
    "news.stats": service.stats,
    "project": projects.see,
    "project.list": projects.browse,
    "project.own": projects.own,
    "project.mine": projects.mine,
    "project.follow": projects.follow,
    "project.unfollow": projects.unfollow,
    "project.photos": projects.photos,
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
    "case.add": adding.add,
    "case.split": adding.split,
    "case.follow": track.follow,
    "case.withdraw": track.withdraw,
    "rate.good": rate.good,
    "rate.bad": rate.bad,
    "understood": service.understood,
    "vote.open": vote.begin,
    "vote.rules": vote.rules,
    "vote.right": vote.right,
    "vote.moo": vote.moo,
    "vote.agree": vote.agree,
    "vote.teen": vote.teen,
    "vote.child": vote.child,
    "vote.decline": vote.decline,
    "vote.remind": vote.remind,
    "vote.chat": vote_chat.begin,
    "vote.pick": vote_chat.pick,
    "vote.cast": vote_chat.cast,
    "vote.check": vote_check.check,
    "vote.result": vote_check.result,
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
        propose.PROPOSE,
        propose_fix.FIX,
        support.WITHDRAW,
        adding.ADD,
        track.WITHDRAW,
        rate.RATE,
        rate.REOPEN,
        welcome.MOO,
        service.CALLBACK,
        vote_code.CODE,
        vote_check.CHECK,
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
    "proposal": propose.told,
    "question": _told("question"),
    "status": track.ask_about,
    "vote": vote.listed,
    "greeting": _greet,
    "thanks": _thank,
    "abuse": _calm,
    "other": service.lost,
}
