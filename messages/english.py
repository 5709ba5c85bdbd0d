"""How English chats write dates, times and names: the Common Era, and what Thai offices are called. Pure.

Names are looked up by the Thai name of the defaults (nlp/lexicon); what a town has renamed stays as the town writes it.
Offices keep their Thai name beside the English one, because that is what stands on their doors.
"""

from __future__ import annotations

from datetime import date, datetime

from messages.thai import local, local_date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_NAMES = {
    "ถนนชำรุด": "Damaged road",
    "ทางเท้า": "Pavement",
    "ไฟส่องสว่าง": "Street light",
    "ไฟฟ้าดับ": "Power cut",
    "สายไฟ สายสื่อสาร": "Wires and cables",
    "น้ำประปา": "Tap water",
    "น้ำท่วม": "Flooding",
    "ท่อระบายน้ำ": "Drains",
    "คลอง ห้วย แหล่งน้ำ": "Canals and streams",
    "สะพาน": "Bridge",
    "ขยะ ความสะอาด": "Rubbish",
    "น้ำเสีย กลิ่นเหม็น": "Waste water, smell",
    "ควัน ฝุ่น การเผา": "Smoke, dust, burning",
    "เสียงดังรบกวน": "Noise",
    "สัตว์จรจัด": "Stray animals",
    "สัตว์อันตราย": "Dangerous animals",
    "ต้นไม้ กิ่งไม้ หญ้า": "Trees and grass",
    "จราจร": "Traffic",
    "ป้าย กระจกโค้ง": "Signs and mirrors",
    "กีดขวาง บุกรุก": "Obstruction",
    "อาคาร ก่อสร้าง": "Building work",
    "คนเร่ร่อน ขอทาน": "Homeless people",
    "เบี้ยและสวัสดิการ": "Welfare payments",
    "สาธารณสุข โรคภัย": "Public health",
    "ความปลอดภัย": "Safety",
    "สวน ลานกีฬา ห้องน้ำ": "Parks and toilets",
    "โรงเรียน ศูนย์เด็ก": "Schools, day care",
    "ประเพณี ท่องเที่ยว": "Culture and tourism",
    "รถโดยสาร เดินทาง": "Public transport",
    "เกษตร ภัยแล้ง": "Farming, drought",
    "อาชีพ รายได้": "Jobs and income",
    "ภาษี ค่าธรรมเนียม": "Taxes and fees",
    "ทะเบียนราษฎร": "Civil registration",
    "บริการทั่วไป": "Office services",
    "ร้องเรียนเจ้าหน้าที่": "Complaint: staff",
    "เสนอโครงการ": "Project proposal",
    "สาธารณภัย": "Disaster",
    "เรื่องอื่น ๆ": "Something else",
    "สำนักปลัด": "Clerk's Office (สำนักปลัด)",
    "งานป้องกันและบรรเทาสาธารณภัย": "Disaster Prevention (งานป้องกันและบรรเทาสาธารณภัย)",
    "งานเทศกิจและรักษาความสงบเรียบร้อย": "Municipal Order (งานเทศกิจและรักษาความสงบเรียบร้อย)",
    "งานทะเบียนราษฎร": "Civil Registration (งานทะเบียนราษฎร)",
    "กองคลัง": "Finance Division (กองคลัง)",
    "กองช่าง": "Public Works Division (กองช่าง)",
    "กองสาธารณสุขและสิ่งแวดล้อม": "Health and Environment Division (กองสาธารณสุขและสิ่งแวดล้อม)",
    "กองการศึกษา ศาสนา และวัฒนธรรม": "Education and Culture Division (กองการศึกษา ศาสนา และวัฒนธรรม)",
    "กองสวัสดิการสังคม": "Social Welfare Division (กองสวัสดิการสังคม)",
    "กองการประปา": "Waterworks Division (กองการประปา)",
    "กองยุทธศาสตร์และงบประมาณ": "Strategy and Budget Division (กองยุทธศาสตร์และงบประมาณ)",
    "กองการเจ้าหน้าที่": "Personnel Division (กองการเจ้าหน้าที่)",
    "หน่วยตรวจสอบภายใน": "Internal Audit (หน่วยตรวจสอบภายใน)",
    "การไฟฟ้าส่วนภูมิภาค (กฟภ.)": "the Provincial Electricity Authority (กฟภ.)",
    "การไฟฟ้านครหลวง (กฟน.)": "the Metropolitan Electricity Authority (กฟน.)",
    "การประปาส่วนภูมิภาค (กปภ.)": "the Provincial Waterworks Authority (กปภ.)",
    "การประปานครหลวง (กปน.)": "the Metropolitan Waterworks Authority (กปน.)",
    "กรมทางหลวง (ทล.)": "the Department of Highways (ทล.)",
    "กรมทางหลวงชนบท (ทช.)": "the Department of Rural Roads (ทช.)",
    "การรถไฟแห่งประเทศไทย": "the State Railway of Thailand",
    "กรมชลประทาน": "the Royal Irrigation Department",
    "กรมควบคุมมลพิษ": "the Pollution Control Department",
    "ตำรวจ": "the police",
    "ที่ว่าการอำเภอ": "the District Office",
    "สำนักงานที่ดิน": "the Land Office",
    "ศูนย์ดำรงธรรม": "the Damrongdhama Centre",
    "จันทร์–ศุกร์ 08.30–16.30 น.": "Monday–Friday 8:30–16:30",
}


def name(thai: str) -> str:
    """The English name of a default category, department, agency or office hours; what is not known stays Thai."""
    return _NAMES.get(thai, thai)


def english_date(day: date, *, short: bool = False) -> str:
    """A date of the Common Era: "5 December 2025", or short "5 Dec 25"; a datetime is taken to Bangkok first."""
    day = local_date(day)
    month = _MONTHS[day.month - 1]
    return f"{day.day} {month[:3]} {day.year % 100:02d}" if short else f"{day.day} {month} {day.year}"


def english_month(day: date) -> str:
    """“December 2025”."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def english_time(moment: datetime) -> str:
    """The time of day in Bangkok: "19:42"."""
    return f"{local(moment):%H:%M}"


def english_ago(then: datetime, now: datetime) -> str:
    """How long ago, by the same steps as `thai.ago`."""
    minutes = int((now - then).total_seconds() // 60)
    days = (local(now).date() - local(then).date()).days
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{_count(minutes, 'minute')} ago"
    if days < 1 or minutes < 6 * 60:
        return f"{_count(minutes // 60, 'hour')} ago"
    if days == 1:
        return "yesterday"
    if days <= 30:
        return f"{days} days ago"
    return f"{_count(days * 12 // 365, 'month')} ago" if days < 365 else f"{_count(days // 365, 'year')} ago"


def _count(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"
