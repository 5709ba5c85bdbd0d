"""Bringing a plan from Excel in the console: read, look, choose, commit, take back; and the files that come out."""

from __future__ import annotations

import io
import re

from openpyxl import load_workbook
from sqlalchemy import func, select

from models.plan import Plan, Project
from models.plan_import import PlanDraft, PlanImport
from sheets.read import read_book
from tests.sheets.nasty import equipment_book, put, saved, strategy_book, with_text_box
from tests.web.office import Browser, Office

BOOK = with_text_box(saved(strategy_book()), "sheet1", 11, "แก้ไข ครั้งที่ 2/2568")


def send(clerk: Browser, content: bytes, plan: str = "new") -> str:
    """Send a workbook; where its preview is."""
    answer = clerk.post("/console/plan/import", plan=plan, file=(io.BytesIO(content), "แผน.xlsx"))
    assert answer.status_code == 303, answer.text
    return answer.location


def boxes(page: str) -> tuple[list[str], list[str]]:
    """The lines a preview shows, and those that are ticked."""
    return re.findall(r'name="shown" value="(\d+)"', page), re.findall(r'name="line" value="(\d+)" checked', page)


def bring(clerk: Browser, content: bytes, plan: str = "new") -> None:
    """Send and commit a workbook as it is proposed."""
    where = send(clerk, content, plan)
    shown, ticked = boxes(clerk.get(where).text)
    assert clerk.post(f"{where}/commit", shown=shown, line=ticked).status_code == 303


def count(office: Office) -> int:
    """How many projects there are."""
    with office.database.read() as session:
        return session.scalar(select(func.count()).select_from(Project)) or 0


def test_nothing_is_written_before_the_commit_and_every_row_has_a_reason(offices: Office) -> None:
    clerk = offices.sign_in("clerk")
    where = send(clerk, BOOK)
    page = clerk.get(where).text
    assert count(offices) == 0
    assert "ยังไม่ได้เขียนอะไรลงแผน" in page
    assert "อ่านจำนวนเงินไม่ออก ปี 2568: ห้าหมื่น" in page
    assert "ไม่มีชื่อโครงการ" in page
    assert "กล่องข้อความ 1 กล่อง" in page
    assert "แก้ไข ครั้งที่ 2/2568" in page
    rows = clerk.get(f"{where}?show=rows").text
    assert "หัวตาราง" in rows
    assert "แถวรวม ไม่นับซ้ำ" in rows
    shown, ticked = boxes(page)
    assert (len(shown), len(ticked)) == (4, 3)  # the hidden row is not chosen by itself
    clerk.post(f"{where}/commit", shown=shown, line=ticked)
    assert count(offices) == 3
    assert "โครงการก่อสร้างถนน คสล. สายบ้านดอนแก้ว" in clerk.get("/console/plan/").text
    with offices.database.read() as session:
        assert session.scalar(select(func.count()).select_from(PlanDraft)) == 0


def test_what_is_not_ticked_stays_out_also_over_pages(office: Office) -> None:
    clerk = office.sign_in("clerk")
    where = send(clerk, BOOK)
    clerk.post(where, shown=["0", "1", "2", "3"], line=["1"])
    assert boxes(clerk.get(where).text)[1] == ["1"]
    clerk.post(f"{where}/commit", shown=["1"], line=["1"])
    with office.database.read() as session:
        assert [p.name for p in session.scalars(select(Project))] == ["โครงการวางท่อระบายน้ำ หมู่ 1, 2 และ 5"]


def test_a_revised_file_is_recognised_and_an_import_is_taken_back_whole(office: Office) -> None:
    clerk = office.sign_in("clerk")
    bring(clerk, BOOK)
    book = strategy_book()
    book["ยุทธ 1"]["F13"] = 275000
    where = send(clerk, saved(book), "1")
    page = clerk.get(where).text
    assert "งบปี 2567" in page
    assert "250,000" in page
    assert "275,000" in page
    shown, ticked = boxes(page)
    clerk.post(f"{where}/commit", shown=shown, line=ticked)
    assert "275,000" in clerk.get("/console/plan/2").text
    clerk.post("/console/plan/imports/2/undo")
    assert "250,000" in clerk.get("/console/plan/2").text
    clerk.post("/console/plan/imports/1/undo")
    assert count(office) == 0
    with office.database.read() as session:
        assert all(row.undone_at for row in session.scalars(select(PlanImport)))


