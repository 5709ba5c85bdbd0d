"""The files that anybody may download, and their reading: nothing in them says who voted what.

| file          | what                                                                            |
| manifest.json | the rules, as entry 0 of the board has them                                     |
| board.jsonl   | the board, one entry a line                                                     |
| head.json     | where the board ends, signed                                                    |
| ballots.bin   | the sealed ballots, sorted by hash; in quiet mode the opened choices; or none   |
| paper.jsonl   | the paper ballots of every station, sorted                                      |
| results.json  | the outcome                                                                     |
| result.pb     | budgets: for Pabulib's software and `songsiang tally` (`tables.py`)             |
| result.csv    | for spreadsheets (`tables.py`)                                                  |
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ballots import canonical
from ballots.board import Entry
from ballots.choices import Choice, plain, read_choice
from ballots.manifest import Kind, Manifest
from ballots.manifest import to_bytes as manifest_bytes
from ballots.sealing import ballot_hash, ciphertext_size
from ballots.tally.count import Pile

MANIFEST, BOARD, HEAD = "manifest.json", "board.jsonl", "head.json"
BALLOTS, PAPER, RESULTS = "ballots.bin", "paper.jsonl", "results.json"
#: A zip of the same files is the same bytes: ZIP's own beginning of time.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


class BadExport(ValueError):
    """A file of an export is not what it should be. The message says where."""


# -- ballots.bin -------------------------------------------------------------------------------------------------------


def ballots_bin(manifest: Manifest, ballots: Iterable[tuple[str, bytes]]) -> bytes:
    """Open mode: all sealed ballots (area, bytes), sorted by hash."""
    areas = [area.id for area in manifest.areas]
    rows = sorted((ballot_hash(sealed, area), area, sealed) for area, sealed in ballots)
    head = _header(manifest, "sealed", len(rows))
    return b"".join([head, *(_mark(areas, area) + sealed for _, area, sealed in rows)])


def quiet_bin(manifest: Manifest, pile: Pile) -> bytes:
    """Quiet mode: every opened choice with its area, sorted; nothing connects them with the hashes on the board."""
    lines = [
        line
        for (area, choice), number in pile.items()
        for line in [canonical.dumps({"area": area, "choice": _choice_data(manifest, choice)}) + b"\n"] * number
    ]
    return _header(manifest, "opened", len(lines)) + b"".join(sorted(lines))


def withheld_bin(manifest: Manifest, count: int) -> bytes:
    """Too few ballots: only their number."""
    return _header(manifest, "withheld", count)


def read_sealed(manifest: Manifest, raw: bytes) -> Iterator[tuple[str, str, bytes]]:
    """(hash, area, sealed bytes) of every ballot. Raises BadExport for anything `ballots_bin` writes differently."""
    count, body = _read_header(manifest, raw, "sealed")
    areas, size = [area.id for area in manifest.areas], ciphertext_size(manifest)
    step = size + (1 if areas else 0)
    if len(body) != count * step:
        raise BadExport(f"{BALLOTS}: the number of ballots and the length of the file do not agree")
    last = ""
    for start in range(0, len(body), step):
        row = bytes(body[start : start + step])
        if areas and row[0] >= len(areas):
            raise BadExport(f"{BALLOTS}: an unknown area")
        area, sealed = (areas[row[0]], row[1:]) if areas else ("", row)
        hashed = ballot_hash(sealed, area)
        if hashed <= last:
            raise BadExport(f"{BALLOTS}: the ballots are not sorted, or one stands twice")
        last = hashed
        yield hashed, area, sealed


def read_quiet(manifest: Manifest, raw: bytes) -> Iterator[tuple[str, Choice]]:
    """(area, choice) of every ballot of a quiet poll. Raises BadExport."""
    count, body = _read_header(manifest, raw, "opened")
    lines = bytes(body).split(b"\n")
    if lines.pop() != b"" or len(lines) != count or lines != sorted(lines):
        raise BadExport(f"{BALLOTS}: the opened ballots are not {count} sorted lines")
    for line in lines:
        try:
            data = canonical.loads(line)
            if data.keys() != {"area", "choice"}:
                raise BadExport(f"{BALLOTS}: a ballot has other fields")
            yield data["area"], read_choice(manifest, data["choice"], data["area"])
        except (ValueError, TypeError, AttributeError) as wrong:
            raise BadExport(f"{BALLOTS}: {wrong}") from None


def read_withheld(manifest: Manifest, raw: bytes) -> int:
    """The number of ballots that are not published. Raises BadExport."""
    count, body = _read_header(manifest, raw, "withheld")
    if body:
        raise BadExport(f"{BALLOTS}: ballots where none should be")
    return count


def _header(manifest: Manifest, kind: str, count: int) -> bytes:
    return canonical.dumps({"v": 1, "poll": manifest.poll, "kind": kind, "count": count}) + b"\n"


def _read_header(manifest: Manifest, raw: bytes, kind: str) -> tuple[int, memoryview]:
    line, _, _ = raw[:400].partition(b"\n")
    try:
        count = canonical.loads(line)["count"]
    except (ValueError, KeyError, TypeError):
        raise BadExport(f"{BALLOTS}: the first line is damaged") from None
    if type(count) is not int or _header(manifest, kind, count) != line + b"\n":
        raise BadExport(f"{BALLOTS}: the first line belongs to another poll or kind")
    return count, memoryview(raw)[len(line) + 1 :]


def _mark(areas: list[str], area: str) -> bytes:
    return bytes([areas.index(area)]) if areas else b""


# -- paper.jsonl -------------------------------------------------------------------------------------------------------


def paper_line(batch: str, area: str, choices: Iterable[Choice]) -> dict[str, Any]:
    """One station's ballots, sorted; `canonical.fingerprint` of it stands on the board."""
    ballots = sorted((plain(choice) for choice in choices), key=canonical.dumps)
    return {"batch": batch, "area": area, "ballots": ballots}


