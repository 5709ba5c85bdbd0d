"""What the demo's public site shows: approved wording of the invented cases, drawn photos before and after,
announcements, a small plan with money, and proposals at every step. All of it is made up.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.thai import fiscal_year, local
from models import announcements, storage
from models.announcements import Announcement
from models.approving import publish
from models.files import File
from models.people import Person
from models.plan import Plan, Project
from models.proposals import Proposal, Support
from models.publishing import publishable, withheld
from models.staff import Staff
from models.storage import Store
from models.tickets import Ticket
from models.town import Department, put_setting

#: Pictures are drawn for these kinds, at most so many cases of each.
SCENES = ("streetlight", "road", "waste", "drain", "tree")
_EACH = 3

NEWS = (
    (
        "stop",
        1,
        3,
        True,
        "งดจ่ายน้ำประปา หมู่ 3 และหมู่ 6 วันศุกร์ 09.00–15.00 น.",
        "ล้างท่อเมนประจำปี ขออภัยในความไม่สะดวก\n\nต้องการน้ำเร่งด่วน โทรกองการประปา",
    ),
    (
        "notice",
        4,
        30,
        False,
        "ประชาคมหมู่บ้านเพื่อจัดทำแผนพัฒนาท้องถิ่น",
        "เชิญทุกครัวเรือนร่วมประชาคม ศาลาหมู่ 4 วันเสาร์ 09.30 น.\n\nเสนอโครงการล่วงหน้าได้ทาง LINE พิมพ์ว่า เสนอโครงการ",
    ),
    (
        "result",
        12,
        None,
        False,
        "ผลการมีส่วนร่วมของประชาชน ไตรมาสที่แล้ว",
        "ประชาชนแจ้งเรื่องและเสนอแนะผ่าน LINE เคาน์เตอร์ และโทรศัพท์ ทุกเรื่องที่ปิดมีคำตอบพร้อมเหตุผล",
    ),
)

#: Name, village, years' money in thousand baht, step, percent, objective.
PROJECTS = (
    ("โครงการติดตั้งไฟส่องสว่างพลังงานแสงอาทิตย์ หมู่ 6", 6, (350, 0, 0), "build", 60, "ให้ทางเข้าหมู่บ้านสว่างและปลอดภัยในเวลากลางคืน"),
    ("โครงการก่อสร้างถนนคอนกรีตเสริมเหล็ก สายริมคลอง หมู่ 7", 7, (1_850, 0, 0), "procure", 10, "ให้รถรับส่งนักเรียนเข้าถึงได้ตลอดปี"),
    ("โครงการปรับปรุงรางระบายน้ำหน้าตลาดสด หมู่ 1", 1, (620, 0, 0), "done", 100, "แก้น้ำท่วมขังหน้าตลาดเมื่อฝนตกหนัก"),
    ("โครงการลานกีฬาและออกกำลังกาย หมู่ 3", 3, (0, 480, 0), "plan", None, "ให้เด็กและผู้สูงอายุมีที่ออกกำลังกายใกล้บ้าน"),
    ("โครงการคัดแยกขยะต้นทางและธนาคารขยะชุมชน", 2, (120, 120, 120), "build", 45, "ลดขยะที่ต้องนำไปกำจัดและมีรายได้กลับชุมชน"),
    ("โครงการซ่อมราวสะพานไม้ท้ายหมู่บ้าน หมู่ 7", 7, (95, 0, 0), "inspect", 95, "ให้เด็กและผู้สูงอายุข้ามได้อย่างปลอดภัย"),
    ("โครงการขยายเขตประปาหมู่บ้าน หมู่ 4", 4, (0, 1_200, 800), "budget", None, "ให้ทุกครัวเรือนมีน้ำประปาใช้"),
    ("โครงการปรับปรุงศูนย์พัฒนาเด็กเล็ก", 3, (0, 300, 0), "postponed", None, "ให้ปลอดภัยและเปิดรับเด็กได้มากขึ้น"),
)

#: Title, why, village, topic, state, supporters, answer or reason, cost in thousand baht.
IDEAS = (
    ("ลานกีฬากลางหมู่บ้าน", "เด็กไม่มีที่เล่น ต้องออกไปเล่นริมถนน", 3, "health", "planned", 34, "เห็นด้วย จัดเข้าแผนปีหน้าแล้ว", 480),
    ("ที่จอดรถรับส่งนักเรียนหน้าโรงเรียน", "ตอนเช้ารถติดและเด็กข้ามถนนอันตราย", 3, "safety", "reached", 27, "", None),
    ("ถนนคนเดินเดือนละครั้ง", "ชาวบ้านจะได้มีที่ขายของ", 1, "income", "open", 12, "", None),
    ("ซ่อมสะพานไม้ท้ายหมู่บ้าน", "ราวผุ เด็กเดินผ่านทุกวัน", 7, "roads", "answered", 41, "ตั้งงบซ่อมราวสะพานแล้ว กำลังตรวจรับ", 95),
    (
        "สระว่ายน้ำชุมชน",
        "อยากให้เด็กหัดว่ายน้ำ",
        2,
        "health",
        "refused",
        22,
        "ค่าดูแลสูงเกินงบประมาณ เสนอใช้สระของโรงเรียนในวันหยุดแทน",
        6_500,
    ),
    ("จุดรับซื้อขยะรีไซเคิลทุกวันเสาร์", "ขยะล้นและไม่มีที่ขาย", 4, "environment", "open", 8, "", None),
)


def fill_site(session: Session, store: Store, now: datetime) -> None:
    """Let the public site of the demo be alive. Call it after `bot.invented.fill`; slow, for pictures are drawn."""
    put_setting(session, "public.line_id", "@songsiang")
    put_setting(session, "public.email", "saraban@thungsommut.example")
    staff = session.scalars(select(Staff).where(Staff.role == "clerk").order_by(Staff.id)).first()
    if staff is None:
        raise LookupError("the town has no clerk")
    _publish(session, store, staff, now)
    _announce(session, staff, now)
    _plan(session, now)
    _propose(session, now)


def _publish(session: Session, store: Store, staff: Staff, now: datetime) -> None:
    """All but the three newest cases, in words that staff might have written."""
    hide, drawn = withheld(session), dict.fromkeys(SCENES, 0)
    for ticket in session.scalars(select(Ticket).order_by(Ticket.id.desc()).offset(3)).all():
        if not publishable(ticket):
            continue
        done = next((entry.words for entry in reversed(ticket.history) if entry.what in ("done", "refused")), "")
        place = ticket.place if ticket.category not in hide else ""
        values = {
            "title": f"{ticket.kind_of.name}: {place}" if place else ticket.kind_of.name,
            "words": ticket.text,
            "outcome": done,
            "place": ticket.place,
            "moo": ticket.moo,
        }
        publish(session, ticket, values, staff, now, point=ticket.lat is not None)
        if ticket.category in drawn and drawn[ticket.category] < _EACH:
            drawn[ticket.category] += 1
            _photos(session, store, ticket, staff, now)


def _photos(session: Session, store: Store, ticket: Ticket, staff: Staff, now: datetime) -> None:
    """One picture from before the work; for a case that is done also one from after it; each with its public copy."""
    for purpose in ("before", "after") if ticket.state == "done" else ("before",):
        original = _stored(session, store, ticket, purpose, now)
        session.flush()
        copy = _stored(session, store, ticket, purpose, now)
        copy.copy_of_id, copy.approved, copy.staff_id = original.id, True, staff.id


def _stored(session: Session, store: Store, ticket: Ticket, purpose: str, now: datetime) -> File:
    token = storage.new_token()
    with storage.workshop(store) as room:
        raw = Path(room, "drawn.jpg")
        scene(ticket.category, purpose, ticket.id).save(raw, "JPEG", quality=88)
        kept = storage.keep(store, raw, token, "image")
    row = File(token=token, message_id=f"demo:{token}", chat_key="web", ticket_id=ticket.id, kind="image")
    row.purpose, row.created_at = purpose, now
    storage.note(row, kept)
    session.add(row)
    return row


def _announce(session: Session, staff: Staff, now: datetime) -> None:
    today = local(now).date()
    for kind, ago, lasts, pinned, title, body in NEWS:
        row = Announcement(created_at=now, staff_id=staff.id)
        day = today - timedelta(days=ago)
        until = today + timedelta(days=lasts) if lasts else None
        values = {"kind": kind, "title": title, "body": body, "title_en": "", "body_en": "", "shown": True}
        announcements.put(row, values | {"pinned": pinned, "day": day, "until": until}, now)
        session.add(row)


def _plan(session: Session, now: datetime) -> None:
    """A plan, unless somebody has made one already."""
    if session.scalar(select(Plan.id).limit(1)) is not None:
        return
    first = fiscal_year(now)
    name = f"แผนพัฒนาท้องถิ่น พ.ศ. {first}–{first + 2}"
    plan = Plan(name=name, first_year=first, last_year=first + 2, created_at=now, published_at=now)
    session.add(plan)
    department = session.scalars(select(Department).where(Department.code == "ENG")).one()
    for position, (title, moo, money, step, percent, objective) in enumerate(PROJECTS, 1):
        project = Project(plan=plan, position=position, mark=str(position), name=title, objective=objective)
        project.step, project.percent, project.department = step, percent, department
        project.created_at = project.updated_at = project.stepped_at = now
        project.strategy = "ยุทธศาสตร์ที่ 1 การพัฒนาโครงสร้างพื้นฐาน"
        session.add(project)
        project.put_money({first + n: thousand * 100_000 for n, thousand in enumerate(money) if thousand})
        project.put_moos((moo,))
        if step == "done":
            project.done_on = date.fromordinal(local(now).date().toordinal() - 20)
        project.add("moved", now, told=True)


def _propose(session: Session, now: datetime) -> None:
    """Proposals, unless there are some already."""
    if session.scalar(select(Proposal.id).limit(1)) is not None:
        return
    people = [Person(name=f"เพื่อนบ้าน {n}", moo=n % 7 + 1, created_at=now) for n in range(45)]
    session.add_all(people)
    session.flush()
    projects = {project.name: project.id for project in session.scalars(select(Project))}
    for number, (title, why, moo, topic, state, behind, said, cost) in enumerate(IDEAS, 1):
        at = now - timedelta(days=60 - number * 7)
        row = Proposal(fiscal_year=fiscal_year(at), number=number, title=title, why=why, moo=moo, topic=topic)
        row.received_at = row.opened_at = at
        row.review_by, row.support_until = at + timedelta(days=3), at + timedelta(days=90)
        row.state, row.cost_satang = state, cost * 100_000 if cost else None
        row.answer, row.reason = ("", said) if state == "refused" else (said, "")
        if state == "planned":
            row.project_id = next((key for name, key in projects.items() if title[:4] in name), None)
        session.add(row)
        session.flush()
        session.add_all(Support(proposal_id=row.id, person_id=p.id, moo=p.moo, since=at) for p in people[:behind])


# -- pictures ----------------------------------------------------------------------------------------------------------


def scene(kind: str, purpose: str, seed: int) -> Image.Image:
    """A drawn photo of such a matter, before or after the work."""
    dice, mended = random.Random(f"{kind}{seed}"), purpose == "after"  # noqa: S311 - the same picture each time
    night = kind == "streetlight"
    image = _ground(night=night, lit=mended, dice=dice)
    draw = ImageDraw.Draw(image, "RGBA")
    {"streetlight": _lamp, "road": _road, "waste": _waste, "drain": _drain, "tree": _tree}[kind](draw, mended, dice)
    return image.resize((960, 720), Image.Resampling.BILINEAR)


def _ground(*, night: bool, lit: bool, dice: random.Random) -> Image.Image:
    sky, field = ((18, 24, 52), (26, 32, 40)) if night else ((168, 205, 232), (122, 158, 92))
    if night and lit:
        sky, field = (32, 38, 70), (74, 72, 52)
    image = Image.new("RGB", (1280, 960), sky)
    draw = ImageDraw.Draw(image)
    for n in range(5):
        x, high = n * 300 + dice.randint(-60, 40), dice.randint(140, 300)
        draw.rectangle((x, 560 - high, x + 190, 560), fill=tuple(max(0, c - 30) for c in field))
    draw.rectangle((0, 560, 1280, 960), fill=field)
    draw.polygon([(470, 560), (810, 560), (1230, 960), (50, 960)], fill=(70, 72, 76) if not night else (44, 46, 54))
    for y in range(600, 960, 90):
        draw.polygon([(632, y), (648, y), (652, y + 45), (628, y + 45)], fill=(214, 206, 150))
    return image


def _lamp(draw: ImageDraw.ImageDraw, mended: bool, dice: random.Random) -> None:
    x = dice.randint(860, 980)
    draw.rectangle((x, 180, x + 14, 640), fill=(110, 116, 124, 255))
    draw.line((x + 7, 190, x - 130, 150), fill=(110, 116, 124, 255), width=12)
    if mended:
        for size, glow in ((320, 26), (220, 44), (120, 90)):
            draw.ellipse((x - 130 - size, 160 - size, x - 130 + size, 160 + size), fill=(255, 232, 150, glow))
        draw.polygon([(x - 170, 170), (x - 90, 170), (x + 150, 900), (x - 480, 900)], fill=(255, 232, 150, 60))
    draw.ellipse((x - 165, 135, x - 95, 175), fill=(255, 246, 200, 255) if mended else (70, 74, 82, 255))


def _road(draw: ImageDraw.ImageDraw, mended: bool, dice: random.Random) -> None:
    x, y = dice.randint(480, 640), dice.randint(700, 760)
    if mended:
        draw.rounded_rectangle((x - 40, y - 20, x + 300, y + 130), 30, fill=(48, 49, 52, 255))
    else:
        draw.ellipse((x, y, x + 260, y + 100), fill=(96, 78, 60, 255))
        draw.ellipse((x + 30, y + 24, x + 220, y + 90), fill=(128, 110, 90, 255))


def _waste(draw: ImageDraw.ImageDraw, mended: bool, dice: random.Random) -> None:
    for n in range(3):
        x = 180 + n * 130
        draw.rounded_rectangle((x, 520, x + 100, 700), 12, fill=(38, 110, 82, 255))
        draw.rectangle((x - 6, 510, x + 106, 530), fill=(28, 84, 62, 255))
    if not mended:
        for _ in range(26):
            x, y, size = dice.randint(130, 560), dice.randint(640, 780), dice.randint(24, 60)
            colour = dice.choice(((40, 40, 44), (230, 230, 226), (190, 60, 50), (60, 90, 160)))
            draw.ellipse((x, y, x + size, y + size * 0.8), fill=(*colour, 255))


def _drain(draw: ImageDraw.ImageDraw, mended: bool, dice: random.Random) -> None:
    x, y = dice.randint(220, 380), 760
    draw.rectangle((x, y, x + 240, y + 130), fill=(150, 152, 156, 255) if mended else (18, 18, 20, 255))
    for n in range(8 if mended else 0):
        draw.rectangle((x + 18 + n * 27, y + 18, x + 30 + n * 27, y + 112), fill=(54, 56, 60, 255))


def _tree(draw: ImageDraw.ImageDraw, mended: bool, dice: random.Random) -> None:
    draw.rectangle((240, 300, 290, 640), fill=(96, 70, 46, 255))
    for _ in range(10 if mended else 24):
        x, y, size = dice.randint(120, 330 if mended else 700), dice.randint(120, 330), dice.randint(70, 130)
        draw.ellipse((x, y, x + size, y + size), fill=(58, 112, 52, 255))
    draw.line((0, 330, 1280, 300), fill=(30, 30, 34, 255), width=5)
