"""Invented workbooks of plans, as nasty as the real ones: made anew by each test, so that no office's file is needed.

They have what was seen in the three layouts of real offices: titles in merged cells, heads of three rows that come
again on every page, projects over several rows, a department merged over five projects, numbering that starts again
with each revision, Thai digits, amounts as text, totals, hidden rows and sheets, hundreds of empty rows below, a
formula that nobody computed, and text boxes that carry what matters.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

YEARS = (2566, 2567, 2568, 2569, 2570)
ISSUE_YEARS = (2571, 2572, 2573, 2574, 2575)


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def put(sheet: Worksheet, row: int, cells: Sequence[Any]) -> None:
    """Write cells into a row from column A; None leaves a cell empty."""
    for column, value in enumerate(cells, 1):
        if value is not None:
            sheet.cell(row, column, value)


def head_of_2566(sheet: Worksheet, row: int, *, ordinance: bool = False) -> int:
    """The head of a strategy-based ผ.02 over three rows, merged; returns the first row below it."""
    years = len(YEARS)
    tops = ["ที่", "โครงการ", "วัตถุประสงค์", "เป้าหมาย\n(ผลผลิตของโครงการ)", "งบประมาณ"]
    put(sheet, row, tops)
    last = 4 + years
    sheet.merge_cells(start_row=row, start_column=5, end_row=row, end_column=last)
    if ordinance:
        sheet.cell(row, last + 1, "เทศบัญญัติงบประมาณ")
        sheet.merge_cells(start_row=row, start_column=last + 1, end_row=row, end_column=last + years)
        last += years
    for offset, name in enumerate(("ตัวชี้วัด\n(KPI)", "ผลที่คาดว่า\nจะได้รับ", "หน่วยงาน\nรับผิดชอบหลัก"), 1):
        sheet.cell(row, last + offset, name)
        sheet.merge_cells(start_row=row, start_column=last + offset, end_row=row + 2, end_column=last + offset)
    for column in range(1, 5):
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + 2, end_column=column)
    for group in range(2 if ordinance else 1):
        for offset, year in enumerate(YEARS):
            written: Any = [year, "๒๕๖๗", f"ปี {year}", date(year - 543, 1, 1), f"{year}\n"][offset]
            sheet.cell(row + 1, 5 + group * years + offset, written)
            sheet.cell(row + 2, 5 + group * years + offset, "(บาท)")
    return row + 3


def strategy_book() -> Workbook:
    """A ผ.02 of 2566–2570 with all that is nasty; `EXPECTED` says what is in it."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "ยุทธ 1"
    put(sheet, 1, ["รายละเอียดโครงการพัฒนา"])
    sheet.merge_cells("A1:L1")
    put(sheet, 2, ["แผนพัฒนาท้องถิ่น (พ.ศ. ๒๕๖๖ – ๒๕๗๐)"])
    sheet.cell(1, 13, "แบบ ผ. 02")
    put(sheet, 3, ["ก. ยุทธศาสตร์ชาติที่ 4 ด้านการสร้างโอกาสและความเสมอภาค"])
    put(sheet, 4, ["ข. ยุทธศาสตร์จังหวัดที่ 2", "พัฒนาโครงสร้างพื้นฐาน"])
    put(sheet, 5, ["๑. ยุทธศาสตร์ที่ 1 การพัฒนาโครงสร้างพื้นฐาน"])
    put(sheet, 6, ["1.1 แผนงานอุตสาหกรรมและการโยธา"])
    row = head_of_2566(sheet, 8)
    put(sheet, row, ["๑", "โครงการก่อสร้างถนน คสล. สายบ้านดอนแก้ว หมู่ที่ ๓", "เพื่อให้มีถนน", "กว้าง 4 เมตร"])
    for column, value in ((5, " 1,632,820 "), (6, "๔๐๐,๐๐๐.-"), (7, " -   "), (8, 313700.25), (9, 0)):
        sheet.cell(row, column, value)
    put(sheet, row + 1, [None, "(ช่วงที่ 2)", "มาตรฐาน", "ยาว 300 เมตร", None, "100,000 บาท"])
    put(sheet, row + 2, [2, "โครงการวางท่อระบายน้ำ หมู่ 1, 2 และ 5", "ระบายน้ำ", "300 ท่อน", None, 250000])
    put(sheet, row + 3, [3.0, "โครงการซ่อมแซมศาลา", "ใช้ประโยชน์", "1 แห่ง", 90000])
    sheet.cell(row, 12, "กองช่าง")
    sheet.merge_cells(start_row=row, start_column=12, end_row=row + 3, end_column=12)
    put(sheet, row + 4, ["รวม", "3 โครงการ", None, None, 1722820, 750000, None, 313700.25])
    again = head_of_2566(sheet, row + 6)  # a new page
    put(sheet, again, [None, "เพิ่มเติม ครั้งที่ ๑/๒๕๖๗"])
    put(sheet, again + 1, ["แผนงานสาธารณสุข"])
    put(sheet, again + 2, [1, "โครงการพ่นหมอกควัน", "ลดไข้เลือดออก", "ทุกหมู่บ้าน", None, None, "ห้าหมื่น"])
    put(sheet, again + 3, [None, None, None, "หมู่ที่ 1-4"])
    put(sheet, again + 4, [2, '=HYPERLINK("http://x")', "เพื่อทดสอบ", None, None, None, 10])
    put(sheet, again + 5, [3, "โครงการที่ซ่อนไว้", "ซ่อน", None, None, None, 20000])
    sheet.row_dimensions[again + 5].hidden = True
    put(sheet, again + 6, [4, None, "ไม่มีชื่อ", None, None, None, 5])
    put(sheet, again + 7, [5])
    put(sheet, again + 8, ["หมายเหตุ ราคากลางตามกองช่าง"])
    for blank in range(again + 12, again + 420):
        sheet.cell(blank, 1, "")
    return book


