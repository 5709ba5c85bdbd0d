"""Puts `verify.py` together: one file with the very sources of this room, so that the two can never differ.

Every module stands in it as it is here, between marks, and is imported from there; anybody can compare line by line.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

_ROOM = Path(__file__).parent
_START = "ballots.verify"

_HEAD = '''#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["pynacl>=1.5"]
# ///
"""ตรวจผลการลงคะแนนด้วยตนเอง / check a poll at home.

    pip install pynacl
    python verify.py ไฟล์ที่ดาวน์โหลด.zip [--since สำเนาเก่า.zip] [--auth กุญแจหน่วยงาน] [--receipt รหัสใบรับ]
                     [--english] [--json]

โปรแกรมนี้ไม่ต่ออินเทอร์เน็ตและไม่แก้ไฟล์ใด ประกอบจากซอร์สของระบบทุกบรรทัด
It opens no connection and changes no file. It holds the sources of the system, line by line.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("ต้องใช้ Python 3.11 ขึ้นไป (Python 3.11 or later is needed)")
try:
    import nacl.public  # noqa: F401
except ImportError:
    sys.exit("ต้องติดตั้ง PyNaCl ก่อน: pip install pynacl (PyNaCl is needed: pip install pynacl)")

from importlib.abc import InspectLoader, MetaPathFinder
from importlib.util import spec_from_loader

SOURCES = {}
'''

_TAIL = '''

class Room(MetaPathFinder, InspectLoader):
    """Finds the modules in this file, before any of the same name on this machine."""

    def find_spec(self, name, path=None, target=None):
        return spec_from_loader(name, self) if name in SOURCES else None

    def is_package(self, name):
        return name in ("ballots", "ballots.tally")

    def get_source(self, name):
        return SOURCES[name]


if __name__ == "__main__":
    sys.meta_path.insert(0, Room())
    from ballots.verify import main

    sys.exit(main())
'''


@cache
def verify_source() -> str:
    """The text of verify.py. Raises ValueError should a source hold what would end its quotation."""
    parts = [_HEAD]
    for name in modules():
        text = source(name)
        if "'''" in text:
            raise ValueError(f"{name} holds three apostrophes")
        parts.append(f"\nSOURCES[\"{name}\"] = r'''{text}'''\n")
    return "".join([*parts, _TAIL])


def modules() -> tuple[str, ...]:
    """Every module that the tool needs, those needed first."""
    found: list[str] = []
    _visit(_START, found)
    return tuple(found)


def source(name: str) -> str:
    """The source of a module of this room."""
    return _file(name).read_text("utf-8")


def _file(name: str) -> Path:
    place = _ROOM.joinpath(*name.split(".")[1:])
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _visit(name: str, found: list[str]) -> None:
    """The module's package, then what it imports, then itself."""
    if name in found:
        return
    package = name.rpartition(".")[0]
    if package:
        _visit(package, found)
    for needed in _needed(name):
        _visit(needed, found)
    found.append(name)


def _needed(name: str) -> list[str]:
    """The modules of this room that a module imports."""
    needed: list[str] = []
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ballots":
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            needed += [each if _file(each).is_file() else str(node.module) for each in inside]
    return [each for each in dict.fromkeys(needed) if each != name]