def test_an_import_with_work_on_it_stays(office: Office) -> None:
    clerk = office.sign_in("clerk")
    bring(clerk, BOOK)
    clerk.post("/console/plan/1/step", step="budget")
    clerk.post("/console/plan/imports/1/undo")
    assert count(office) == 3
    assert "ถอนไม่ได้" in clerk.get("/console/plan/plans").text


def test_what_somebody_changed_meanwhile_is_shown_again(office: Office) -> None:
    clerk, other = office.sign_in("clerk"), office.sign_in("admin")
    bring(clerk, BOOK)
    book = strategy_book()
    put(book["ยุทธ 1"], 16, [4, "โครงการใหม่", "ใหม่", None, 1000])
    where = send(clerk, saved(book), "1")
    shown, ticked = boxes(clerk.get(where).text)
    office.later(minutes=1)
    # a draft of another is never committed, nor one whose comparison is no longer what was looked at
    assert other.post(f"{where}/commit", shown=shown, line=ticked).status_code == 403
    seen = re.findall(r'name="seen" value="([^"]*)"', clerk.get(where).text)[0]
    other.post("/console/plan/1/step", step="budget")
    clerk.post(f"{where}/commit", shown=shown, line=ticked, seen=seen)
    assert count(office) == 3
    clerk.post(f"{where}/commit", shown=shown, line=ticked)
    assert count(office) == 4


def test_what_is_no_plan_says_what_to_do(office: Office) -> None:
    clerk = office.sign_in("clerk")
    for content, words in (
        (b"\xd0\xcf\x11\xe0old", "บันทึกเป็น .xlsx"),
        (b"a,b\n", "ไม่ใช่ Excel"),
        (b"PK broken", "ไฟล์เสียหาย"),
    ):
        answer = clerk.post("/console/plan/import", plan="new", file=(io.BytesIO(content), "x.xls"))
        assert answer.status_code == 422
        assert words in answer.text
    with office.database.read() as session:
        assert session.scalar(select(Plan.id)) is None


def test_the_forms_come_out_as_they_came_in(office: Office) -> None:
    clerk = office.sign_in("clerk")
    for content in (BOOK, saved(equipment_book())):
        bring(clerk, content, "new" if content is BOOK else "1")
    content = clerk.get("/console/plan/forms.xlsx?plan=1").data
    before = [*read_book(BOOK).lines, *read_book(saved(equipment_book())).lines]
    after = read_book(content).lines
    assert {(line.name, tuple(sorted(line.plan.items()))) for line in after} == {
        (line.name, tuple(sorted(line.plan.items()))) for line in before if not line.hidden
    }
    assert load_workbook(io.BytesIO(content)).sheetnames == ["ผ.02", "ผ.03"]


def test_no_file_holds_a_formula(office: Office) -> None:
    clerk = office.sign_in("clerk")
    bring(clerk, BOOK)
    clerk.post("/console/plan/plans/1/new", form="p02", name="=HYPERLINK(1)", revision="original", plan_2566="5")
    assert "'=HYPERLINK(1)" in clerk.get("/console/plan/table.csv").data.decode("utf-8-sig")
    for path in ("table.xlsx", "forms.xlsx?plan=1"):
        book = load_workbook(io.BytesIO(clerk.get(f"/console/plan/{path}").data))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any(cell.value == "=HYPERLINK(1)" for cell in cells)
        assert all(cell.data_type != "f" for cell in cells)


def test_names_of_people_are_pointed_out(office: Office) -> None:
    clerk = office.sign_in("clerk")
    book = strategy_book()
    book["ยุทธ 1"]["B13"] = "โครงการทำถนนซอยบ้านนายสมชาย ใจดี หมู่ที่ 2"
    assert "อาจมีชื่อบุคคล" in clerk.get(send(clerk, saved(book))).text
