"""A stage for tests of the forms: a town with a resident, a crew in its group, and for every form the way through it.

A way is how the form comes to be open, and one good answer for each of its steps, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from ballots.manifest import Level
from models.files import File
from models.outgoing import Outgoing
from models.people import Chat
from models.proposals import Proposal
from models.tickets import Entry, Ticket
from tests.proposal_desk import act
from tests.town import Person, Town
from tests.town_polls import TownPoll, rules

Deed = Callable[[Person], object]


class Stage:
    """Who is there: ป้าสมศรี, and ช่างเอก and ช่างโต in the group of กองช่าง."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.somsri = town.resident("ป้าสมศรี")
        self.ek, self.to = town.staff("ช่างเอก"), town.staff("ช่างโต")
        self.group = town.group("กองช่าง", "ENG", self.ek, self.to, self.somsri)
        self.crew, self.mate = self.ek.in_group(self.group), self.to.in_group(self.group)

    def filed(self) -> Person:
        """ป้าสมศรี has reported a street light; its card is on the group's screen."""
        self.somsri.says("ไฟหน้าวัดสันทรายดับ").taps("ข้าม").taps("ส่งเรื่อง").sees("1/70")
        return self.somsri

    def asked(self) -> Person:
        """She has asked a question instead: its card offers an answer."""
        self.somsri.says("คุยกับเจ้าหน้าที่").says("พรุ่งนี้นายกอยู่ไหมคะ").sees("1/70")
        department = self.ek_department()
        with self.town.session() as session:  # to กองช่าง, so that its group has the card
            session.scalars(select(Ticket)).one().department_id = department
        return self.crew.says("1")

    def ek_department(self) -> int:
        """The id of กองช่าง."""
        with self.town.database.read() as session:
            found = session.scalar(select(Chat.department_id).where(Chat.key == self.group.id))
        assert found is not None
        return found

    def done(self) -> Person:
        """The case is closed; its result is on her screen."""
        self.filed()
        self.crew.taps("เสร็จสิ้น").taps("ไม่มีรูป").says("เปลี่ยนหลอดแล้ว").taps("ส่งและปิดเรื่อง")
        return self.somsri

    def taken(self) -> Person:
        """ช่างเอก has taken the case and looks at its card."""
        self.filed()
        return self.crew.taps("รับเรื่อง").says("1")

    def seat(self, person: Person) -> Chat:
        """What the bot remembers of this person in this chat."""
        key = f"{person.group.id}/{person.user.id}" if person.group else person.user.id
        with self.town.database.read() as session:
            return session.scalars(select(Chat).where(Chat.key == key)).one()

    def counts(self) -> dict[str, int]:
        """How many cases, lines of history, letters and files there are."""
        with self.town.database.read() as session:
            tables = {"cases": Ticket, "history": Entry, "letters": Outgoing, "files": File}
            return {name: session.scalar(select(func.count()).select_from(t)) or 0 for name, t in tables.items()}

    def keeps(self, words: str) -> bool:
        """Whether these words stand in an open form, a pocket, a case, a history or a proposal."""
        with self.town.database.read() as session:
            chats = [str(c.answers) + str(c.pocket) for c in session.scalars(select(Chat))]
            texts = list(session.scalars(select(Ticket.text)))
            said = list(session.scalars(select(Entry.words)))
            ideas = list(session.scalars(select(Proposal.why)))
        return any(words in place for place in (*chats, *texts, *said, *ideas))

    def loose_files(self) -> list[str]:
        """Files that belong to no case, open form or pocket."""
        with self.town.database.read() as session:
            kept = "".join(str(c.answers) + str(c.pocket) for c in session.scalars(select(Chat)))
            rows = session.scalars(select(File).where(File.ticket_id.is_(None)))
            return [row.message_id for row in rows if row.message_id not in kept]


@dataclass(frozen=True)
class Way:
    """How a form is opened, and an answer for each step. `staff`: it is a form of staff, in their group."""

    opens: Callable[[Stage], Person]
    steps: tuple[tuple[str, Deed], ...]
    staff: bool = False


def says(*words: str) -> Deed:
    """Type this."""
    return lambda person: person.says(*words)


def taps(label: str) -> Deed:
    """Tap this."""
    return lambda person: person.taps(label)


def _after(begin: str, label: str) -> Callable[[Stage], Person]:
    """A form that a staff member opens by this button, once `begin` has set the scene."""

    def opens(stage: Stage) -> Person:
        getattr(stage, begin)()
        return stage.crew.taps(label)

    return opens


_REPORT = (
    ("detail", says("ไฟดับ")),
    ("category", taps("ไฟส่องสว่าง")),
    ("place", taps("หมู่ 3")),
    ("photo", taps("ข้าม")),
    ("confirm", taps("ส่งเรื่อง")),
)


def _with_codes(stage: Stage) -> Person:
    """A poll with paper codes is open, and ป้าสมศรี is asked for hers."""
    poll = TownPoll(stage.town, "เลือกลานกีฬา", ["ข้างวัด", "ข้างโรงเรียน"], rules(Level.CODE), 30, 0)
    stage.town.vote_codes = poll.codes
    return stage.somsri.says("โหวต").taps("ลงคะแนน")


