"""Ready answers (คำตอบสำเร็จรูป): what the office says often, with fields that are filled in from the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from string import Formatter

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.town import Department

#: What a ready answer is for: telling how it goes, asking, the end, the answer to a question, refusing, a pause.
USES = ("progress", "ask", "done", "answer", "refuse", "wait")
#: What may stand in braces.
FIELDS = ("number", "category", "department", "place", "due", "staff", "org", "phone")


class ReplyTemplate(Base):
    """One ready answer. `department_id` None: for all. Changed ones keep their id; `active` false hides.
    `code` is set for those a town starts with; `changed_at` is empty until somebody changes one."""

    __tablename__ = "reply_templates"
    __table_args__ = (CheckConstraint(f"use IN {USES!r}", name="use"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str | None] = mapped_column(String(30), unique=True)
    use: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    changed_at: Mapped[datetime | None]

    department: Mapped[Department | None] = relationship()


#: What a town starts with: (code, use, title, words).
DEFAULTS: tuple[tuple[str, str, str, str], ...] = (
    ("received", "progress", "รับเรื่องแล้ว กำลังตรวจสอบ", "{department}ได้รับเรื่อง{category}แล้ว กำลังตรวจสอบ กำหนดเสร็จ {due}"),
    ("scheduled", "progress", "นัดเข้าดำเนินการ", "{department}จะเข้าดำเนินการที่ {place} ในวันที่ … ช่วงเวลา … น."),
    ("ordered", "progress", "สั่งอุปกรณ์แล้ว", "{department}สั่งอุปกรณ์แล้ว เมื่อได้ของจะเข้าดำเนินการทันทีและแจ้งให้ทราบ"),
    ("where", "ask", "ขอจุดที่ชัดขึ้น", "ขอทราบจุดเกิดเหตุให้ชัดขึ้น เช่น ใกล้บ้านเลขที่ เสาไฟต้นที่เท่าไร หรือส่งตำแหน่งจากปุ่ม + ในแชตได้เลย"),
    ("photo", "ask", "ขอรูปถ่าย", "รบกวนส่งรูปถ่ายจุดที่แจ้งสัก 1–2 รูป เพื่อให้เจ้าหน้าที่เตรียมอุปกรณ์ได้ถูกต้อง"),
    ("time", "ask", "ขอเวลาที่สะดวก", "เจ้าหน้าที่จะเข้าดำเนินการที่ {place} ท่านสะดวกวันและเวลาใด"),
    ("repaired", "done", "ซ่อมเสร็จแล้ว", "{department}ดำเนินการเรื่อง{category} ที่ {place} เสร็จเรียบร้อยแล้ว"),
    ("collected", "done", "เก็บ/ทำความสะอาดแล้ว", "{department}เข้าจัดเก็บและทำความสะอาดที่ {place} เรียบร้อยแล้ว"),
    ("documents", "answer", "เอกสารที่ต้องใช้", "เอกสารที่ต้องเตรียมมีดังนี้ … ติดต่อได้ที่{department} โทร {phone}"),
    ("thanks", "answer", "ขอบคุณสำหรับความเห็น", "{org}ขอบคุณสำหรับความเห็น ได้ส่งให้{department}พิจารณาแล้ว"),
    ("not_ours", "refuse", "อยู่นอกอำนาจหน้าที่", "เรื่องนี้อยู่ในความรับผิดชอบของหน่วยงานอื่น คือ …  ท่านติดต่อได้ที่โทร …"),
    ("private", "refuse", "พื้นที่ส่วนบุคคล", "จุดที่แจ้งเป็นพื้นที่ส่วนบุคคล {org}เข้าดำเนินการไม่ได้ตามกฎหมาย แนะนำให้ตกลงกับเจ้าของที่ก่อน"),
    ("no_budget", "wait", "รองบประมาณ", "ต้องใช้งบประมาณเพิ่มเติม {department}เสนอขอตั้งงบประมาณแล้ว มีความคืบหน้าจะแจ้งให้ทราบ"),
    ("weather", "wait", "รอฝนหยุด", "ขณะนี้ฝนตกต่อเนื่อง ทำงานได้ไม่ปลอดภัย จะเข้าดำเนินการเมื่อสภาพอากาศเอื้ออำนวย"),
)  # fmt: skip


def fill_templates(session: Session) -> int:
    """Add the ready answers a town starts with and has not had yet. Returns how many."""
    known = set(session.scalars(select(ReplyTemplate.code)))
    fresh = [one for one in DEFAULTS if one[0] not in known]
    session.add_all(ReplyTemplate(code=code, use=use, title=title, words=words) for code, use, title, words in fresh)
    return len(fresh)


def templates_for(session: Session, department_id: int | None, *uses: str) -> list[ReplyTemplate]:
    """The ready answers for these uses (all, when none is named) that this department may choose from."""
    mine = or_(ReplyTemplate.department_id.is_(None), ReplyTemplate.department_id == department_id)
    found = select(ReplyTemplate).where(ReplyTemplate.active, mine, ReplyTemplate.use.in_(uses or USES))
    return list(session.scalars(found.order_by(ReplyTemplate.use, ReplyTemplate.id)))


def unknown_fields(words: str) -> list[str]:
    """What stands in braces and is no field; ["{"] where the braces themselves are wrong."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(words) if name is not None]
    except ValueError:
        return ["{"]
    return [name for name in dict.fromkeys(named) if name not in FIELDS]


def fill(words: str, fields: Mapping[str, str]) -> str:
    """The words with their fields filled in; a field without a value becomes “…”, for the writer to fill in."""
    parts = []
    for text, name, _, _ in Formatter().parse(words):
        parts.append(text)
        if name is not None:
            parts.append(fields.get(name) or "…")
    return "".join(parts)
