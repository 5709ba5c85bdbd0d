"""What the entries of a board say: one record per type. Unknown or missing fields are refused by `records.unpack`.

Times are UTC texts. `officers` are two names with their offices, as the audit of the console has them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballots.manifest import LotKind, Manifest


@dataclass(frozen=True)
class Open:
    """Entry 0: the rules. `certificate` is auth's signature over `keys.certificate`; `rehearsal` the commitment of the
    test ballot that the holders opened."""

    manifest: Manifest
    auth: str
    board: str
    certificate: str
    rehearsal: str
    officers: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Checkpoint:
    """New and replaced ballots since the last one, by hash, sorted. `count` and `root` are over all that now stand.

    Replaced ones may never have stood on the board (cast and replaced between two checkpoints). Only the day is told.
    """

    added: tuple[str, ...]
    superseded: tuple[str, ...]
    count: int
    root: str
    day: str


@dataclass(frozen=True)
class Extend:
    """Voting ends later than the manifest says."""

    closes: str
    reason: str
    officers: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Cancel:
    """The poll ends without a result."""

    reason: str
    officers: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Close:
    """Voting has ended. `online` persons of the roll voted in LINE, `paper` were handed a paper ballot, of `roll`
    persons and `households`; `turnout` gives persons who voted per area (small cells left out).

    `withheld` says why single ballots will not be published (`count.withheld`), or is empty.
    """

    count: int
    root: str
    online: int
    paper: int
    roll: int
    roll_fingerprint: str
    households: int
    turnout: dict[str, int]
    officers: tuple[str, ...]
    at: str
    households_voted: int = 0
    withheld: str = ""


@dataclass(frozen=True)
class LinkKeyDestroyed:
    """K_link, whose SHA-256 this is, no longer exists: from here on nobody can connect persons and ballots."""

    commit: str
    officers: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class PaperBatch:
    """One station's paper ballots. `ballots` is the fingerprint of its line in paper.jsonl; `sheet` the SHA-256 of the
    photograph of its tally sheet. envelopes = count + spoiled."""

    batch: str
    station: str
    area: str
    envelopes: int
    count: int
    spoiled: int
    sheet: str
    ballots: str
    entered_by: str
    checked_by: str
    at: str


@dataclass(frozen=True)
class Key:
    """The private half of the seal (open mode only): from here on everybody can open every ballot."""

    seal: str
    holders: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Tiebreak:
    """The lot. public_random: `value` is the number, as published; draw: `order` are all options, the first drawn
    first, drawn before `witnesses`."""

    kind: LotKind
    value: str
    order: tuple[str, ...]
    source: str
    witnesses: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Result:
    """The outcome, by the SHA-256 of results.json, of paper.jsonl, and of ballots.bin. `signature` is auth's over
    `board.result_claim`."""

    results: str
    paper: str
    ballots: str
    signature: str
    officers: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Countersign:
    """An observer of the ประชาคม saw the closing or the count. `key` and `signature` (over `board.witness_claim`) may
    be empty: then the signed paper is what counts, and `sheet` is the SHA-256 of its photograph."""

    name: str
    role: str
    statement: str
    key: str
    signature: str
    sheet: str
    at: str


Body = (
    Open | Checkpoint | Extend | Cancel | Close | LinkKeyDestroyed | PaperBatch | Key | Tiebreak | Result | Countersign
)

#: The name of each type on the board.
TYPES: dict[str, type[Body]] = {
    "open": Open,
    "checkpoint": Checkpoint,
    "extend": Extend,
    "cancel": Cancel,
    "close": Close,
    "link_key_destroyed": LinkKeyDestroyed,
    "paper_batch": PaperBatch,
    "key": Key,
    "tiebreak": Tiebreak,
    "result": Result,
    "countersign": Countersign,
}
NAMES = {kind: name for name, kind in TYPES.items()}