def paper_jsonl(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """The stations' lines, sorted by batch."""
    return b"".join(canonical.dumps(line) + b"\n" for line in sorted(lines, key=lambda line: str(line["batch"])))


def read_paper(manifest: Manifest, raw: bytes) -> Iterator[tuple[str, str, str, list[Choice]]]:
    """(batch, area, fingerprint, choices) of every station. Raises BadExport."""
    lines = raw.split(b"\n")
    if lines.pop() != b"":
        raise BadExport(f"{PAPER}: the last line has no end")
    last = ""
    for line in lines:
        try:
            data = canonical.loads(line)
            if data.keys() != {"batch", "area", "ballots"} or data["batch"] <= last:
                raise BadExport(f"{PAPER}: other fields, or not sorted")
            choices = [read_choice(manifest, choice, data["area"]) for choice in data["ballots"]]
            if data != paper_line(data["batch"], data["area"], choices):
                raise BadExport(f"{PAPER}: the ballots of a station are not sorted")
        except (ValueError, TypeError, AttributeError) as wrong:
            raise BadExport(f"{PAPER}: {wrong}") from None
        last = data["batch"]
        yield data["batch"], data["area"], canonical.digest(line), choices


# -- all together ------------------------------------------------------------------------------------------------------


def board_jsonl(entries: Iterable[Entry]) -> bytes:
    """The board, one entry a line."""
    return b"".join(entry.line() + b"\n" for entry in entries)


def running(manifest: Manifest, entries: Iterable[Entry], head: bytes) -> dict[str, bytes]:
    """What can be downloaded before there is a result."""
    return {MANIFEST: manifest_bytes(manifest), BOARD: board_jsonl(entries), HEAD: head}


def ballots_file(manifest: Manifest, reason: str, sealed: Iterable[tuple[str, bytes]], online: Pile) -> bytes:
    """ballots.bin as it has to be after closing with this reason to withhold (`count.withheld`)."""
    if not reason:
        return ballots_bin(manifest, sealed)
    return quiet_bin(manifest, online) if reason == "quiet" else withheld_bin(manifest, sum(1 for _ in sealed))


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip; the same files always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for name in sorted(files):
            zipped.writestr(zipfile.ZipInfo(name, _NO_TIME), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _choice_data(manifest: Manifest, choice: tuple[Any, ...]) -> object:
    return dict(choice) if manifest.kind in (Kind.SCORE, Kind.BUDGET_POINTS) else list(choice)
