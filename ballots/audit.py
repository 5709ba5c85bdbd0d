"""Checks everything in an export: what a suspicious auditor does at home, in one call.

`audit` needs the files only. Every check says what it looked at, so that “nothing found” is not taken for “not looked”.
`verify.py`, which anybody downloads, is this file with the ones it needs (`bundle.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ballots import canonical, export, keys, results
from ballots.board import BadEntry, Entry, read_head
from ballots.chain import Chain, follow_file, later_than
from ballots.entries import Close, Open, Result
from ballots.export import BALLOTS, BOARD, HEAD, MANIFEST, PAPER, RESULTS, BadExport
from ballots.findings import Finding
from ballots.manifest import Manifest, manifest_hash, to_bytes
from ballots.opening import open_all
from ballots.results import Counted
from ballots.sealing import Opened, Opener, read_receipt, receipt
from ballots.tables import tables
from ballots.tally.count import TieIn, pile

#: Every check, in the order in which it is made.
CHECKS = ("files", "board", "auth", "manifest", "head", "since", "ballots", "opened", "paper", "counted", "tables")


@dataclass(frozen=True)
class Check:
    """One check. `ok` None: could not be made, and `why` says why; `said` are numbers for the report."""

    name: str
    ok: bool | None
    why: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Report:
    """All checks of one export, what was wrong with the board, and the recounted results where there are any."""

    checks: list[Check] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    manifest: Manifest | None = None
    manifest_hash: str = ""
    head: str = ""
    auth: str = ""
    results: dict[str, Any] | None = None
    standing: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()
    #: What the voter's own ballots hold, by receipt; None where one is spoiled.
    own: dict[str, Opened | None] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing wrong was found."""
        return all(check.ok is not False for check in self.checks)

    def check(self, name: str, ok: bool | None, why: str = "", **said: object) -> bool:
        """Note a check; returns whether it went well."""
        self.checks.append(Check(name, ok, why, said))
        return ok is True

    def ballot_of(self, typed: str) -> str:
        """Where the ballot with this receipt is: “counted”, “replaced”, “unknown” (or “unreadable”: no receipt)."""
        wanted = read_receipt(typed)
        if wanted is None:
            return "unreadable"
        if any(receipt(hashed) == wanted for hashed in self.standing):
            return "counted"
        return "replaced" if any(receipt(hashed) == wanted for hashed in self.superseded) else "unknown"


def audit(
    files: Mapping[str, bytes],
    since: Mapping[str, bytes] | None = None,
    receipts: Iterable[str] = (),
    auth: str = "",
) -> Report:
    """Check an export by its files; `since`: the files of a copy saved earlier. `receipts`: of the voter's own ballots,
    which are opened into `Report.own` where the seal's key is published. `auth`: the office's key as it was announced,
    hex; a forger may sign everything with a key of his own, and only this tells."""
    report = Report()
    report.own = {code: None for code in map(read_receipt, receipts) if code}
    missing = sorted({MANIFEST, BOARD, HEAD} - files.keys())
    if not report.check("files", not missing, ", ".join(missing), names=sorted(files)):
        return report
    chain = follow_file(files[BOARD])
    report.findings = chain.findings
    last = chain.last
    report.head = last.hash if last else ""
    report.standing, report.superseded = frozenset(chain.standing), frozenset(chain.superseded)
    report.check("board", chain.sound, entries=last.seq + 1 if last else 0, checkpoints=chain.checkpoints)
    if chain.open is None or last is None:
        return report
    report.auth = chain.open.auth
    if auth:
        report.check("auth", "".join(auth.split()).lower() == report.auth)
    _manifest(report, chain.open.manifest, files)
    _head(report, chain.open, last, files)
    if since is not None:
        _since(report, files, since)
    if chain.sound:
        _outcome(report, chain, chain.open.manifest, files)
    return report