def issue_book() -> Workbook:
    """A ผ.02 of 2571–2575 by issues, without KPI, with reasons of a revision; and a ผ.02/2 with places."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "ประเด็น 1"
    put(sheet, 1, ["แบบ ผ.02"])
    put(sheet, 2, ["แผนพัฒนาท้องถิ่น (พ.ศ. 2571 - 2575) เปลี่ยนแปลง ครั้งที่ 2/2572"])
    put(sheet, 3, ["ประเด็นการพัฒนาที่ 1 เมืองน่าอยู่"])
    put(sheet, 4, ["แผนงาน: เคหะและชุมชน"])
    tops = ["ที่", "โครงการ", "วัตถุประสงค์", "เป้าหมาย", *[None] * 5, "ผลที่คาดว่าจะได้รับ", "หน่วยงานรับผิดชอบ", "เหตุผลความจำเป็น"]
    put(sheet, 5, tops)
    sheet.cell(5, 5, "งบประมาณ (พ.ศ. 2571-2575)")
    put(sheet, 6, [None] * 4 + list(ISSUE_YEARS))
    put(sheet, 7, [1, "โครงการลานกีฬา", "ออกกำลังกาย", "1 แห่ง", *[500000] * 5, "แข็งแรง", "กองการศึกษา", "ประชาชนขอ"])
    other = book.create_sheet("ผ02-2")
    put(other, 1, ["แบบ ผ.02/2"])
    put(other, 2, ["ที่", "โครงการ", "วัตถุประสงค์", "เป้าหมาย", "อำเภอ", "พิกัด", None, "งบประมาณ"])
    other.merge_cells("F2:G2")
    other.merge_cells("H2:L2")
    put(other, 3, [None] * 5 + ["เริ่มต้น", "สิ้นสุด", *ISSUE_YEARS])
    put(other, 4, [1, "ถนนเชื่อมตำบล", "เดินทาง", "5 กม.", "ดอนแก้ว", "18.1,99.1", "18.2,99.2", None, "9,000,000"])
    return book


def equipment_book() -> Workbook:
    """A ผ.03, a summary ผ.01 that is no table of projects, and a hidden sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "ผ.03"
    put(sheet, 1, ["แบบ ผ.03"])
    put(sheet, 2, ["ที่", "แผนงาน", "หมวด", "ประเภท", "เป้าหมาย\n(ผลผลิตของครุภัณฑ์)", "งบประมาณ", *[None] * 4, "หน่วยงาน"])
    put(sheet, 3, [None] * 5 + list(YEARS))
    put(sheet, 4, [1, "บริหารงานทั่วไป", "ค่าครุภัณฑ์", "ครุภัณฑ์คอมพิวเตอร์", "คอมพิวเตอร์ 2 เครื่อง", 60000])
    put(sheet, 5, [2, "แผนงานรักษาความสงบ", "หมวดครุภัณฑ์", "ประเภทวิทยุ", "วิทยุสื่อสาร 5 เครื่อง", None, 25000])
    summary = book.create_sheet("ผ.01")
    put(summary, 1, ["สรุปโครงการ", "จำนวน", "งบประมาณ"])
    put(summary, 2, ["ยุทธศาสตร์ที่ 1", 12, 4000000])
    hidden = book.create_sheet("ร่างเก่า")
    hidden.sheet_state = "hidden"
    row = head_of_2566(hidden, 1)
    put(hidden, row, [1, "โครงการเก่า", "เก่า", "1", 1000])
    return book


