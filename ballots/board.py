"""The public board (กระดานประกาศ): signed entries, each holding the hash of the one before.

`hash = SHA-256(canonical {seq, type, prev, body})`, `sig = Ed25519(hash)` by the poll's board key, `prev` of entry 0 is
64 zeros (voting.md §4.3). One entry is one line of board.jsonl. `chain.py` follows and judges a whole board.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ballots import canonical, keys, merkle
from ballots.entries import NAMES, TYPES, Body, Checkpoint, Open
from ballots.manifest import Manifest, manifest_hash
from ballots.records import pack, unpack

#: What entry 0 is built upon.
BEGINNING = "0" * 64


class BadEntry(ValueError):
    """This line is no entry of a board."""


@dataclass(frozen=True)
class Entry:
    """One entry. `body` is plain data, as it was hashed."""

    seq: int
    type: str
    prev: str
    body: dict[str, Any]
    hash: str
    sig: str

    def line(self) -> bytes:
        """The line of board.jsonl, without its end."""
        return canonical.dumps(pack(self))

    def read(self) -> Body:
        """The body as a record. Raises BadRecord or BadEntry."""
        if self.type not in TYPES:
            raise BadEntry(f"entry {self.seq}: unknown type {self.type}")
        return unpack(TYPES[self.type], self.body)


def append(last: Entry | None, body: Body, board_key: bytes) -> Entry:
    """The next entry after `last`, signed with the board key (Ed25519 seed)."""
    seq, prev = (last.seq + 1, last.hash) if last else (0, BEGINNING)
    return _sign(seq, NAMES[type(body)], prev, pack(body), board_key)


def _sign(seq: int, kind: str, prev: str, body: object, board_key: bytes) -> Entry:
    content = canonical.loads(canonical.dumps({"seq": seq, "type": kind, "prev": prev, "body": body}))
    return Entry(seq, kind, prev, content["body"], canonical.fingerprint(content), keys.sign(board_key, content))


def open_body(
    manifest: Manifest, auth_key: bytes, board_key: bytes, rehearsal: str, officers: tuple[str, ...], at: str
) -> Open:
    """Entry 0's body; `auth_key` signs that this board key belongs to these rules."""
    board = keys.verify_key(board_key)
    signature = keys.sign(auth_key, keys.certificate(manifest.poll, manifest_hash(manifest), board))
    return Open(manifest, keys.verify_key(auth_key), board, signature, rehearsal, officers, at)


def checkpoint_body(added: Iterable[str], superseded: Iterable[str], standing: Iterable[str], day: str) -> Checkpoint:
    """A checkpoint. `standing` are the hashes of all ballots that count now; `day` is “2026-11-02”."""
    now = sorted(standing)
    return Checkpoint(tuple(sorted(added)), tuple(sorted(superseded)), len(now), merkle.root(now), day)


def result_claim(poll: str, head: str, results: str, paper: str, ballots: str) -> dict[str, str]:
    """What auth signs for a `result`: these files, after the board's entry with the hash `head`."""
    names = {"purpose": "songsiang result v1", "poll": poll, "head": head}
    return {**names, "results": results, "paper": paper, "ballots": ballots}


def witness_claim(poll: str, head: str, name: str, statement: str) -> dict[str, str]:
    """What an observer signs: this statement, after the board's entry with the hash `head`."""
    return {"purpose": "songsiang witness v1", "poll": poll, "head": head, "name": name, "statement": statement}


def head_of(poll: str, last: Entry, board_key: bytes) -> bytes:
    """head.json of an export: the last entry's number and hash, signed, so that a board cut short shows."""
    claim = _head_claim(poll, last.seq, last.hash)
    return canonical.dumps({**claim, "sig": keys.sign(board_key, claim)})


def read_head(raw: bytes, poll: str, board_public: str) -> tuple[int, str]:
    """Number and hash in head.json. Raises BadEntry."""
    try:
        data = canonical.loads(raw)
        claim = _head_claim(poll, data["seq"], data["hash"])
        sound = data == {**claim, "sig": data["sig"]} and keys.signed_by(board_public, claim, data["sig"])
    except (ValueError, TypeError, KeyError):
        raise BadEntry("head.json is damaged") from None
    if not sound:
        raise BadEntry("head.json is not signed by this board")
    return data["seq"], data["hash"]


def _head_claim(poll: str, seq: int, hashed: str) -> dict[str, Any]:
    return {"purpose": "songsiang head v1", "poll": poll, "seq": seq, "hash": hashed}


def read_line(line: bytes) -> Entry:
    """An entry from one line, hash not yet checked. Raises BadEntry, also for a line written otherwise."""
    try:
        data = canonical.loads(line)
        return unpack_entry(data)
    except ValueError as wrong:
        raise BadEntry(str(wrong)) from None


def unpack_entry(data: object) -> Entry:
    """An entry from plain data. Raises BadEntry."""
    if not isinstance(data, dict) or data.keys() != {"seq", "type", "prev", "body", "hash", "sig"}:
        raise BadEntry("an entry has seq, type, prev, body, hash and sig")
    texts = (data["type"], data["prev"], data["hash"], data["sig"])
    if type(data["seq"]) is not int or not isinstance(data["body"], dict) or not all(isinstance(t, str) for t in texts):
        raise BadEntry("a field of an entry has another type")
    return Entry(**data)


def hash_of(entry: Entry) -> str:
    """What the entry's hash has to be."""
    return canonical.fingerprint(_content(entry))


def signed(entry: Entry, board_public: str) -> bool:
    """Whether the poll's board key signed this entry."""
    return keys.signed_by(board_public, _content(entry), entry.sig)


def _content(entry: Entry) -> dict[str, Any]:
    return {"seq": entry.seq, "type": entry.type, "prev": entry.prev, "body": entry.body}