def _manifest(report: Report, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    report.manifest, report.manifest_hash = manifest, manifest_hash(manifest)
    same = files[MANIFEST] == to_bytes(manifest)
    report.check("manifest", same, hash=report.manifest_hash, options=len(manifest.options))


def _head(report: Report, opened: Open, last: Entry, files: Mapping[str, bytes]) -> None:
    try:
        told = read_head(files[HEAD], opened.manifest.poll, opened.board)
    except BadEntry as wrong:
        report.check("head", ok=False, why=str(wrong))
        return
    report.check("head", told == (last.seq, last.hash), hash=report.head)


def _since(report: Report, files: Mapping[str, bytes], since: Mapping[str, bytes]) -> None:
    earlier = since.get(BOARD, b"")
    same = bool(earlier) and later_than(files[BOARD], earlier) and since.get(MANIFEST) == files[MANIFEST]
    report.check("since", same, entries=earlier.count(b"\n"))


@dataclass
class _Case:
    """What the checks of an outcome share."""

    report: Report
    chain: Chain
    manifest: Manifest
    close: Close
    files: Mapping[str, bytes]
    counted: Counted = field(default_factory=Counted)

    @property
    def countable(self) -> bool:
        """Whether the ballots were published, sealed or opened."""
        return self.close.withheld in ("", "quiet")


def _outcome(report: Report, chain: Chain, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """What can only be checked once there is a result."""
    wanted = {BALLOTS, PAPER, RESULTS}
    if chain.result is None or chain.closed is None:
        # a file that nothing on the board vouches for is worse than none
        stray = bool(wanted & files.keys())
        report.check("counted", False if stray else None, "unvouched" if stray else "open")
        return
    if wanted - files.keys():
        report.check("files", ok=False, why=", ".join(sorted(wanted - files.keys())))
        return
    case = _Case(report, chain, manifest, chain.closed, files)
    sound = _ballots(case)
    if _paper(case) and sound:
        _count(case, chain.result)


def _ballots(case: _Case) -> bool:
    report, close, raw = case.report, case.close, case.files[BALLOTS]
    try:
        if not close.withheld:
            return _sealed(case, raw)
        if close.withheld == "quiet":
            case.counted.online = pile(export.read_quiet(case.manifest, raw))
            number = case.counted.online.total()
            case.counted.spoiled = Counter(spoiled=close.count - number)
        else:
            number = export.read_withheld(case.manifest, raw)
    except BadExport as wrong:
        return report.check("ballots", ok=False, why=str(wrong))
    report.check("opened", None, close.withheld)
    fits = number == close.count or (close.withheld == "quiet" and number < close.count)
    return report.check("ballots", fits, ballots=number)


def _sealed(case: _Case, raw: bytes) -> bool:
    wanted, strange = set(case.chain.standing), 0

    def ballots() -> Iterator[tuple[str, bytes]]:
        nonlocal strange
        for hashed, area, sealed in export.read_sealed(case.manifest, raw):
            strange += hashed not in wanted
            wanted.discard(hashed)
            if own and receipt(hashed) in own:
                own[receipt(hashed)] = opener.look(sealed, area)
            yield area, sealed

    key = bytes.fromhex(case.chain.key.seal) if case.chain.key else bytes(32)
    opener, own, counted = Opener(case.manifest, key), case.report.own, case.counted
    counted.online, counted.spoiled = open_all(case.manifest, key, ballots())
    same = case.report.check("ballots", not wanted and not strange, ballots=len(case.chain.standing))
    case.report.check("opened", ok=True, ballots=counted.online.total(), spoiled=counted.spoiled.total())
    return same


def _paper(case: _Case) -> bool:
    report, papers, raw = case.report, case.chain.papers, case.files[PAPER]
    case.counted.spoiled_paper = sum(batch.spoiled for batch in papers.values())
    if not case.countable:
        return report.check("paper", raw == b"", stations=len(papers))
    told = {name: (batch.area, batch.ballots, batch.count) for name, batch in papers.items()}
    found: dict[str, tuple[str, str, int]] = {}
    try:
        for batch, area, fingerprint, choices in export.read_paper(case.manifest, raw):
            found[batch] = (area, fingerprint, len(choices))
            case.counted.paper += pile((area, choice) for choice in choices)
    except BadExport as wrong:
        return report.check("paper", ok=False, why=str(wrong))
    return report.check("paper", found == told, stations=len(found), ballots=case.counted.paper.total())


def _count(case: _Case, told: Result) -> None:
    report, files = case.report, case.files
    names = ((RESULTS, told.results), (PAPER, told.paper), (BALLOTS, told.ballots))
    if any(canonical.digest(files[name]) != hashed for name, hashed in names):
        report.check("counted", ok=False, why="unvouched")
        return
    if not case.countable:
        report.check("counted", None, case.close.withheld)
        return
    try:
        data = results.results(case.manifest, case.close, case.counted, case.chain.lot)
    except TieIn as tie:
        report.check("counted", ok=False, why=str(tie))
        return
    report.results = data
    number, same = case.counted.pile.total(), results.to_bytes(data) == files[RESULTS]
    report.check("counted", same, ballots=number, winners=results.winners(data))
    made = tables(case.manifest, case.counted, data)
    wrong = sorted(name for name, content in made.items() if files.get(name) != content)
    report.check("tables", not wrong, ", ".join(wrong), names=sorted(made))


def quiet_opened(manifest: Manifest, private: bytes, sealed: bytes) -> Counted:
    """For the observers of a quiet poll, who may see the sealed ballots and the key: the ballots, opened.

    Raises BadExport for a damaged file, ValueError for another poll's key.
    """
    if not keys.opens_seal(private, manifest.seal):
        raise ValueError("this key does not open this poll")
    rows = ((area, envelope) for _, area, envelope in export.read_sealed(manifest, sealed))
    ballots, spoiled = open_all(manifest, private, rows)
    return Counted(online=ballots, spoiled=spoiled)
