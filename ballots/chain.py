"""Follows a board from its first entry and says everything that is wrong with it.

`Chain.take` judges one entry after the other, so that the server can ask before it writes and a verifier can read a
file of any length. `findings.py` names what can be wrong; `verify_texts.py` puts it into Thai.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ballots import canonical, keys, merkle
from ballots.board import (
    BEGINNING,
    BadEntry,
    Entry,
    hash_of,
    read_line,
    result_claim,
    signed,
    witness_claim,
)
from ballots.entries import (
    Body,
    Cancel,
    Checkpoint,
    Close,
    Countersign,
    Extend,
    Key,
    LinkKeyDestroyed,
    Open,
    PaperBatch,
    Result,
    Tiebreak,
)
from ballots.findings import Finding
from ballots.manifest import LotKind, Manifest, Mode, manifest_hash
from ballots.requirements import problems
from ballots.tally.count import may_withhold
from ballots.tally.ties import is_number


class Chain:
    """A board, as far as it was followed. `findings` stays empty on a sound one."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.last: Entry | None = None
        self.open: Open | None = None
        self.closes = ""
        self.standing: set[str] = set()
        self.superseded: set[str] = set()
        self.checkpoints = 0
        self.cancelled: Cancel | None = None
        self.closed: Close | None = None
        self.unlinked = False
        self.papers: dict[str, PaperBatch] = {}
        self.key: Key | None = None
        self.lot: Tiebreak | None = None
        self.result: Result | None = None
        self.witnesses: list[Countersign] = []
        self._small: int | None = None

    @property
    def manifest(self) -> Manifest | None:
        """The rules, once entry 0 was read."""
        return self.open.manifest if self.open else None

    @property
    def sound(self) -> bool:
        """Whether nothing was found so far."""
        return not self.findings

    def take(self, entry: Entry) -> None:
        """Judge the next entry and remember what it says. Whatever is wrong goes to `findings`."""
        self._linked(entry)
        try:
            body = entry.read()
        except ValueError as wrong:
            self.last = entry
            return self._wrong("body", entry, str(wrong))
        if isinstance(body, Open) == (self.open is not None):
            self._wrong("phase", entry)
        elif isinstance(body, Open):
            self._opened(entry, body)
        else:
            self._heard(entry, body)
        self._authentic(entry)
        self.last = entry
        return None

    # -- the chain itself ----------------------------------------------------------------------------------------------

    def _wrong(self, code: str, entry: Entry | None, detail: str = "") -> None:
        self.findings.append(Finding(code, entry.seq if entry else -1, detail))

    def _linked(self, entry: Entry) -> None:
        seq, prev = (self.last.seq + 1, self.last.hash) if self.last else (0, BEGINNING)
        if entry.seq != seq:
            self._wrong("order", entry, f"{seq}")
        if entry.prev != prev:
            self._wrong("chain", entry)
        if hash_of(entry) != entry.hash:
            self._wrong("hash", entry)

    def _authentic(self, entry: Entry) -> None:
        if self.open is None or not signed(entry, self.open.board):
            self._wrong("signature", entry)

    def _opened(self, entry: Entry, body: Open) -> None:
        manifest = body.manifest
        claim = keys.certificate(manifest.poll, manifest_hash(manifest), body.board)
        if not keys.signed_by(body.auth, claim, body.certificate):
            self._wrong("certificate", entry)
        wrong = problems(manifest)
        if wrong:
            self._wrong("manifest", entry, ", ".join(wrong))
        self.open, self.closes = body, manifest.closes

    # -- what may follow what ------------------------------------------------------------------------------------------

    def _heard(self, entry: Entry, body: Body) -> None:
        if not self._in_phase(body):
            self._wrong("phase", entry, entry.type)
        if self._small is not None and not isinstance(body, Close):
            self._wrong("small_batch", self.last, str(self._small))
        self._small = None
        for kind, judge in self._judges():
            if isinstance(body, kind):
                judge(entry, body)

    def _in_phase(self, body: Body) -> bool:
        if isinstance(body, Countersign):
            return self.closed is not None and not self.cancelled
        if self.cancelled or self.result:
            return False
        if isinstance(body, Cancel):
            return True
        if isinstance(body, Checkpoint | Extend | Close):
            return self.closed is None
        if isinstance(body, LinkKeyDestroyed | PaperBatch):
            late = self.unlinked if isinstance(body, LinkKeyDestroyed) else self.key is not None
            return self.closed is not None and not late  # paper that is typed when the count is known could decide it
        if isinstance(body, Key):
            return self.unlinked and self.key is None and not self.withheld
        if isinstance(body, Tiebreak):
            return self.unlinked and self.lot is None
        return self.unlinked and (self.key is not None or self.withheld)

    @property
    def withheld(self) -> bool:
        """Whether single ballots, and the key to them, are not published (quiet mode, or too few ballots)."""
        quiet = self.manifest is not None and self.manifest.mode == Mode.QUIET
        return quiet or (self.closed is not None and bool(self.closed.withheld))

    def _judges(self) -> tuple[tuple[type[Body], Callable[[Entry, object], None]], ...]:
        judges: tuple[tuple[type[Body], Callable[..., None]], ...] = (
            (Checkpoint, self._checkpoint),
            (Extend, self._extend),
            (Cancel, self._cancel),
            (Close, self._close),
            (LinkKeyDestroyed, self._link_key),
            (PaperBatch, self._paper),
            (Key, self._key),
            (Tiebreak, self._lot),
            (Result, self._result),
            (Countersign, self._witness),
        )
        return judges

    # -- each type -----------------------------------------------------------------------------------------------------

    def _checkpoint(self, entry: Entry, body: Checkpoint) -> None:
        added, gone = set(body.added), set(body.superseded)
        for hashes in (body.added, body.superseded):
            if list(hashes) != sorted(set(hashes)) or not all(canonical.is_hex(hashed, 32) for hashed in hashes):
                self._wrong("unsorted", entry)
        if added & (self.standing | self.superseded | gone):
            self._wrong("twice", entry)
        if gone & self.superseded:
            self._wrong("unknown_ballot", entry)
        self.standing = (self.standing - gone) | added
        self.superseded |= gone
        self._agrees(entry, body.count, body.root)
        self.checkpoints += 1
        if self.manifest and len(added) < self.manifest.min_batch:
            self._small = len(added)

    def _agrees(self, entry: Entry, count: int, root: str) -> None:
        if count != len(self.standing):
            self._wrong("count", entry, f"{count} != {len(self.standing)}")
        try:
            if root != merkle.root(sorted(self.standing)):
                self._wrong("root", entry)
        except ValueError:
            self._wrong("root", entry)

    def _extend(self, entry: Entry, body: Extend) -> None:
        if body.closes <= self.closes:
            self._wrong("times", entry)
        if self.manifest and not self.manifest.ties.still_secret(body.closes):
            self._wrong("times", entry, "the lot is known before the end")
        self.closes = body.closes

    def _cancel(self, entry: Entry, body: Cancel) -> None:
        self.cancelled = body

    def _close(self, entry: Entry, body: Close) -> None:
        self._agrees(entry, body.count, body.root)
        if body.at < self.closes:
            self._wrong("times", entry, f"{body.at} < {self.closes}")
        if body.count != body.online:
            self._wrong("count", entry, f"{body.count} ballots, {body.online} voters")
        if body.online + body.paper > body.roll or min(body.online, body.paper) < 0:
            self._wrong("count", entry, "more voters than persons on the roll")
        if sum(body.turnout.values()) > body.online + body.paper:
            self._wrong("count", entry, "turnout by area")
        if self.manifest and not may_withhold(self.manifest, body.withheld, body.online + body.paper):
            self._wrong("withheld", entry, body.withheld)
        self.closed = body

    def _link_key(self, entry: Entry, body: LinkKeyDestroyed) -> None:
        if self.manifest and body.commit != self.manifest.link_commit:
            self._wrong("link_key", entry)
        self.unlinked = True

    def _paper(self, entry: Entry, body: PaperBatch) -> None:
        if (
            body.batch in self.papers
            or body.envelopes != body.count + body.spoiled
            or min(body.count, body.spoiled) < 0
        ):
            self._wrong("paper", entry, body.batch)
        if body.entered_by == body.checked_by:
            self._wrong("paper", entry, "one person entered and checked")
        if self.closed and sum(p.envelopes for p in (*self.papers.values(), body)) > self.closed.paper:
            self._wrong("paper", entry, "more paper ballots than were handed out")
        self.papers[body.batch] = body

    def _key(self, entry: Entry, body: Key) -> None:
        manifest = self.manifest
        sound = canonical.is_hex(body.seal, 32)
        if not manifest or not sound or not keys.opens_seal(bytes.fromhex(body.seal), manifest.seal):
            self._wrong("seal_key", entry)
        self.key = body

    def _lot(self, entry: Entry, body: Tiebreak) -> None:
        manifest = self.manifest
        if manifest is None:
            return
        everything = body.kind == LotKind.PUBLIC_RANDOM or sorted(body.order) == sorted(o.id for o in manifest.options)
        told = is_number(body.value) if body.kind == LotKind.PUBLIC_RANDOM else bool(body.witnesses)
        if body.kind != manifest.ties.lot or not everything or not told:
            self._wrong("lot", entry)
        if body.kind == LotKind.PUBLIC_RANDOM and body.source != manifest.ties.random_source:
            self._wrong("lot", entry, "source")
        if body.kind == LotKind.PUBLIC_RANDOM and body.at[:10] < manifest.ties.random_date:
            self._wrong("lot", entry, "before its day")
        self.lot = body

    def _result(self, entry: Entry, body: Result) -> None:
        if self.open:
            claim = result_claim(self.open.manifest.poll, entry.prev, body.results, body.paper, body.ballots)
            if not keys.signed_by(self.open.auth, claim, body.signature):
                self._wrong("result_signature", entry)
        self.result = body

    def _witness(self, entry: Entry, body: Countersign) -> None:
        if self.open and body.key:
            claim = witness_claim(self.open.manifest.poll, entry.prev, body.name, body.statement)
            if not keys.signed_by(body.key, claim, body.signature):
                self._wrong("witness", entry, body.name)
        self.witnesses.append(body)


def follow(entries: Iterable[Entry]) -> Chain:
    """Judge entries in order."""
    chain = Chain()
    for entry in entries:
        chain.take(entry)
    return chain


def follow_file(raw: bytes) -> Chain:
    """Judge a board.jsonl: entries in canonical form, each on a line with its end."""
    chain = Chain()
    lines = raw.split(b"\n")
    if lines.pop() != b"":
        chain.findings.append(Finding("entry", len(lines), "the last line has no end"))
    for number, line in enumerate(lines):
        try:
            chain.take(read_line(line))
        except BadEntry as wrong:
            chain.findings.append(Finding("entry", number, str(wrong)))
    if not lines:
        chain.findings.append(Finding("entry", 0, "the board is empty"))
    return chain


def later_than(now: bytes, earlier: bytes) -> bool:
    """Whether a board.jsonl saved earlier is a prefix of today's: nothing was rewritten (Belenios' verify-diff)."""
    return now.startswith(earlier) and (not earlier or earlier.endswith(b"\n"))
