"""The tool that a citizen runs at home: reads an export, checks everything, says in Thai what it found.

    python verify.py election.zip --since saved-last-week.zip --receipt ABCD-1234-EFGH

Exit code 0: nothing wrong was found; 1: something was; 2: the files could not be read. Needs Python 3.11 and PyNaCl.
"""

from __future__ import annotations

import json
import sys
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ballots.audit import Check, Report, audit
from ballots.sealing import read_receipt
from ballots.verify_texts import BALLOT, CHECKS, FINDINGS, WHY, WORDS

#: Larger files than this are no export of ours (100,000 ballots are under 100 MB).
_MOST = 2 * 10**9
#: Findings printed; the first ones tell what happened.
_SHOWN = 10


def read_files(path: Path) -> dict[str, bytes]:
    """The files of a zip, or of a folder it was unpacked into. Raises OSError or BadZipFile."""
    if path.is_dir():
        return {file.name: file.read_bytes() for file in sorted(path.iterdir()) if file.is_file()}
    with zipfile.ZipFile(path) as zipped:
        if sum(info.file_size for info in zipped.infolist()) > _MOST:
            raise OSError("too large")
        return {info.filename: zipped.read(info) for info in zipped.infolist() if not info.is_dir()}


def lines(report: Report, receipts: Iterable[str], *, english: bool) -> list[str]:
    """The report for people."""
    language = int(english)
    said = [_line(check, report, english=english) for check in report.checks]
    said += _findings(report, english=english)
    if report.results is not None and report.manifest is not None:
        said += [_winners(report, contest, language) for contest in report.results["contests"]]
    for code in receipts:
        said.append(BALLOT[report.ballot_of(code)][language].format(receipt=code))
        said += _own(report, code, language)
    said.append(WORDS["sound" if report.sound else "unsound"][language])
    if report.head:
        names = ("head", "key", "compare")
        said += [WORDS[name][language].format(head=report.head, auth=report.auth) for name in names]
    return said


def _line(check: Check, report: Report, *, english: bool) -> str:
    language, state = int(english), {True: "good", False: "bad", None: "none"}[check.ok]
    right, wrong = CHECKS[check.name]["en" if english else "th"]
    why = WHY.get(check.why, (check.why, check.why))[language]
    if check.ok:
        text = right.format_map(_Numbers(check.said))
    else:
        text = why if check.ok is None else f"{wrong} ({why})" if why else wrong
    return f"[{WORDS[state][language]}] {text}"


class _Numbers(dict[str, Any]):
    """Numbers for a sentence; what is not known is shown as a dash."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__({key: f"{value:,}" if type(value) is int else value for key, value in said.items()})

    def __missing__(self, key: str) -> str:
        return "-"


def _findings(report: Report, *, english: bool) -> list[str]:
    language = int(english)
    said = []
    for finding in report.findings[:_SHOWN]:
        text = FINDINGS[finding.code][language] + (f" ({finding.detail[:200]})" if finding.detail else "")
        said.append("  " + WORDS["entry"][language].format(seq=finding.seq, text=text))
    return said


def _winners(report: Report, contest: Mapping[str, Any], language: int) -> str:
    titles = {option.id: option.title for option in report.manifest.options} if report.manifest else {}
    area = f" ({contest['area']})" if contest["area"] else ""
    return WORDS["winners"][language].format(area=area, names=", ".join(titles[key] for key in contest["selected"]))


def _own(report: Report, code: str, language: int) -> list[str]:
    """What the voter's own ballot holds, and the mark that tells it from a neighbour's (against clash attacks)."""
    opened = report.own.get(read_receipt(code) or "")
    if opened is None or report.manifest is None:
        return []
    titles = {option.id: option.title for option in report.manifest.options}
    numbers = opened.choice if isinstance(opened.choice, dict) else {}
    names = [titles[key] + (f" = {numbers[key]}" if key in numbers else "") for key in opened.choice]
    text = WORDS["inside"][language].format(names=", ".join(names) or WORDS["blank"][language], mark=opened.mark or "-")
    return [f"  {text}"]


def as_json(report: Report, receipts: Iterable[str]) -> str:
    """The report for programs."""
    checks = [{"name": c.name, "ok": c.ok, "why": c.why, "said": dict(c.said)} for c in report.checks]
    findings = [{"code": f.code, "seq": f.seq, "detail": f.detail} for f in report.findings]
    found = {code: report.ballot_of(code) for code in receipts}
    data = {
        "sound": report.sound,
        "head": report.head,
        "auth": report.auth,
        "checks": checks,
        "findings": findings,
        "receipts": found,
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool; returns the exit code."""
    parser = ArgumentParser(description=WORDS["usage"][0] + " / " + WORDS["usage"][1])
    parser.add_argument("export", type=Path)
    parser.add_argument("--since", type=Path)
    parser.add_argument("--auth", default="")
    parser.add_argument("--receipt", action="append", default=[])
    parser.add_argument("--english", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    read: list[dict[str, bytes]] = []
    for path in [asked.export, *([asked.since] if asked.since else [])]:
        try:
            read.append(read_files(path))
        except (OSError, zipfile.BadZipFile):
            print(WORDS["unreadable"][int(asked.english)].format(path=path), file=sys.stderr)
            return 2
    report = audit(read[0], read[1] if asked.since else None, asked.receipt, asked.auth)
    told = (
        as_json(report, asked.receipt) if asked.json else "\n".join(lines(report, asked.receipt, english=asked.english))
    )
    sys.stdout.buffer.write(f"{told}\n".encode())
    return 0 if report.sound else 1
