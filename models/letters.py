"""The kinds of letters the bot sends, as data: what becomes of each without a free reply, and what it may cost.

A reply is free. A push counts one message of the month's quota per receiving person (a group of twelve costs twelve),
so whether something is worth a push is decided here, once for each kind, and not where the letter is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

WithoutReply = Literal["push", "wait", "drop"]
Audience = Literal["resident", "staff", "group"]


@dataclass(frozen=True)
class LetterKind:
    """The policy of one kind of letter.

    `without_reply`: push it (counted), let it wait for the person's next message and ride on that reply (free), or
    drop it. `urgent`: may use the reserve of the month's quota and goes out in economy mode too. `share`: percent of
    the month's quota that all letters of this kind together may use. `keep`: how long a waiting letter stays worth
    reading (None = always); a question from yesterday only confuses. `label`: what staff call it, in Thai.
    """

    code: str
    label: str
    without_reply: WithoutReply
    audience: Audience
    urgent: bool = False
    share: int = 0
    keep: timedelta | None = None

    def stale(self, written: datetime, now: datetime) -> bool:
        """Whether a letter written then is no longer worth delivering now."""
        return self.keep is not None and now - written > self.keep


_DAY = timedelta(days=1)

#: Defaults. The shares follow the plan for a quota of 300 a month: most of it tells residents the result of their
#: cases, once per case; groups, whose every alert costs a message per member, mostly pull (context.md, section 5).
KINDS: dict[str, LetterKind] = {
    kind.code: kind
    for kind in (
        LetterKind("answer", "คำตอบในแชต", "wait", "resident", keep=_DAY),
        LetterKind("receipt", "ใบรับเรื่องและเลขเรื่อง", "wait", "resident"),
        LetterKind("urgent_answer", "คำตอบเหตุฉุกเฉิน", "push", "resident", urgent=True, share=100),
        LetterKind("case_new_group", "แจ้งเรื่องใหม่เข้ากลุ่ม", "push", "group", share=25),
        LetterKind("case_urgent_group", "แจ้งเหตุด่วนเข้ากลุ่ม", "push", "group", urgent=True, share=100),
        LetterKind("case_urgent_staff", "แจ้งเหตุด่วนถึงเจ้าหน้าที่", "push", "staff", urgent=True, share=100),
        LetterKind("case_assigned_staff", "มอบหมายงานให้เจ้าหน้าที่", "wait", "staff"),
        LetterKind("staff_message_to_resident", "เจ้าหน้าที่ขอข้อมูลเพิ่ม", "push", "resident", share=25),
        LetterKind("progress", "แจ้งความคืบหน้า", "wait", "resident"),
        LetterKind("result", "แจ้งผลปิดเรื่อง", "push", "resident", share=60),
        LetterKind("result_followers", "แจ้งผลแก่ผู้ติดตามเรื่อง", "wait", "resident"),
        LetterKind("resident_message_to_staff", "ข้อความจากประชาชนถึงเจ้าหน้าที่", "wait", "group"),
        LetterKind("reopened_group", "แจ้งเรื่องที่เปิดใหม่เข้ากลุ่ม", "push", "group", share=10),
        LetterKind("overdue_staff", "เตือนงานใกล้ครบหรือเกินกำหนด", "wait", "staff", keep=7 * _DAY),
        LetterKind("digest_staff", "สรุปรายสัปดาห์", "push", "staff", share=20, keep=7 * _DAY),
        LetterKind("proposal_step", "แจ้งขั้นตอนของข้อเสนอแก่ผู้เสนอ", "wait", "resident"),
        LetterKind("proposal_asked", "ขอให้ผู้เสนอแก้ถ้อยคำ", "push", "resident", share=5),
        LetterKind("proposal_result", "แจ้งผลข้อเสนอแก่ผู้เสนอ", "push", "resident", share=10),
        LetterKind("proposal_supporters", "แจ้งผลข้อเสนอแก่ผู้สนับสนุน", "wait", "resident"),
        LetterKind("project_step", "แจ้งขั้นของโครงการแก่ผู้ติดตาม", "wait", "resident"),
        LetterKind("project_end", "แจ้งโครงการเสร็จ เลื่อน หรือยกเลิกแก่ผู้ติดตาม", "push", "resident", share=10),
        LetterKind("ballot_notice", "แจ้งว่าบัตรลงคะแนนถูกแทนที่", "push", "resident", urgent=True, share=30),
        LetterKind("vote_reminder", "เตือนผู้ยังไม่ได้ลงคะแนน", "push", "resident", share=20, keep=2 * _DAY),
        LetterKind("reminder", "เตือนความจำ", "wait", "resident", keep=7 * _DAY),
        LetterKind("system", "แจ้งผู้ดูแลระบบ", "push", "staff", urgent=True, share=5),
    )
}


def kind_of(code: str) -> LetterKind:
    """The policy named `code`. Raises KeyError for a kind nobody has described: every letter has a policy."""
    return KINDS[code]


def known_kind(code: str) -> LetterKind:
    """As `kind_of`; a kind that this version does not know (any more) waits, so that old rows stop nobody."""
    return KINDS.get(code) or LetterKind(code, code, "wait", "resident")


def overlaid(kind: LetterKind, own: Mapping[str, Any]) -> LetterKind:
    """The policy with a town's own choices laid over it: `without_reply`, and `share` in percent.

    Raises ValueError for anything else: what is urgent, and how long a letter is worth reading, is not a matter of
    taste.
    """
    way, share = own.get("without_reply", kind.without_reply), own.get("share", kind.share)
    if unknown := own.keys() - {"without_reply", "share"}:
        raise ValueError(f"{kind.code}: cannot set {', '.join(sorted(unknown))}")
    if way not in get_args(WithoutReply):
        raise ValueError(f"{kind.code}: without a reply a letter is pushed, waits or is dropped, not {way!r}")
    if not isinstance(share, int) or not 0 <= share <= 100:
        raise ValueError(f"{kind.code}: a share is 0 to 100 percent, not {share!r}")
    return replace(kind, without_reply=way, share=share)