def with_text_box(content: bytes, sheet: str, row: int, words: str) -> bytes:
    """The workbook with a text box over a row of a sheet (a part file such as sheet1), as Excel draws it."""
    drawing = (
        '<?xml version="1.0" encoding="UTF-8"?><xdr:wsDr '
        'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>'
        f"{_corner('from', 1, row)}{_corner('to', 3, row)}"
        '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="TextBox 1"/>'
        '<xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>'
        f"<xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{words}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
        "<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
    )
    relation = (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" '
        'Target="../drawings/drawing1.xml"/></Relationships>'
    )

    def point(xml: str) -> str:
        xml = xml.replace(
            "<worksheet ",
            '<worksheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ',
            1,
        )
        return xml.replace("</worksheet>", '<drawing r:id="rId1"/></worksheet>')

    added = {
        "xl/drawings/drawing1.xml": drawing,
        f"xl/worksheets/_rels/{sheet}.xml.rels": relation,
    }
    types = (
        '<Override PartName="/xl/drawings/drawing1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>'
    )
    changes = {
        f"xl/worksheets/{sheet}.xml": point,
        "[Content_Types].xml": lambda xml: xml.replace("</Types>", types),
    }
    return _changed(content, changes, added)


def _corner(end: str, column: int, row: int) -> str:
    inside = (
        f"<xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row - 1}</xdr:row><xdr:rowOff>9</xdr:rowOff>"
    )
    return f"<xdr:{end}>{inside}</xdr:{end}>"


def _changed(content: bytes, changes: dict[str, Callable[[str], str]], added: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changes[name](part.decode()) if name in changes else part)
        for name, text in added.items():
            new.writestr(name, text)
    return out.getvalue()


def big_book(lines: int) -> bytes:
    """A plan with so many projects, on sheets of a thousand, of two rows each for every tenth."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for start in range(0, lines, 1_000):
        sheet = first if start == 0 else book.create_sheet()
        sheet.title = f"ผ.02 ({start // 1000 + 1})"
        put(sheet, 1, [f"ยุทธศาสตร์ที่ {start // 1000 + 1} การพัฒนา"])
        put(sheet, 2, ["แผนงานเคหะและชุมชน"])
        row = head_of_2566(sheet, 3)
        for number in range(min(1_000, lines - start)):
            name = f"โครงการก่อสร้างถนนสายที่ {start + number} หมู่ที่ {number % 12 + 1}"
            money = [100_000 + number, None, 200_000, None, 50_000]
            put(sheet, row, [number + 1, name, "เพื่อให้ประชาชนเดินทางสะดวก", "กว้าง 4 เมตร ยาว 100 เมตร", *money])
            sheet.cell(row, 10, "จำนวนถนน")
            sheet.cell(row, 11, "เดินทางสะดวก")
            sheet.cell(row, 12, "กองช่าง")
            row += 1
            if number % 10 == 0:
                put(sheet, row, [None, "(ต่อ)", None, "หนา 0.15 เมตร"])
                row += 1
    return saved(book)
