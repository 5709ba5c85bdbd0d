"""The codes the model tells apart, and what the labels of other people's data may mean in them.

The codes are those of docs/categories.md. A label of another scheme (a menu of Bangkok's Traffy Fondue, say) is coarser
than ours and was picked by people in a hurry; it is kept as the *set* of our codes it may stand for, and training
(nlp/fitting.py) learns how likely each is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from nlp.types import Emergency, Intent, Urgency


def _codes(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


INTENTS: tuple[str, ...] = get_args(Intent)
EMERGENCIES: tuple[str, ...] = get_args(Emergency)
URGENCIES: tuple[str, ...] = get_args(Urgency)

CATEGORIES: tuple[str, ...] = _codes(
    "road sidewalk streetlight power_outage cable water_supply flood drain canal bridge waste wastewater air noise",
    "stray_animal animal_hazard tree traffic sign obstruction building homeless welfare public_health safety",
    "public_facility education culture transport agriculture economy tax_fee registration service staff_conduct",
    "proposal disaster other",
)

DEPARTMENTS: tuple[str, ...] = _codes("CLERK DISASTER ORDER REG FIN ENG HEALTH EDU WELFARE WATER PLAN HR AUDIT")

#: Bangkok's menu of 2024 (picked by residents and officers).
MENU_2024: Mapping[str, str] = {
    "ถนน": "road bridge traffic sign",
    "ผิดกฎจราจร": "traffic obstruction",
    "ทางเท้า": "sidewalk obstruction",
    "อื่นๆ": "other service staff_conduct",
    "เสียง": "noise",
    "ความสะอาด": "waste public_health",
    "ขยะ": "waste",
    "หาบเร่แผงลอย": "obstruction",
    "อุปกรณ์ชำรุด": "public_facility sign streetlight drain traffic bridge",
    "ไฟฟ้า": "streetlight power_outage cable",
    "ฝุ่นควัน&กลิ่น&PM2.5": "air wastewater",
    "อาคารสถานที่ชำรุด": "building public_facility",
    "ต้นไม้": "tree",
    "จุดเสี่ยง": "safety traffic sign",
    "คนเร่ร่อน": "homeless",
    "สัตว์": "stray_animal animal_hazard",
    "สายสื่อสาร": "cable",
    "อุบัติเหตุ": "traffic safety disaster",
    "น้ำท่วม": "flood drain",
    "คุ้มครองผู้บริโภค": "service public_health economy",
    "แท็กซี่/รถเมล์": "transport",
    "ขอความช่วยเหลือ": "welfare service disaster",
    "ขอใช้บริการ": "service",
    "สถานบันเทิง": "noise safety",
    "ประปา": "water_supply",
    "ความปลอดภัย": "safety",
    "ภัยออนไลน์": "safety",
    "โรงเรียน": "education",
    "เผาในที่โล่ง": "air",
    "ผู้พิการ+ใช้ล้อ": "welfare sidewalk",
    "ควันไฟ - ฝุ่นละออง": "air",
    "กรุงเทพโปร่งใส": "staff_conduct",
    "ภัยอื่นๆ": "disaster safety",
    "เสนอแนะ": "proposal",
}

#: The six menus residents picked from in 2022.
MENU_2022: Mapping[str, str] = {
    "ความปลอดภัย": "safety streetlight cable animal_hazard stray_animal road building traffic noise",
    "ทางเท้า": "sidewalk obstruction bridge road",
    "จราจร": "traffic road sign obstruction transport bridge",
    "น้ำท่วม": "flood drain canal disaster",
    "ความสะอาด": "waste wastewater air canal tree homeless drain",
    "เสนอแนะ": "proposal service other education culture economy public_facility agriculture staff_conduct",
}

#: The 24 types of Traffy's open data, written by a keyword tagger.
TYPES_SILVER: Mapping[str, str] = {
    "ถนน": "road",
    "ทางเท้า": "sidewalk",
    "แสงสว่าง": "streetlight power_outage",
    "น้ำท่วม": "flood",
    "ความสะอาด": "waste",
    "ท่อระบายน้ำ": "drain wastewater water_supply",
    "จราจร": "traffic",
    "กีดขวาง": "obstruction",
    "ความปลอดภัย": "safety",
    "เสียงรบกวน": "noise",
    "สายไฟ": "cable",
    "ต้นไม้": "tree",
    "คลอง": "canal wastewater",
    "สะพาน": "bridge",
    "ป้าย": "sign",
    "ป้ายจราจร": "sign traffic",
    "สัตว์จรจัด": "stray_animal animal_hazard",
    "คนจรจัด": "homeless",
    "การเดินทาง": "transport",
    "PM2.5": "air",
    "ห้องน้ำ": "public_facility",
    "ร้องเรียน": "staff_conduct other service",
    "เสนอแนะ": "proposal",
    "สอบถาม": "service",
    "ขยะ": "waste",
}

#: Outside agencies (nlp/lexicon/agencies.toml) that enough training rows name; `none`: the matter is the town's own.
#: Others are found by the rules alone.
AGENCIES: tuple[str, ...] = _codes(
    "none pea pwa doh drr telecom police hospital m_society industry district dlt rid dld forest nacc pcd",
)

#: Units of dept_routing as departments of a small municipality …
DEPARTMENT_NAMES: Mapping[str, str] = {
    "กองช่าง": "ENG",
    "เทศกิจ(สำนักปลัด)": "ORDER",
    "กองสาธารณสุขฯ": "HEALTH",
    "กองสวัสดิการสังคม": "WELFARE",
    "สำนักปลัด": "CLERK",
    "กองคลัง": "FIN",
}
#: … as outside agencies (those of the provinces, not of Bangkok) …
AGENCY_NAMES: Mapping[str, str] = {
    "external:ตำรวจ/จราจร": "police",
    "external:ไฟฟ้า": "pea",
    "external:ทางหลวง": "doh",
    "external:โทรคมนาคม": "telecom",
    "external:ประปา": "pwa",
}
#: … and the department that passes a matter on to such an agency.
FORWARDED_BY: Mapping[str, str] = {
    "external:ตำรวจ/จราจร": "ORDER",
    "external:ไฟฟ้า": "ENG",
    "external:ทางหลวง": "ENG",
    "external:โทรคมนาคม": "ENG",
    "external:ประปา": "ENG",
}

#: Intents of gold_intent_dev200 in ours.
GOLD_INTENTS: Mapping[str, str] = {
    **{intent: intent for intent in INTENTS},
    "start_or_test": "other",
}

#: How likely each intent is to be filed as a city ticket under no telling label …
TICKET: Mapping[str, float] = {
    "complaint": 1.0,
    "suggestion": 0.7,
    "status": 0.4,
    "question": 0.3,
    "emergency": 0.3,
    "abuse": 0.15,
    "proposal": 0.1,
    "other": 0.1,
    "thanks": 0.1,
    "greeting": 0.03,
    "vote": 0.001,
}
#: … and under one that tells something.
SUGGESTIVE: Mapping[str, Mapping[str, float]] = {
    "เสนอแนะ": {"suggestion": 1.0, "proposal": 0.2, "complaint": 0.25, "question": 0.2, "other": 0.1, "thanks": 0.1},
    "สอบถาม": {"question": 1.0, "status": 0.2, "complaint": 0.2, "suggestion": 0.05},
}
