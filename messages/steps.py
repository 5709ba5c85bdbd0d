"""News of proposals, for proposers, supporters and staff: one builder for all kinds of steps, the words by kind."""

from __future__ import annotations

from datetime import date
from typing import Any

from messages import cases, english, proposals, thai
from messages.limits import cut
from messages.money import baht
from messages.parts import pack, tap, text
from messages.words import Words
from models.proposals import Proposal, Step

Json = dict[str, Any]

#: Units of LINE text that staff's words may take in a letter.
LONGEST = 1_200


def told(w: Words, step: Step) -> list[Json]:
    """What happened to a proposal, for whoever proposed or supports it."""
    proposal = step.proposal
    if step.what == "merged" and proposal.merged_into is not None:
        return [
            text(w("step.merged", **_common(proposal), into=proposal.merged_into.name), _see(w, proposal.merged_into))
        ]
    fields = _common(proposal) | _own(w, step)
    return [text(w(f"step.{step.what}", **fields), *_beside(w, step), _see(w, proposal))]


def _common(proposal: Proposal) -> dict[str, object]:
    return {"number": proposal.name, "title": proposals.title(proposal, 150)}


def _own(w: Words, step: Step) -> dict[str, object]:
    """The fields that the words of this kind of step name."""
    proposal, data = step.proposal, step.data
    words = cut(step.words.strip(), LONGEST)
    match step.what:
        case "opened":
            until = proposal.support_until
            shown = w("step.opened_until", date=cases.day(w, until)) if until else ""
            return {"threshold": proposal.threshold, "until": shown}
        case "reached":
            return {"threshold": proposal.threshold}
        case "answered":
            money = data.get("cost")
            cost = w("step.answered_cost", money=baht(money)) if money is not None else ""
            return {"words": words, "department": _department(w, proposal, data), "cost": cost}
        case "meeting":
            place = w("step.meeting_place", place=data["place"]) if data.get("place") else ""
            return {"date": _day(w, data), "place": place}
        case "met":
            return {"date": _day(w, data), "result": proposals.result(w, step), "words": f"\n{words}" if words else ""}
        case "absorbed":
            return {"other": data.get("number", ""), "people": data.get("people", 0)}
        case _:
            return {"words": words}


def _department(w: Words, proposal: Proposal, data: dict[str, Any]) -> str:
    name = data.get("department") or (proposal.department.name if proposal.department else "")
    return cases.named(w, name) if name else w.field("org")


def _day(w: Words, data: dict[str, Any]) -> str:
    return _written(w, date.fromisoformat(data["day"])) if data.get("day") else ""


def _written(w: Words, day: date) -> str:
    return english.english_date(day) if w.language == "en" else thai.thai_date(day)


def _beside(w: Words, step: Step) -> list[Json]:
    """Buttons of this kind of step: a proposal that is open again can be supported, and so on."""
    if step.what == "opened":
        return [tap(w("propose.all"), pack("propose.list"))]
    return []


def _see(w: Words, proposal: Proposal) -> Json:
    return tap(w("step.see", number=proposal.name), pack("proposal", id=proposal.id))


def fixing(w: Words, step: Step) -> list[Json]:
    """Staff ask for other words, and perhaps offer some."""
    proposal, wording = step.proposal, str(step.data.get("wording") or "")
    lines = [w("step.fixing", number=proposal.name, words=cut(step.words.strip(), LONGEST))]
    lines.append(w("step.fixing_wording", wording=wording) if wording else w("step.fixing_ask"))
    use = [tap(w("step.use_wording"), pack("proposal.words", id=proposal.id))] if wording else []
    return [
        text("\n".join(lines), *use, tap(w("step.fix_own"), pack("proposal.fix", id=proposal.id)), _see(w, proposal))
    ]


def to_staff(w: Words, step: Step) -> list[Json]:
    """Something waits for the office: words to be read, an answer to be given. No name of a person is in it."""
    proposal = step.proposal
    body = w(
        f"step.staff_{step.what}",
        **_common(proposal),
        place=proposals.place(w, proposal),
        threshold=proposal.threshold,
        department=_department(w, proposal, step.data),
    )
    return [text(body)]
