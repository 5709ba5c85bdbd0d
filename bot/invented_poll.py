"""The invented town's open poll: real keys, invented question. Its key files lie in the demo's folder, so that closing
and counting can be tried too (`songsiang poll count`); their passphrase is printed nowhere else than here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from ballots import keys
from ballots.manifest import Level
from models import poll_drafts, poll_life
from models.audit import Actor
from models.key_room import KeyRoom
from models.poll_drafts import Rules, typed
from models.polls import Poll
from models.staff import Staff

PASSPHRASE = "บ้านทุ่งสมมุติร่มเย็น"  # noqa: S105 - of an invented town
DAYS = 21

QUESTION = "เลือกโครงการที่อยากให้ทำก่อน ปี 2570"
ABOUT = "เทศบาลมีงบทำได้ก่อนหนึ่งโครงการ อยากให้เริ่มที่โครงการไหนคะ ผลจะนำเข้าประชุมประชาคมตำบล"
OPTIONS = (
    ("ไฟโซลาร์ถนนเลียบคลอง 10 จุด", "Solar lights along the canal road", "ทางเดินเลียบคลองมืดช่วงเย็น เด็กเดินกลับบ้านผ่านทุกวัน"),
    ("ทางลาดและห้องน้ำศาลาหมู่ 4", "A ramp and a toilet at the hall of Moo 4", "ผู้สูงอายุใช้ศาลาทุกวันพระ ยังไม่มีทางลาด"),
    ("รางระบายน้ำซอยดอนกลาง 3", "A drain along Soi Don Klang 3", "น้ำขังหน้าบ้าน 12 หลังทุกครั้งที่ฝนตก"),
    ("สนามเด็กเล่นข้างโรงเรียน", "A playground beside the school", "ที่ว่างข้างโรงเรียนบ้านทุ่ง ให้เด็กเล่นหลังเลิกเรียน"),
)
RULES = Rules(
    minimum=Level.DECLARED,
    sources=("ผู้ใช้ LINE ที่บอกหมู่บ้านของตน",),
    decides="สภาเทศบาลตำบลทุ่งสมมุติ",
    decides_en="The council of the invented town",
    binds="ใช้ประกอบการพิจารณาของสภา ไม่ผูกพัน",
    binds_en="Advice to the council; not binding",
    holders=("ปลัดทุ่งสมมุติ",),
    title_en="Which project first in 2027?",
    about_en="There is money for one project at first. Which should it be?",
    min_age=15,
)


def open_invented_poll(session: Session, room: KeyRoom, folder: Path, now: datetime) -> Poll:
    """Draft, rehearse, freeze and open it, as two invented officers would; key files go into `folder`."""
    officers = [Staff(name=f"กรรมการลงคะแนน {n}", role="poll_officer", created_at=now) for n in ("ก", "ข")]
    session.add_all(officers)
    session.flush()
    first, second = (Actor(each.id, each.name, each.role) for each in officers)
    seal, auth = keys.new_seal(), keys.new_signing()
    for name, secret in (("seal", seal), ("auth", auth)):
        (folder / f"{name}.key").write_bytes(keys.lock(secret, PASSPHRASE, name, keys.QUICK))
    poll = poll_drafts.create(session, first, QUESTION, now, RULES)
    options = [typed(title, detail) for title, _english, detail in OPTIONS]
    for option, (_title, english, _detail) in zip(options, OPTIONS, strict=True):
        option.title_en = english
    poll_drafts.put_options(session, first, poll.id, options, now)
    closes = now + timedelta(days=DAYS)
    poll_drafts.edit(session, first, poll.id, now, about=ABOUT, opens_at=now, closes_at=closes)
    poll_life.use_seal(session, first, poll.id, keys.public_key(seal), now)
    envelope = poll_life.begin_rehearsal(session, first, poll.id, now)
    poll_life.rehearse(session, first, poll.id, keys.answer(envelope, seal), now)
    poll_life.freeze(session, first, room, poll.id, now)
    poll_life.propose_opening(session, first, poll.id, now)
    return poll_life.open_poll(session, second, room, poll.id, auth, now)
