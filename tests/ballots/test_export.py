"""An export is checked at home: a sound one passes, and invariant 2: no changed bit, no moved, missing or foreign part
passes. Invariant 15: `verify.py` needs PyNaCl only."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nacl
import pytest

from ballots import audit as audit_module
from ballots import canonical, export, keys, pabulib
from ballots.audit import audit
from ballots.board import BadEntry, hash_of, read_line
from ballots.bundle import modules, source, verify_source
from ballots.manifest import Counting, Kind, Mode, Option, Rule
from ballots.sealing import Opened, receipt
from ballots.verify import lines, main
from ballots.verify_texts import CHECKS, FINDINGS
from tests.ballots.polls import Played, manifest, random_choice, villages

EVERYBODY = ("p1", "p2", "p3", "p4", "p5")


def played(kind: Kind = Kind.BUDGET_APPROVAL, voters: int = 30, seed: int = 3, **changes: object) -> Played:
    """A poll in which everybody has voted, some twice."""
    poll, luck = Played(manifest(kind, **changes), drawn=EVERYBODY), random.Random(seed)  # type: ignore[arg-type]
    poll.open()
    areas = [area.id for area in poll.manifest.areas] or [""]
    for place, voter in enumerate([*range(voters), *range(0, voters, 4)]):
        area = areas[voter % len(areas)]
        poll.cast(f"v{voter}", random_choice(poll.manifest, luck, area), area)
        if place == 24:
            poll.checkpoint()
    return poll


def sound(files: dict[str, bytes]) -> bool:
    return audit(files).sound


@pytest.mark.parametrize("kind", Kind)
def test_a_sound_export_passes_every_check(kind: Kind) -> None:
    poll = played(kind, voters=60)
    files = poll.export({"ศาลา 1": ("", [random_choice(poll.manifest, random.Random(n)) for n in range(12)])})
    report = audit(files)
    assert [(check.name, check.ok) for check in report.checks] == [
        (c, True) for c in CHECKS if c not in ("since", "auth")
    ]
    assert report.results is not None
    assert report.results["ballots"] == {"online": 60, "paper": 12}
    assert report.results["by_origin"] is not None


def test_areas_are_counted_by_themselves() -> None:
    made = manifest(Kind.BUDGET_APPROVAL, count=5, areas=villages(), per_area=True, budget=0)
    first, *rest = made.options
    made = replace(made, options=(replace(first, areas=("m1",)), *rest))
    poll, luck = Played(made, drawn=EVERYBODY), random.Random(5)
    poll.open()
    for voter in range(60):
        area = f"m{voter % 2 + 1}"
        poll.cast(f"v{voter}", random_choice(made, luck, area), area)
    report = audit(poll.export())
    assert report.sound
    assert report.results is not None
    assert [contest["area"] for contest in report.results["contests"]] == ["m1", "m2"]
    assert "p1" not in report.results["contests"][1]["options"]


def test_ballots_stay_hidden_where_one_village_has_few() -> None:
    poll, luck = Played(manifest(Kind.APPROVAL, areas=villages()), drawn=EVERYBODY), random.Random(5)
    poll.open()
    for voter in range(40):
        area = "m1" if voter else "m2"
        poll.cast(f"v{voter}", random_choice(poll.manifest, luck, area), area)
    files = poll.export()
    report = audit(files)
    assert report.sound
    assert [check.why for check in report.checks if check.ok is None] == ["few_in_area", "few_in_area"]
    assert len(files[export.BALLOTS]) < 200
    assert json.loads(files[export.RESULTS])["by_area"] is None


def test_a_quiet_poll_is_counted_without_the_key() -> None:
    poll = played(Kind.RANKED, mode=Mode.QUIET)
    files = poll.export()
    assert sound(files)
    assert all(sealed not in files[export.BALLOTS] for _, sealed in poll.standing.values())
    assert poll.private.hex().encode() not in files[export.BOARD]
    lines = files[export.BALLOTS].splitlines()[1:]
    assert lines == sorted(lines)
    changed = dict(files)
    changed[export.BALLOTS] = files[export.BALLOTS].replace(lines[0], lines[-1], 1)
    assert not sound(changed)


def flipped(raw: bytes, place: int) -> bytes:
    """One bit of one byte changed; over a file, every bit has its turn."""
    changed = bytearray(raw)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


def test_2_a_forgery_signed_throughout_has_another_key() -> None:
    poll = played()
    forged = Played(poll.manifest, auth=b"\x21" * 32, board=b"\x22" * 32, drawn=EVERYBODY)
    forged.open()
    for voter in range(40):
        forged.cast(f"v{voter}", ("p1",))
    files = forged.export()
    announced = keys.verify_key(poll.auth)
    assert audit(files).sound, "by itself nothing tells"
    assert not audit(files, auth=announced).sound
    assert audit(poll.export(), auth=f" {announced.upper()}").sound


def test_2_no_changed_bit_of_any_file_passes() -> None:
    files = played(Kind.CHOOSE_ONE, voters=30).export()
    assert sound(files)
    luck = random.Random(2)
    for name, raw in files.items():
        for place in luck.sample(range(len(raw)), min(60, len(raw))):
            assert not sound({**files, name: flipped(raw, place)}), f"{name}, byte {place}"


def test_2_no_changed_byte_of_the_board_passes() -> None:
    for entry in played(Kind.CHOOSE_ONE, voters=30).entries:
        line = entry.line()
        for place in range(len(line)):
            try:
                changed = read_line(flipped(line, place))
            except BadEntry:
                continue
            known = (changed.seq, changed.prev, changed.hash, changed.sig) == (
                entry.seq,
                entry.prev,
                entry.hash,
                entry.sig,
            )
            assert not known or hash_of(changed) != changed.hash, f"entry {entry.seq}, byte {place}"


def test_2_no_changed_byte_of_a_ballot_passes() -> None:
    poll = played(Kind.CHOOSE_ONE, voters=30)
    raw = poll.export()[export.BALLOTS]
    for place in range(len(raw)):
        try:
            found = {hashed for hashed, _, _ in export.read_sealed(poll.manifest, flipped(raw, place))}
        except export.BadExport:
            continue
        assert found != set(poll.standing), f"byte {place}"


def test_2_cut_doubled_swapped_replayed_and_resigned_files_do_not_pass() -> None:
    poll, other = played(seed=3), played(seed=4, poll="banmai-2569")
    files, foreign = poll.export(), other.export()
    assert sound(foreign)
    for name in (export.BOARD, export.MANIFEST, export.BALLOTS, export.RESULTS, export.HEAD):
        assert not sound({**files, name: foreign[name]}), f"{name} of another poll"
        assert not sound({**files, name: files[name][:-1]}), f"{name} cut"
        assert not sound({**files, name: files[name] + b"\n"}), f"{name} longer"
        assert not sound({key: raw for key, raw in files.items() if key != name}), f"{name} missing"
    rows = files[export.BOARD].splitlines(keepends=True)
    for cut in range(1, len(rows)):
        assert not sound({**files, export.BOARD: b"".join(rows[:cut])})
    for place in range(len(rows) - 1):
        swapped = [*rows[:place], rows[place + 1], rows[place], *rows[place + 2 :]]
        assert not sound({**files, export.BOARD: b"".join(swapped)})
        assert not sound({**files, export.BOARD: b"".join([*rows[: place + 1], *rows[place:]])})
    forger = Played(poll.manifest, auth=b"\x21" * 32, board=b"\x22" * 32)
    forger.open()
    assert not sound({**files, export.BOARD: forger.entries[0].line() + b"\n" + b"".join(rows[1:])})


def test_a_ballot_of_another_poll_is_spoiled_and_said_so() -> None:
    poll = played(Kind.CHOOSE_ONE)
    foreign = replace(poll.manifest, poll="another-poll")
    true, poll.manifest = poll.manifest, foreign
    poll.cast("stranger", ("p1",))
    poll.manifest = true
    report = audit(poll.export())
    assert report.sound
    assert report.results is not None
    assert report.results["spoiled"]["online"] == {"poll": 1}


def test_receipts_are_found_replaced_ones_too() -> None:
    poll = Played(manifest(Kind.APPROVAL), drawn=EVERYBODY)
    poll.open()
    first = poll.cast("v0", ("p1",))
    for voter in range(1, 25):
        poll.cast(f"v{voter}", ("p2",))
    poll.checkpoint()
    last = poll.cast("v0", ("p3",), mark="0429")
    files = poll.export()
    report = audit(files, receipts=[receipt(last), receipt(first)])
    assert report.own == {receipt(last): Opened(("p3",), "0429"), receipt(first): None}
    assert "เลขของท่าน: 0429" in "\n".join(lines(report, [receipt(last)], english=False))
    assert report.ballot_of(receipt(last)) == "counted"
    assert report.ballot_of(receipt(first).lower().replace("-", " ")) == "replaced"
    assert report.ballot_of("0000-0000-0000") == "unknown"
    assert report.ballot_of("สวัสดี") == "unreadable"


def test_15_a_copy_saved_earlier_catches_a_rewritten_board(tmp_path: Path) -> None:
    poll = played()
    earlier = export.running(poll.manifest, poll.entries, b"")
    files = poll.export()
    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    old.write_bytes(export.to_zip(earlier))
    new.write_bytes(export.to_zip(files))
    assert main([str(new), "--since", str(old)]) == 0
    rewritten = played(seed=99)
    new.write_bytes(export.to_zip(rewritten.export()))
    assert main([str(new)]) == 0, "sound by itself"
    assert main([str(new), "--since", str(old)]) == 1


def test_15_verify_needs_nothing_but_pynacl(tmp_path: Path) -> None:
    poll = played(voters=40)
    files = poll.export()
    tool, saved, alone = tmp_path / "verify.py", tmp_path / "election.zip", tmp_path / "alone"
    tool.write_text(verify_source(), "utf-8")
    saved.write_bytes(export.to_zip(files))
    alone.mkdir()
    site = Path(nacl.__file__).parent.parent
    # PyNaCl itself, and the cffi it brings along
    for found in [*site.glob("nacl"), *site.glob("cffi"), *site.glob("_cffi_backend*"), *site.glob("pycparser")]:
        (alone / found.name).symlink_to(found)
    environment = {**os.environ, "PYTHONPATH": str(alone), "PYTHONIOENCODING": "utf-8"}
    code = receipt(next(iter(poll.standing)))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", "-P", str(tool), *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    good = run(str(saved), "--receipt", code)
    assert (good.returncode, good.stderr) == (0, "")
    assert "ไม่พบสิ่งผิดปกติ" in good.stdout
    assert f"บัตรของรหัส {code} อยู่ในชุดที่นับ" in good.stdout
    assert poll.entries[-1].hash in good.stdout
    results = files[export.RESULTS].replace(b'"online":40', b'"online":41')
    saved.write_bytes(export.to_zip({**files, export.RESULTS: results}))
    bad = run(str(saved), "--english")
    assert bad.returncode == 1
    assert "do not trust this result" in bad.stdout
    told = json.loads(run(str(saved), "--json").stdout)
    assert told["sound"] is False


def test_15_the_tool_holds_the_sources_of_the_room() -> None:
    text = verify_source()
    assert {"ballots.verify", "ballots.audit", "ballots.tally.shares", "ballots.chain"} <= set(modules())
    for name in modules():
        assert source(name) in text
    foreign = ("flask", "sqlalchemy", "pythainlp", "urllib", "socket", "subprocess")
    assert not [name for name in foreign if f"import {name}" in text]


def test_the_room_needs_the_standard_library_and_pynacl_only() -> None:
    room = Path(audit_module.__file__).parent
    imported = {
        name.split(".")[0]
        for path in room.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _imported(node)
    }
    assert imported - sys.stdlib_module_names == {"ballots", "nacl"}
    assert not imported & {"datetime", "time", "socket", "urllib", "random"}, "no clock, no network, no luck"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_every_check_and_finding_has_words() -> None:
    from ballots.audit import CHECKS as MADE
    from ballots.findings import FINDINGS as FOUND

    assert set(MADE) == set(CHECKS)
    assert set(FOUND) == set(FINDINGS)


def test_17_thai_titles_survive_in_any_form() -> None:
    decomposed = "ปรับปรุงถนน ๑๒๓ สายน้ำใส Cafe\u0301 " + "ก" * 70
    made = manifest(Kind.BUDGET_POINTS, count=3)
    options = (Option("p1", decomposed, cost=100_00), *made.options[1:])
    poll = played(Kind.BUDGET_POINTS, options=options, counting=Counting(Rule.EQUAL_SHARES, step=100))
    poll.drawn = tuple(option.id for option in options)
    files = poll.export()
    assert sound(files)
    election = pabulib.read(files["result.pb"].decode())
    assert election.projects[0].name == canonical.loads(canonical.dumps(decomposed))
    assert "๑๒๓" in election.projects[0].name
    assert "Café" in files["result.csv"].decode("utf-8-sig")


def test_the_pb_file_counts_to_the_same_winners() -> None:
    from ballots.tally.shares import equal_shares
    from ballots.tally.ties import TieBreaker
    from tests.ballots.polls import manifest as make

    counting = Counting(Rule.EQUAL_SHARES, step=100)
    poll = played(Kind.BUDGET_APPROVAL, voters=80, counting=counting, budget=make().budget)
    files = poll.export()
    election = pabulib.read(files["result.pb"].decode())
    ties = TieBreaker(poll.manifest.ties.steps, {}, EVERYBODY)
    again = equal_shares(election.spending(), ties, step=1)
    assert frozenset(again.selected) == election.selected
    assert all(project.votes == election.spending().votes[project.id] for project in election.projects)


def test_a_title_is_no_formula_in_a_spreadsheet() -> None:
    made = manifest(Kind.CHOOSE_ONE, count=2)
    options = (Option("p1", '=HYPERLINK("x")'), made.options[1])
    poll = played(Kind.CHOOSE_ONE, options=options)
    poll.drawn = ("p1", "p2")
    assert "'=HYPERLINK" in poll.export()["result.csv"].decode("utf-8-sig")
