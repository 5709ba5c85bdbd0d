"""An invented plan for the demo: forty projects of the invented town, at every step, with money and a little history.

It covers the five years from this fiscal year on. Everything is made up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.thai import fiscal_year, local
from models.people import Person
from models.plan import Plan, Project
from models.plan_finding import follow
from models.plan_lines import Departments, put
from models.plan_links import link_cases
from models.plan_moves import Progress, step_to
from models.staff import Staff
from models.tickets import Ticket
from nlp.search import search_text

_ROADS = "ยุทธศาสตร์ที่ 1 การพัฒนาโครงสร้างพื้นฐาน"
_LIVES = "ยุทธศาสตร์ที่ 2 การพัฒนาคุณภาพชีวิตและสังคม"
_GREEN = "ยุทธศาสตร์ที่ 3 การจัดการสิ่งแวดล้อม"
_RULED = "ยุทธศาสตร์ที่ 4 การบริหารจัดการที่ดี"
_WORKS, _HOMES = "แผนงานอุตสาหกรรมและการโยธา", "แผนงานเคหะและชุมชน"
_HEALTH, _SCHOOL = "แผนงานสาธารณสุข", "แผนงานการศึกษา"
_OFFICE, _PEACE = "แผนงานบริหารงานทั่วไป", "แผนงานการรักษาความสงบภายใน"
_ENG, _MED, _EDU, _CLERK = "กองช่าง", "กองสาธารณสุขและสิ่งแวดล้อม", "กองการศึกษา", "สำนักปลัด"

#: Name, villages, strategy, programme, department, thousands of baht in each of five years, step, percent, dimensions.
Line = tuple[str, tuple[int, ...], str, str, str, tuple[int, ...], str, int | None, str]
LINES: tuple[Line, ...] = (
    ("ก่อสร้างถนน คสล. ซอยหลังวัดกลางทุ่ง หมู่ที่ 5", (5,), _ROADS, _WORKS, _ENG, (450,), "build", 60, "mobility"),
    ("ก่อสร้างรางระบายน้ำซอย 2 หมู่ที่ 5", (5,), _ROADS, _WORKS, _ENG, (313,), "done", 100, "environment"),
    ("ปรับปรุงผิวจราจรแอสฟัลต์ถนนหน้าตลาดสด หมู่ที่ 1", (1,), _ROADS, _WORKS, _ENG, (0, 1850), "budget", None, "mobility"),
    ("ก่อสร้างสะพานข้ามคลองใหญ่ หมู่ที่ 7", (7,), _ROADS, _WORKS, _ENG, (0, 0, 4200, 1800), "plan", None, "mobility"),
    ("ขยายเขตไฟฟ้าสาธารณะทางเข้าบ้านหนองแวง หมู่ที่ 4", (4,), _ROADS, _WORKS, _ENG, (280,), "procure", 20, "energy"),
    ("ติดตั้งโคมไฟพลังงานแสงอาทิตย์ริมคลอง หมู่ที่ 6", (6,), _ROADS, _WORKS, _ENG, (220,), "inspect", 95, "energy"),
    ("ก่อสร้างถนนลูกรังสายนา หมู่ที่ 3", (3,), _ROADS, _WORKS, _ENG, (0, 390), "plan", None, "mobility"),
    ("ซ่อมสร้างถนน คสล. สายกลางบ้านดอนกลาง หมู่ที่ 2", (2,), _ROADS, _WORKS, _ENG, (520,), "done", 100, "mobility"),
    ("วางท่อระบายน้ำซอยโรงเรียน หมู่ที่ 3", (3,), _ROADS, _WORKS, _ENG, (0, 410), "plan", None, "environment"),
    ("ก่อสร้างลานกีฬาอเนกประสงค์ หมู่ที่ 3", (3,), _ROADS, _HOMES, _ENG, (0, 0, 750), "plan", None, "living"),
    ("ปรับปรุงศาลากลางบ้าน หมู่ที่ 4", (4,), _ROADS, _HOMES, _ENG, (180,), "build", 35, "living"),
    ("ขยายท่อประปาหมู่บ้าน หมู่ที่ 6 และ 7", (6, 7), _ROADS, _HOMES, _ENG, (640, 320), "procure", 10, "living"),
    ("ขุดลอกคลองส่งน้ำ หมู่ที่ 2, 4 และ 6", (2, 4, 6), _ROADS, _WORKS, _ENG, (300, 300), "postponed", None, "environment"),
    ("ก่อสร้างกำแพงกันดินริมคลอง หมู่ที่ 6", (6,), _ROADS, _WORKS, _ENG, (0, 0, 2600), "plan", None, "environment"),
    (
        "ติดตั้งกระจกโค้งและป้ายเตือนทางแยก ทุกหมู่บ้าน",
        (1, 2, 3, 4, 5, 6, 7),
        _ROADS,
        _PEACE,
        _ENG,
        (95,),
        "done",
        100,
        "mobility",
    ),
    ("ติดตั้งกล้องวงจรปิดจุดเสี่ยง หมู่ที่ 1 และ 5", (1, 5), _LIVES, _PEACE, _CLERK, (480,), "build", 70, "living"),
    ("ป้องกันและลดอุบัติเหตุช่วงเทศกาล", (), _LIVES, _PEACE, _CLERK, (40, 40, 40, 40, 40), "build", 50, "living"),
    ("ฝึกอบรมอาสาสมัครป้องกันภัยฝ่ายพลเรือน", (), _LIVES, _PEACE, _CLERK, (120, 0, 120), "plan", None, "people"),
    (
        "พ่นหมอกควันป้องกันไข้เลือดออก ทุกหมู่บ้าน",
        (1, 2, 3, 4, 5, 6, 7),
        _LIVES,
        _HEALTH,
        _MED,
        (90, 90, 90, 90, 90),
        "build",
        40,
        "living",
    ),
    ("ฉีดวัคซีนป้องกันพิษสุนัขบ้า", (), _LIVES, _HEALTH, _MED, (75, 75, 75, 75, 75), "done", 100, "living"),
    ("รถรับส่งผู้ป่วยติดเตียงและผู้สูงอายุ", (), _LIVES, _HEALTH, _MED, (0, 1300), "budget", None, "mobility"),
    ("ดูแลผู้สูงอายุที่มีภาวะพึ่งพิง", (), _LIVES, _HEALTH, _MED, (200, 200, 200, 200, 200), "build", 55, "people"),
    ("โรงเรียนผู้สูงอายุ", (), _LIVES, _HEALTH, _MED, (60, 60, 60, 60, 60), "build", 30, "people"),
    ("ปรับปรุงสนามเด็กเล่นศูนย์พัฒนาเด็กเล็กบ้านทุ่ง หมู่ที่ 3", (3,), _LIVES, _SCHOOL, _EDU, (250,), "inspect", 100, "people"),
    ("ก่อสร้างอาคารศูนย์พัฒนาเด็กเล็ก หมู่ที่ 5", (5,), _LIVES, _SCHOOL, _EDU, (0, 0, 3200), "plan", None, "people"),
    ("อาหารกลางวันเด็กเล็ก", (), _LIVES, _SCHOOL, _EDU, (410, 410, 410, 410, 410), "build", 15, "people"),
    ("แข่งขันกีฬาต้านยาเสพติด", (), _LIVES, _SCHOOL, _EDU, (80, 80, 80, 80, 80), "cancelled", None, "people"),
    ("ห้องเรียนรู้ดิจิทัลชุมชน หมู่ที่ 1", (1,), _LIVES, _SCHOOL, _EDU, (0, 380), "plan", None, "people"),
    ("ส่งเสริมอาชีพกลุ่มจักสานบ้านริมคลอง หมู่ที่ 6", (6,), _LIVES, _HOMES, _CLERK, (50, 50), "build", 80, "economy"),
    ("ตลาดชุมชนวันเสาร์ หมู่ที่ 1", (1,), _LIVES, _HOMES, _CLERK, (100,), "done", 100, "economy"),
    ("ธนาคารขยะหมู่บ้าน ทุกหมู่บ้าน", (1, 2, 3, 4, 5, 6, 7), _GREEN, _HEALTH, _MED, (70, 70, 70), "build", 45, "environment"),
    ("จัดซื้อถังขยะแยกประเภท", (), _GREEN, _HEALTH, _MED, (150,), "procure", 60, "environment"),
    ("ปลูกต้นไม้ริมถนนสายหลัก หมู่ที่ 2 และ 5", (2, 5), _GREEN, _HEALTH, _MED, (45, 45), "plan", None, "environment"),
    ("ก่อสร้างระบบบำบัดน้ำเสียตลาดสด หมู่ที่ 1", (1,), _GREEN, _HEALTH, _MED, (0, 0, 0, 5600), "plan", None, "environment"),
    ("กำจัดผักตบชวาในคลอง หมู่ที่ 6 และ 7", (6, 7), _GREEN, _HEALTH, _MED, (60, 60, 60, 60, 60), "done", 100, "environment"),
    ("ติดตั้งแผงโซลาร์เซลล์อาคารสำนักงาน", (), _GREEN, _OFFICE, _ENG, (0, 950), "budget", None, "energy"),
    ("อินเทอร์เน็ตสาธารณะประจำหมู่บ้าน", (2, 3, 4, 6, 7), _RULED, _OFFICE, _CLERK, (210,), "build", 65, "governance"),
    ("ระบบรับเรื่องและรายงานผลต่อประชาชน", (), _RULED, _OFFICE, _CLERK, (0,), "done", 100, "governance"),
    (
        "ประชุมประชาคมหมู่บ้านเพื่อจัดทำแผน",
        (1, 2, 3, 4, 5, 6, 7),
        _RULED,
        _OFFICE,
        _CLERK,
        (30, 30, 30, 30, 30),
        "done",
        100,
        "governance",
    ),
    ("ประเมินความพึงพอใจผู้รับบริการ", (), _RULED, _OFFICE, _CLERK, (20, 20, 20, 20, 20), "plan", None, "governance"),
)
#: What was said at the steps that need a reason.
_WHY = {
    "postponed": "น้ำในคลองยังสูง จะขุดลอกหลังฤดูฝน",
    "cancelled": "รวมกับการแข่งขันกีฬาของอำเภอ เพื่อไม่ให้ใช้งบซ้ำ",
}
_COMPANIES = ("หจก. ทุ่งสมมุติการโยธา", "ร้าน สมมุติพาณิชย์", "บริษัท ตัวอย่างก่อสร้าง จำกัด")


def fill_plan(session: Session, now: datetime) -> Plan | None:
    """The plan with all its projects; nothing where there is a plan already."""
    if session.scalar(select(Plan.id).limit(1)) is not None:
        return None
    first = fiscal_year(local(now).date())
    began = now - timedelta(days=300)
    plan = Plan(name="แผนพัฒนาท้องถิ่น", first_year=first, last_year=first + 4, published_at=began, created_at=began)
    session.add(plan)
    staff = session.scalars(select(Staff).order_by(Staff.id)).first()
    departments = Departments(session)
    for position, line in enumerate(LINES, 1):
        project = _project(session, plan, position, line, departments, began)
        if staff is not None:
            _go_on(session, project, line, staff, now, position)
    _evidence(session)
    return plan


def _project(
    session: Session, plan: Plan, position: int, line: Line, departments: Departments, began: datetime
) -> Project:
    name, moos, strategy, programme, unit, money, _, _, dimension = line
    project = Project(plan=plan, position=position, mark=str(position), name=f"โครงการ{name}", created_at=began)
    project.updated_at, project.dimensions = began, (dimension,)
    session.add(project)
    project.put_money({plan.first_year + at: k * 100_000 for at, k in enumerate(money) if k or len(money) == 1})
    project.put_moos(moos)
    values = {
        "strategy": strategy,
        "programme": programme,
        "objective": "เพื่อให้ประชาชนได้รับความสะดวกและปลอดภัย" if strategy == _ROADS else "เพื่อให้ประชาชนมีคุณภาพชีวิตที่ดีขึ้น",
        "target": "1 แห่ง" if moos else "ประชาชนในเขตเทศบาล",
        "kpi": "ร้อยละของงานที่แล้วเสร็จ",
        "result": "ประชาชนได้ใช้ประโยชน์",
        "department_name": unit,
        "department_id": departments.find(unit),
    }
    put(project, values, search_text)
    session.flush()
    return project


def _go_on(session: Session, project: Project, line: Line, staff: Staff, now: datetime, position: int) -> None:
    """The steps it has taken, on days in the past; all of them were told."""
    step, percent = line[6], line[7]
    way = ("plan", "budget", "procure", "build", "inspect", "done")
    stops = [step] if step in _WHY else [name for name in way[1:] if step in way and way.index(name) <= way.index(step)]
    for at, stop in enumerate(stops):
        moment = now - timedelta(days=40 * (len(stops) - at) - position % 30)
        last = stop == step
        progress = Progress(
            percent=percent if last else None,
            contractor=_COMPANIES[position % 3] if stop == "build" else None,
            contract_satang=sum(project.money().values()) * 97 // 100 if stop == "build" else None,
        )
        entry = step_to(session, project, stop, progress, moment, staff=staff, words=_WHY.get(stop, ""))
        entry.told_at, entry.before = moment, {}
    if stops:
        project.updated_at = now - timedelta(days=position % 30)
    session.flush()


def _evidence(session: Session) -> None:
    """Some neighbours follow what was reported by them."""
    people = session.scalars(select(Person).order_by(Person.id).limit(4)).all()
    known = session.scalars(select(Project).order_by(Project.position).limit(6)).all()
    for person, project in zip(people, known, strict=False):
        follow(session, project, person, project.created_at)
    case = session.scalars(select(Ticket).where(Ticket.category == "road").order_by(Ticket.id)).first()
    if case is not None and known:
        link_cases(session, known[0], [case.id])
