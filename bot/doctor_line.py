"""What the doctor asks LINE: does it know us, does it reach us, what may we still send, and what time is it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.config import Settings
from bot.line import Answer, Line
from bot.richmenu import shown
from bot.trouble import Gone, LineTrouble, Unauthorised
from models.findings import Finding, bad, ok, warn
from models.quota import Budget

#: Where our webhook is (bot/asgi.py).
WEBHOOK = "/line/webhook"
#: Seconds by which the clock may be wrong. Reply tokens live a minute; more would make them die early or look alive.
SKEW_WARN, SKEW_BAD = 5, 30


def ask_line(settings: Settings, line: Line, budget: Budget | None, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """All questions; none but the first when LINE does not know or does not answer us."""
    try:
        us = line.bot_info()
    except Unauthorised:
        yield bad(
            "line",
            "LINE ไม่รับโทเค็น ออกใหม่ที่ LINE Developers แล้วตั้ง LINE_CHANNEL_ACCESS_TOKEN",
            "LINE refuses the token: issue a new one in LINE Developers and set LINE_CHANNEL_ACCESS_TOKEN",
        )
        return
    except LineTrouble as trouble:
        yield bad(
            "line",
            f"ติดต่อ LINE ไม่ได้ ตรวจอินเทอร์เน็ต และ https://api.line-status.info ({trouble})",
            f"LINE cannot be reached: check the network and https://api.line-status.info ({trouble})",
        )
        return
    name = us.data.get("displayName", "?")
    yield ok("line", f"เชื่อมกับบัญชี {name}", f"connected as {name}")
    yield from _clock(us, clock())
    for question in (_chat_mode(us), _webhook(settings, line), _quota(line, budget), _menu(line)):
        yield from _asked(question)


def _asked(question: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from question
    except LineTrouble as trouble:
        yield warn("line", f"LINE ยังไม่ตอบคำถามนี้ ({trouble})", f"LINE did not answer this question ({trouble})")


def _clock(us: Answer, now: datetime) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(us.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return
    skew = round(abs((now - theirs).total_seconds()))
    advice = f"นาฬิกาเครื่องต่างจาก LINE {skew} วินาที เปิดการตั้งเวลาอัตโนมัติ (NTP)"
    english = f"this machine's clock differs from LINE's by {skew} s: turn on NTP"
    if skew > SKEW_BAD:
        yield bad("clock", advice, english)
    elif skew > SKEW_WARN:
        yield warn("clock", advice, english)
    else:
        yield ok("clock", "นาฬิกาตรง", "the clock is right")


def _chat_mode(us: Answer) -> Iterator[Finding]:
    if us.data.get("chatMode") == "chat":
        yield warn(
            "greeting",
            "บัญชีเปิดโหมดแชตอยู่ ปิดข้อความทักทายและตอบกลับอัตโนมัติใน LINE Official Account Manager เพื่อไม่ให้ตอบซ้อน",
            "chat mode is on: turn greeting and auto-reply off in LINE Official Account Manager, or answers come twice",
        )
    else:
        yield ok(
            "greeting",
            "ตรวจด้วยตาว่าปิดข้อความทักทายและตอบกลับอัตโนมัติใน LINE Official Account Manager แล้ว",
            "see for yourself that greeting and auto-reply are off in LINE Official Account Manager",
        )


def _webhook(settings: Settings, line: Line) -> Iterator[Finding]:
    wanted = settings.public_url + WEBHOOK
    try:
        known = line.webhook_endpoint()
    except Gone:
        known = {}
    if known.get("endpoint") != wanted:
        yield bad(
            "webhook",
            f"ตั้ง Webhook URL ใน LINE Developers เป็น {wanted}",
            f"set the webhook URL in LINE Developers to {wanted}",
        )
        return
    if not known.get("active"):
        yield bad("webhook", "เปิด Use webhook ใน LINE Developers", "turn on “Use webhook” in LINE Developers")
        return
    tested = line.test_webhook()
    if tested.get("success"):
        yield ok("webhook", "LINE เรียก webhook ได้", "LINE reaches the webhook")
    else:
        reason = f"{tested.get('statusCode', '')} {tested.get('reason', '')}".strip()
        yield bad(
            "webhook",
            f"LINE เรียก webhook ไม่สำเร็จ ตรวจใบรับรอง https ไฟร์วอลล์ และเว็บเซิร์ฟเวอร์ ({reason})",
            f"LINE cannot reach the webhook: check the certificate, the firewall and the web server ({reason})",
        )


def _quota(line: Line, budget: Budget | None) -> Iterator[Finding]:
    quota = line.quota()
    if budget is not None and budget.fell_from is not None:
        yield bad(
            "quota",
            f"โควตาลดจาก {budget.fell_from} เหลือ {quota.limit} แพ็กเกจอาจหมดอายุ ตรวจใน LINE Official Account Manager",
            f"the quota fell from {budget.fell_from} to {quota.limit}: has the plan lapsed?",
        )
    if quota.limit is None:
        yield ok("quota", f"ส่งไปแล้ว {quota.used} ไม่จำกัดจำนวน", f"{quota.used} sent, no limit")
        return
    thai, english = f"โควตาเดือนนี้ {quota.used} / {quota.limit}", f"{quota.used} of {quota.limit} messages used"
    if quota.used >= quota.limit:
        yield bad("quota", f"{thai} หมดแล้ว จะตอบได้เมื่อประชาชนทักมา", f"{english}: only replies go out now")
    elif quota.used * 100 >= quota.limit * (budget.economy_percent if budget else 80):
        yield warn("quota", f"{thai} เข้าโหมดประหยัด", f"{english}: economy mode")
    else:
        yield ok("quota", thai, english)


def _menu(line: Line) -> Iterator[Finding]:
    if shown(line):
        yield ok("richmenu", "ติดตั้งริชเมนูแล้ว", "the rich menu is installed")
    else:
        yield warn(
            "richmenu",
            "ยังไม่มีริชเมนู สั่ง songsiang richmenu install",
            "there is no rich menu: run songsiang richmenu install",
        )
