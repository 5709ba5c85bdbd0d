"""Keeps the house tidy: no button without a route, no setting or command without a word, no text unused, no address in
a lock file, no path of somebody's machine in git."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.config import Settings
from handlers import routes
from handlers.answers import plain
from messages import words
from messages.common import DOORS
from messages.counting import LABEL, clusters
from messages.words import Words
from models.town import DEFAULTS

HOUSE = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "messages", "models", "web")
DOCS = (HOUSE / "docs" / "operations.md", HOUSE / "docs" / "staff.md", HOUSE / "README.md")
KNOWN = {"f", "f.edit", *routes.TAPS, *routes.STAFF_TAPS}

#: The question that opens each form; docs/conversations must show it being put.
QUESTIONS = {
    "report": "report.ask_detail",
    "suggest": "suggest.ask",
    "propose": "propose.ask_title",
    "proposal.fix": "propose.ask_words",
    "proposal.withdraw": "support.sure_withdraw",
    "add": "track.ask_words",
    "withdraw": "track.sure_withdraw",
    "rate": "rate.ask",
    "reopen": "rate.ask_reason",
    "moo": "welcome.ask_moo",
    "callback": "help.ask_phone",
    "vote_code": "vote.no_code",
    "vote_check": "vote.check_ask",
    "forward": "staff.ask_forward",
    "staff_ask": "staff.ask_question",
    "staff_answer": "staff.ask_answer",
    "staff_progress": "staff.ask_progress",
    "staff_wait": "staff.ask_wait",
    "staff_done": "staff.ask_after",
    "staff_refuse": "staff.ask_refuse",
}


@cache
def _trees() -> tuple[tuple[Path, ast.Module], ...]:
    paths = [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py")) if "migrations" not in path.parts]
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in paths)


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and name in (_name(node.func), _attribute(node.func)):
                yield path, node


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _attribute(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _first(call: ast.Call) -> str:
    """A call's first argument, when it is a plain text; "" else."""
    found = call.args[0] if call.args else None
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else ""


def _strings() -> set[str]:
    """Every text literal of the code, and the fixed beginnings of those that are put together (ending with …)."""
    found: set[str] = set()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                found.add(f"{node.values[0].value!s}…")
    return found


# -- buttons -----------------------------------------------------------------------------------------------------------


def test_every_packed_route_is_known() -> None:
    literal = [(path, _first(call)) for path, call in _calls("pack") if _first(call)]
    assert len(literal) > 50
    for path, route in literal:
        assert route in KNOWN, f"{path}: a button leads to {route!r}, which nobody handles"
    for door in DOORS:
        assert door in KNOWN


def _moves() -> set[str]:
    """The routes of the buttons on a case's card (messages/staff.py puts them together from the move's name)."""
    calls = [c for p, c in _calls("move") if p == HOUSE / "messages" / "staff.py"]
    return {f"staff.{_first(call)}" for call in calls if _first(call)}


def test_every_move_of_the_card_is_known() -> None:
    assert len(_moves()) >= 9
    assert _moves() <= routes.STAFF_TAPS.keys()


def test_every_route_has_a_button() -> None:
    strings = _strings()
    packed = {_first(call) for _, call in _calls("pack")}
    lists = {name for name in strings if name.startswith("work.")}
    for route in (*routes.TAPS, *routes.STAFF_TAPS):
        assert route in packed | _moves() | lists | set(DOORS), f"nothing leads to {route}"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_buttons_say_is_understood(language: str) -> None:
    w = Words(language)
    said = [call.args[0] for _, call in _calls("say")]
    names = [_first(label) for label in said if isinstance(label, ast.Call) and _first(label)]
    assert len(set(names)) >= 7
    heard = {*routes.WORDS, *routes.STAFF_WORDS, *routes.CANCEL, *routes.BACK}
    for name in names:
        assert plain(w(name)) in heard, f"{name}: nobody understands {w(name)!r}"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_labels_fit_on_their_buttons(language: str) -> None:
    w = Words(language)
    makers = ("tap", "say", "call", "camera", "camera_roll", "location", "button", "edit_button")
    labels = [arg for maker in makers for _, call in _calls(maker) for arg in call.args[:2]]
    names = {_first(label) for label in labels if isinstance(label, ast.Call) and _says_words(label)}
    assert len(names) > 70
    for name in names:
        if "{" not in str(w._texts[name]):
            assert clusters(w(name)) <= LABEL, f"{name}: {w(name)!r} is longer than a button"