_PROPOSAL = (
    ("title", says("ทำรางระบายน้ำซอย 2")),
    ("place", taps("หมู่ 3")),
    ("why", says("น้ำขังทุกหน้าฝน เดินไม่ได้")),
    ("reach", taps("11–50 หลัง")),
    ("photo", taps("ข้าม")),
    ("confirm", taps("ส่งข้อเสนอ")),
)


def _proposing(stage: Stage) -> Person:
    """ป้าสมศรี is asked what she proposes."""
    return stage.somsri.says("เสนอโครงการ").taps("เสนอเรื่องใหม่")


def _proposed(stage: Stage) -> Person:
    """Her proposal waits for staff to look at its words."""
    person = _proposing(stage)
    for _, answer in _PROPOSAL:
        answer(person)
    return person


def _to_mend(stage: Stage) -> Person:
    """Staff have asked for other words, and she writes them herself."""
    person = _proposed(stage)
    act(stage.town, "*(เจ้าหน้าที่ขอให้แก้ ป.1 เพราะ ยังไม่บอกว่าซอยไหน)*", person.looks)
    stage.town.settle()
    return person.taps("แก้เอง")


_LOOK = ("look", taps("ส่ง"))

#: Steps that are asked in some cases only; the conversations in docs show them.
SOMETIMES = frozenset({"far", "near", "whom", "who", "which", "kind", "names", "similar", "owner"})

#: Every form of handlers/routes.py; a test proves that none is missing.
WAYS: dict[str, Way] = {
    "report": Way(lambda s: s.somsri.says("แจ้งปัญหา"), (("detail", says("มันไม่ดีเลย แย่มาก")), *_REPORT[1:])),
    "suggest": Way(lambda s: s.somsri.says("เสนอ"), (("words", says("อยากให้มีตลาดนัดวันเสาร์")), ("confirm", taps("ส่ง")))),
    "propose": Way(_proposing, _PROPOSAL),
    "proposal.fix": Way(_to_mend, (("words", says("ทำรางระบายน้ำซอยวัด หมู่ 3")),)),
    "proposal.withdraw": Way(lambda s: _proposed(s).taps("ดูข้อเสนอ").taps("ถอนข้อเสนอ"), (("sure", says("ใช่")),)),
    "moo": Way(lambda s: s.somsri.says("ข้อมูลของฉัน").taps("แก้หมู่ของฉัน"), (("moo", taps("หมู่ 3")),)),
    "vote_code": Way(_with_codes, (("code", lambda person: person.says(person.town.vote_codes[0])),)),
    "vote_check": Way(lambda s: s.somsri.says("ตรวจใบรับ"), (("receipt", says("K7F2-9MQX-4ABC")),)),
    "callback": Way(lambda s: s.somsri.says("ช่วยเหลือ").taps("ฝากให้โทรกลับ"), (("phone", says("081 234 5678")),)),
    "add": Way(lambda s: s.filed().taps("ติดตามเรื่อง").taps("เพิ่มข้อมูล"), (("words", says("ดับสองดวงแล้ว")),)),
    "withdraw": Way(lambda s: s.filed().taps("ติดตามเรื่อง").taps("ถอนเรื่อง"), (("sure", says("ใช่")),)),
    "rate": Way(lambda s: s.done().taps("ใช้ได้แล้ว"), (("stars", taps("⭐ 4 ดี")), ("note", taps("ไม่มี")))),
    "reopen": Way(lambda s: s.done().taps("ยังไม่เรียบร้อย"), (("reason", says("ยังดับอยู่หนึ่งดวง")),)),
    "forward": Way(
        _after("filed", "ส่งต่อ"),
        (("to", taps("หน่วยงานภายนอก")), ("agency", says("กรมทางหลวง")), ("reason", says("ทางหลวงสายหลัก")), _LOOK),
        staff=True,
    ),
    "staff_ask": Way(_after("filed", "ขอข้อมูลเพิ่ม"), (("words", says("ดับกี่ดวงครับ")), _LOOK), staff=True),
    "staff_answer": Way(_after("asked", "ตอบผู้แจ้ง"), (("words", says("อยู่ช่วงบ่ายครับ")), _LOOK), staff=True),
    "staff_progress": Way(_after("taken", "แจ้งความคืบหน้า"), (("words", says("วัดพื้นที่แล้ว")), _LOOK), staff=True),
    "staff_wait": Way(
        _after("filed", "รอ"), (("reason", taps("รออะไหล่/วัสดุ")), ("words", says("หลอดมาพรุ่งนี้")), _LOOK), staff=True
    ),
    "staff_done": Way(
        _after("filed", "เสร็จสิ้น"),
        (("photo", taps("ไม่มีรูป")), ("words", says("เปลี่ยนหลอดแล้ว")), ("sure", taps("ส่งและปิดเรื่อง"))),
        staff=True,
    ),
    "staff_refuse": Way(_after("filed", "ไม่ใช่อำนาจหน้าที่"), (("reason", says("ที่ดินของวัด")), _LOOK), staff=True),
}


def walk(stage: Stage, name: str, until: str | None = None) -> Person:
    """Open the form and answer its questions up to the step `until` (all of them by default)."""
    way = WAYS[name]
    person = way.opens(stage)
    for step, answer in way.steps:
        if step == until:
            break
        answer(person)
    return person
