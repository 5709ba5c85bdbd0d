"""What is asked besides the place and the words, by kind of matter: the attributes of Open311's service definitions.

The words are in web/texts/*/open311.toml (`question.<code>`, `choice.<code>_<value>`). Answers are written under the
words of the report, where whoever goes there reads them; that something is dangerous makes the case urgent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages import cases
from messages.words import Words
from models.town import Category, Village
from web.open311_params import Fault, moment


@dataclass(frozen=True)
class Question:
    """One question: the standard's datatype, the values to choose from, and which of them make the case urgent."""

    code: str
    datatype: str
    values: tuple[str, ...] = ()
    required: bool = False
    urgent: tuple[str, ...] = ()


#: Asked of every kind of matter.
ALWAYS = (Question("danger", "singlevaluelist", ("no", "yes"), urgent=("yes",)),)
#: Asked of some.
OF: dict[str, tuple[Question, ...]] = {
    "streetlight": (Question("pole", "string"), Question("lamps", "singlevaluelist", ("one", "few", "row"))),
    "power_outage": (Question("pole", "string"),),
    "cable": (Question("pole", "string"), Question("hanging", "singlevaluelist", ("no", "yes"), urgent=("yes",))),
    "road": (Question("road_name", "string"), Question("vehicles", "multivaluelist", ("motorcycle", "car", "truck"))),
    "water_supply": (Question("since", "datetime"), Question("houses", "number")),
    "flood": (Question("depth", "number"), Question("since", "datetime")),
    "waste": (Question("rubbish", "multivaluelist", ("household", "branches", "bulky", "hazardous", "carcass")),),
    "stray_animal": (
        Question("bitten", "singlevaluelist", ("no", "yes"), required=True, urgent=("yes",)),
        Question("animals", "number"),
    ),
    "noise": (Question("hours", "text"),),
}
#: An answer is no longer than this.
LONGEST = 500
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)


def questions_of(code: str) -> tuple[Question, ...]:
    """What is asked of this kind of matter."""
    return (*OF.get(code, ()), *ALWAYS)


def definition(session: Session, w: Words, category: Category) -> dict[str, Any]:
    """The service definition: first what to do in an emergency (not a question), then the questions, then the
    village."""
    about = {
        "variable": False,
        "code": "emergency",
        "datatype": "text",
        "required": False,
        "datatype_description": None,
        "order": 1,
        "description": w("question.emergency"),
        "values": [],
    }
    asked = [_attribute(w, question, order) for order, question in enumerate(questions_of(category.code), 2)]
    villages = session.scalars(select(Village).order_by(Village.moo)).all()
    if villages:
        values = [{"key": str(v.moo), "name": f"{w('report.place_moo', moo=v.moo)} {v.name}".strip()} for v in villages]
        asked.append(_written(w, Question("moo", "singlevaluelist"), len(asked) + 2, values))
    return {"service_code": category.code, "attributes": [about, *asked]}


def _attribute(w: Words, question: Question, order: int) -> dict[str, Any]:
    values = [{"key": value, "name": w(f"choice.{question.code}_{value}")} for value in question.values]
    return _written(w, question, order, values)


def _written(w: Words, question: Question, order: int, values: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {
        "variable": True,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": w(f"question.type_{question.datatype}"),
        "order": order,
        "description": w(f"question.{question.code}"),
        "values": list(values),
    }


@dataclass(frozen=True)
class Answers:
    """What was answered: lines to be added to the report, whether it is urgent, and the village."""

    lines: tuple[str, ...]
    urgent: bool
    moo: int | None


def read(session: Session, w: Words, category: Category, given: Mapping[str, Sequence[str]]) -> Answers:
    """Check the answers (`attribute[CODE]`, empty ones are none) against the definition. Raises Fault with all
    faults."""
    faults: list[str] = []
    lines: list[str] = []
    urgent = False
    for question in questions_of(category.code):
        values = [value.strip() for value in given.get(question.code, ()) if value.strip()]
        if not values and question.required:
            faults.append(f"ต้องตอบ attribute[{question.code}] (attribute[{question.code}] is required)")
        fault = _fault(question, values)
        if fault:
            faults.append(fault)
        elif values:
            lines.append(f"{w(f'question.{question.code}')}: {', '.join(_said(w, question, v) for v in values)}")
            urgent = urgent or bool(set(values) & set(question.urgent))
    moo = _moo(session, given.get("moo", ()), faults)
    if faults:
        raise Fault(400, *faults)
    return Answers(tuple(lines), urgent, moo)


def _moo(session: Session, given: Sequence[str], faults: list[str]) -> int | None:
    text = next((value.strip() for value in given if value.strip()), "")
    if not text:
        return None
    village = session.get(Village, int(text)) if re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) else None
    if village is None:
        faults.append("attribute[moo] ไม่ใช่หมู่บ้านของเรา (attribute[moo] is no village of ours)")
        return None
    return village.moo


def _said(w: Words, question: Question, value: str) -> str:
    return w(f"choice.{question.code}_{value}") if question.values else cases.short(value, LONGEST)


def _fault(question: Question, values: Sequence[str]) -> str:
    """What is wrong with the answer, or ""."""
    name = f"attribute[{question.code}]"
    if question.datatype != "multivaluelist" and len(values) > 1:
        return f"{name} มีได้ค่าเดียว ({name} takes one value)"
    for value in values:
        if question.values and value not in question.values:
            return f"{name} ต้องเป็นหนึ่งใน {', '.join(question.values)} ({name} must be one of these)"
        if question.datatype == "number" and not _NUMBER.fullmatch(value):
            return f"{name} ต้องเป็นตัวเลข ({name} must be a number)"
        if len(value) > LONGEST:
            return f"{name} ยาวเกิน {LONGEST} ตัวอักษร ({name} is longer than {LONGEST} characters)"
        if question.datatype == "string" and "\n" in value:
            return f"{name} ต้องเป็นบรรทัดเดียว ({name} must be one line)"
    return _moment_fault(question, values)


def _moment_fault(question: Question, values: Sequence[str]) -> str:
    if question.datatype != "datetime" or not values:
        return ""
    try:
        moment({f"attribute[{question.code}]": values[0]}, f"attribute[{question.code}]")
    except Fault as fault:
        return fault.texts[0]
    return ""
