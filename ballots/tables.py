"""The files for other people's software, made from results.json: Pabulib's `.pb`, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from ballots import pabulib
from ballots.manifest import BUDGET_KINDS, Kind, Manifest, Option, Rule, from_bytes, to_bytes
from ballots.results import Counted
from ballots.tally.count import Pile, threshold, unit

CSV = "result.csv"
#: Pabulib's names of our rules.
_PB_RULES = {
    Rule.GREEDY: "greedy",
    Rule.GREEDY_NO_SKIP: "greedy-no-skip",
    Rule.GREEDY_THRESHOLD: "greedy-threshold",
    Rule.EQUAL_SHARES: "equalshares/add1",
}


def tables(manifest: Manifest, counted: Counted, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The files made from results: result.csv, and a .pb for every count of a budget."""
    manifest = from_bytes(to_bytes(manifest))
    files = {CSV: _csv(manifest, data)}
    if manifest.kind in BUDGET_KINDS and not data["withheld"]:
        for contest in data["contests"]:
            area = contest["area"]
            files[f"result-{area}.pb" if area else "result.pb"] = _pb(manifest, counted.pile, contest)
    return files


def _pb(manifest: Manifest, ballots: Pile, contest: Mapping[str, Any]) -> bytes:
    area, money, points = contest["area"], unit(manifest), manifest.kind == Kind.BUDGET_POINTS
    mine = ((choice, number) for (where, choice), number in ballots.items() if choice and area in ("", where))
    rows = sorted((choice for choice, number in mine for _ in range(number)), key=repr)
    projects = [_pb_project(option, contest, money, points=points) for option in _on(manifest, contest)]
    votes = (_pb_vote(number, choice, points=points) for number, choice in enumerate(rows, 1))
    return pabulib.write(_pb_meta(manifest, contest, len(rows), money), projects, votes).encode()


def _pb_meta(manifest: Manifest, contest: Mapping[str, Any], votes: int, money: int) -> dict[str, str]:
    meta = {
        "description": manifest.title,
        "country": "Thailand",
        "unit": manifest.town,
        **({"subunit": contest["area"]} if contest["area"] else {}),
        "instance": manifest.opens[:4],
        "num_projects": str(len(contest["options"])),
        "num_votes": str(votes),
        "budget": str(manifest.budget_of(contest["area"]) // money),
        "vote_type": "cumulative" if manifest.kind == Kind.BUDGET_POINTS else "approval",
        "rule": _PB_RULES[manifest.counting.rule] + ("-comparison" if manifest.counting.comparison else ""),
        "date_begin": _day(manifest.opens),
        "date_end": _day(manifest.closes),
        "language": "th",
        "currency": "THB" if money != 1 else "THB/100",
    }
    if manifest.limits.max_choices:
        meta["max_length"] = str(manifest.limits.max_choices)
    needed = threshold(manifest, votes)
    if needed:
        meta["min_project_score_threshold"] = str(needed)
    return meta


def _pb_project(option: Option, contest: Mapping[str, Any], money: int, *, points: bool) -> dict[str, str]:
    totals = contest["totals"]
    row = {"project_id": option.id, "cost": str(option.cost // money), "votes": str(totals["votes"][option.id])}
    if points:
        row["score"] = str(totals["score"][option.id])
    return {**row, "name": option.title, "selected": str(int(option.id in contest["selected"]))}


def _pb_vote(number: int, choice: tuple[Any, ...], *, points: bool) -> dict[str, str]:
    if not points:
        return {"voter_id": str(number), "vote": ",".join(choice)}
    vote, given = zip(*choice, strict=True)
    return {"voter_id": str(number), "vote": ",".join(vote), "points": ",".join(map(str, given))}


def _day(time: str) -> str:
    year, month, day = time[:10].split("-")
    return f"{day}.{month}.{year}"


def _on(manifest: Manifest, contest: Mapping[str, Any]) -> list[Option]:
    return [option for option in manifest.options if option.id in contest["options"]]


def _csv(manifest: Manifest, data: Mapping[str, Any]) -> bytes:
    """UTF-8 with a mark, as spreadsheets in Thai offices expect; the winners first, then by total."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(("เขต", "ลำดับ", "รหัส", "รายการ", "วงเงิน (บาท)", "คะแนน", "จำนวนบัตรที่เลือก", "ผล", data["label"]))
    for contest in data["contests"]:
        totals = contest["totals"]
        votes = totals.get("votes", {})
        total = totals.get("score", votes)
        chosen = contest["selected"]
        order = [
            *chosen,
            *sorted((o for o in contest["options"] if o not in chosen), key=lambda o: (-total.get(o, 0), o)),
        ]
        for place, key in enumerate(order, 1):
            option = manifest.option(key)
            if option is not None:
                cost = f"{option.cost // 100}.{option.cost % 100:02d}" if option.cost else ""
                won = "ได้รับเลือก" if key in chosen else ""
                row = (contest["area"], place, key, option.title, cost, total.get(key, ""), votes.get(key, ""), won, "")
                sheet.writerow([_harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: object) -> object:
    """A title that a spreadsheet would take for a formula is kept a text (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