def _says_words(call: ast.Call) -> bool:
    """Whether this is a call of the words, w("name"), without fields."""
    return ast.unparse(call.func) in ("w", "turn.w") and bool(_first(call)) and not call.keywords


# -- words -------------------------------------------------------------------------------------------------------------


def test_every_text_is_used() -> None:
    strings = _strings()
    begun = tuple(s.removesuffix("…") for s in strings if s.endswith("…") and s.count(".") == 1)
    for name in words.names("th"):
        assert name in strings or name.startswith(tuple(b for b in begun if b)), f"nobody says {name}"


def test_every_name_of_a_text_exists() -> None:
    for path, tree in _trees():
        if path.relative_to(HOUSE).parts[0] == "web":  # the pages have words of their own
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not _first(node):
                continue
            called = ast.unparse(node.func)
            if called.endswith((".w", ".thai")) or called == "w":
                assert _first(node) in words.names("th"), f"{path}: there is no text {_first(node)!r}"


# -- documentation -----------------------------------------------------------------------------------------------------


def _documented() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCS)


def test_every_setting_is_documented() -> None:
    documented = _documented()
    for name in Settings.model_fields:
        assert f"`{name.upper()}`" in documented, f"{name.upper()} is not told of in docs/operations.md"


def _commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*before, name))
        else:
            yield (*before, name)


def test_every_command_is_documented() -> None:
    lines = _documented().splitlines()
    for command in _commands(main):
        alone = f"`songsiang {' '.join(command)}"
        beside = f"`songsiang {command[0]} "
        told = any(alone in line or (beside in line and f"`{command[-1]}`" in line) for line in lines)
        assert told, f"songsiang {' '.join(command)} is not told of in docs/operations.md"


def test_every_documented_command_exists() -> None:
    known = {" ".join(command) for command in _commands(main)}
    groups = {command.split()[0] for command in known}
    for told in re.findall(r"songsiang ((?:[a-z]+)(?: [a-z]+)?)", _documented()):
        head = told.split()[0]
        assert told in known or head in known or (head in groups and told == head), told


def test_every_form_has_a_conversation() -> None:
    assert QUESTIONS.keys() == routes.FORMS.keys()
    pages = "\n".join(p.read_text("utf-8") for p in (HOUSE / "docs" / "conversations").glob("*.md"))
    w = Words(fields=dict.fromkeys(("org", "bot", "phone", "hours"), "{}"))
    for form, name in QUESTIONS.items():
        pieces = [p for p in re.split(r"[{}\n]|\s*\(1/3\)\s*|คะ|ค่ะ", str(w._texts[name])) if len(p.strip()) >= 6]
        assert any(p.strip()[:24] in pages for p in pieces), f"no page shows the form {form}: {pieces}"


def test_every_page_is_listed() -> None:
    folder = HOUSE / "docs" / "conversations"
    listed = re.findall(r"\]\(([a-z_]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(p.name for p in folder.glob("*.md") if p.name != "README.md")


def test_every_thing_a_town_may_set_is_read_somewhere() -> None:
    sources = [path for path, _ in _trees() if path != HOUSE / "models" / "town.py"]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    for name in DEFAULTS:
        assert f'"{name}"' in code, f"nothing reads {name}"


# -- what lies in git --------------------------------------------------------------------------------------------------


def _tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return [HOUSE / name for name in listed.decode().split("\0") if name and (HOUSE / name).is_file()]


def test_lock_files_hold_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        for line in (HOUSE / name).read_text("utf-8").splitlines():
            assert line.lstrip().startswith("#") or "://" not in line, f"{name}: {line}"
            assert not line.startswith(("-i", "--index", "--extra", "--find")), f"{name}: {line}"
    assert '"resolved"' not in (HOUSE / "package-lock.json").read_text("utf-8")


def test_no_file_tells_of_somebodys_machine() -> None:
    paths = re.compile(r"(?<![\w.~:/-])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+|private/var)/", re.ASCII)
    me = Path(__file__).name
    for path in _tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found = paths.search(text) if path.name != me else None
        assert found is None, f"{path}: {found and found.group()}"


def test_every_package_is_built() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    built = set(project["tool"]["setuptools"]["packages"])
    rooms = {p.parent.name for p in HOUSE.glob("*/__init__.py")} - {"tests", "bench", "tools"}
    assert rooms <= built


def test_every_picture_in_the_docs_is_there() -> None:
    pages = [HOUSE / "README.md", *(HOUSE / "docs").rglob("*.md")]
    for page in pages:
        for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text("utf-8")):
            assert (page.parent / picture).is_file(), f"{page.name} shows {picture}, which is not there"
