"""Reads conversations written in Markdown (docs/conversations/*.md) and plays them: the docs are the tests.

How they are written stands in docs/conversations/README.md. Each page begins with its cast; then lines of people, and
quotations of what the bot says. A quotation's pieces between … must all be on the screen; 【buttons】 must be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ballots.manifest import Level
from simulator import Group
from tests import project_desk, proposal_desk
from tests.town import Person, Town
from tests.town_polls import TownPoll, rules

FOLDER = Path(__file__).parent.parent / "docs" / "conversations"

_RESIDENT = re.compile(r"^- \*\*(?P<name>[^*]+)\*\* ประชาชน")
_STAFF = re.compile(r"^- \*\*(?P<name>[^*]+)\*\* เจ้าหน้าที่ (?P<code>[A-Z]+)(?: \((?P<role>[a-z_]+)\))?(?P<more>.*)")
_GROUP = re.compile(r"^- กลุ่ม \*(?P<name>[^*]+)\* ของ (?P<code>[A-Z]+): (?P<who>.+)")
_LINE = re.compile(r"^\*\*(?P<name>[^*]+)\*\*(?: ใน \*(?P<group>[^*]+)\*)?(?P<rest>.*)$")
_SEES = re.compile(r"^\*(?P<name>[^*()]+)\* เห็น$")
_UNBOUND = re.compile(r"^- กลุ่ม \*(?P<name>[^*]+)\* ยังไม่ผูก: (?P<who>.+)")
_HELPER = re.compile(r"^- \*\*(?P<name>[^*]+)\*\* ผู้แจ้งแทน (?P<office>[a-z]+)(?: หมู่ (?P<moo>\d+))?")
_CODE = re.compile(
    r"^\*\(ผู้ดูแลออกรหัส(?:เจ้าหน้าที่ให้ (?P<name>.+) ของ (?P<code>[A-Z]+)|กลุ่มของ (?P<group>[A-Z]+)"
    r"|ผู้แจ้งแทนให้ (?P<helper>.+))\)\*$"
)
_POLL = re.compile(
    r"^- ลงคะแนน \*(?P<title>[^*]+)\*(?: ของหมู่ (?P<moo>\d+))?(?P<code> ด้วยรหัส)?(?: อายุ (?P<age>\d+) ปี)?"
    r"(?: อีก (?P<opens>\d+) วัน)? (?P<days>\d+) วัน: (?P<options>.+)"
)
_RECEIPT = re.compile("ใบรับ(?:ใหม่)?: ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})")
_PUBLISHED = "*(ประกาศผลการลงคะแนน)*"
_TIME = re.compile(r"^\*\((?P<count>\d+) (?P<unit>วัน|ชั่วโมง|นาที)ต่อมา\)\*$")
_UNSENDS = re.compile(r"^ยกเลิกข้อความ “(.+)”$")
_BUTTON = re.compile(r"【([^】]+)】")
_UNITS = {"วัน": "days", "ชั่วโมง": "hours", "นาที": "minutes"}


#: What people do beside typing and tapping.
_SIMPLE: dict[str, Callable[[Person], object]] = {
    "ส่งสติกเกอร์": Person.sends_sticker,
    "ส่งไฟล์": Person.sends_file,
    "ส่งวิดีโอ": Person.sends_video,
    "ยกเลิกข้อความ": Person.unsends,
}
#: What happens around a chat.
_OUTSIDE: dict[str, Callable[[Town, Person], object]] = {
    "เพิ่มเพื่อน": lambda town, person: town.line.follow(person.user),
    "บล็อก": lambda town, person: town.line.block(person.user),
    "เอาบอตออกจากกลุ่ม": lambda town, person: town.line.remove_bot(person.group),
    "เชิญบอตเข้ากลุ่ม": lambda town, person: town.line.join(person.group),
}


@dataclass(frozen=True)
class Scene:
    """One conversation of a page: its title and its lines with their numbers."""

    page: str
    title: str
    lines: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.title}"


def scenes() -> Iterator[Scene]:
    """All scenes of all pages: a scene begins at a heading of the second level."""
    for page in sorted(FOLDER.glob("*.md")):
        if page.stem == "README":
            continue
        cast: list[tuple[int, str]] = []
        title, lines = "", list[tuple[int, str]]()
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
            if line.startswith("## "):
                if title:
                    yield Scene(page.stem, title, (*cast, *lines))
                title, lines = line[3:].strip(), []
            elif title:
                lines.append((number, line))
            else:
                cast.append((number, line))
        if title:
            yield Scene(page.stem, title, (*cast, *lines))


class Player:
    """Plays one scene in a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.looking: Person | None = None
        self.code = ""
        self.poll: TownPoll | None = None
        self.marked = 0

    def play(self, scene: Scene) -> None:
        """Act every line. Raises AssertionError naming the page and line where it went wrong."""
        for number, line in scene.lines:
            try:
                self._poll_published() if line.rstrip() == _PUBLISHED else self._line(line.rstrip())
            except (AssertionError, LookupError, ValueError) as error:
                raise AssertionError(f"{scene.page}.md:{number}: {line}\n{error}") from error

    def _line(self, line: str) -> None:
        if line.startswith("> "):
            self._quoted(line[2:])
        elif line.startswith("- "):
            self._cast(line)
        elif found := _CODE.match(line):
            if found["helper"]:
                self.code = self.town.helper_code(found["helper"], "headman", None)
            elif found["group"]:
                self.code = self.town.group_code(found["group"])
            else:
                self.code = self.town.staff_code(found["name"], found["code"])
        elif found := _TIME.match(line):
            self._look_all()
            self.town.later(**{_UNITS[found["unit"]]: float(found["count"])})
        elif (code := self._office(line)) is not None:
            self.code = code or self.code
        elif found := _SEES.match(line):
            self.looking = self._somebody(found["name"])
        elif found := _LINE.match(line):
            self._act(found["name"], found["group"], found["rest"].strip())

    def _office(self, line: str) -> str | None:
        """What the office does meanwhile: the code it gives out, or ""; None when the line is no deed of the office."""
        if project_desk.act(self.town, line, self._look_all):
            return ""
        return proposal_desk.act(self.town, line, self._look_all)

    def _cast(self, line: str) -> None:
        if found := _RESIDENT.match(line):
            self.people[found["name"]] = self.town.resident(found["name"])
        elif found := _STAFF.match(line):
            secret = {"confidential": True} if "ผู้รับเรื่องลับ" in found["more"] else {}
            member = self.town.staff(found["name"], found["code"], found["role"] or "crew", **secret)
            self.people[found["name"]] = member
        elif found := _HELPER.match(line):
            moo = int(found["moo"]) if found["moo"] else None
            self.people[found["name"]] = self.town.helper(found["name"], found["office"], moo)
        elif found := _GROUP.match(line):
            members = [self.people[name.strip()] for name in found["who"].split(",")]
            self.groups[found["name"]] = self.town.group(found["name"], found["code"], *members)
        elif found := _UNBOUND.match(line):
            members = [self.people[name.strip()] for name in found["who"].split(",")]
            self.groups[found["name"]] = self.town.unbound_group(found["name"], *members)
        elif found := _POLL.match(line):
            self._poll(found)
        else:
            raise ValueError("this line of the cast is not understood")

    def _poll_published(self) -> None:
        assert self.poll is not None, "there is no poll"
        self.poll.publish()

    def _poll(self, found: re.Match[str]) -> None:
        moos = (int(found["moo"]),) if found["moo"] else ()
        given = rules(Level.CODE if found["code"] else Level.DECLARED, moos, int(found["age"] or 0))
        options = [name.strip() for name in found["options"].split(",")]
        days, opens = float(found["days"]), float(found["opens"] or 0)
        self.poll = TownPoll(self.town, found["title"], options, given, days, opens)

    def _filled(self, words: str, person: Person) -> str:
        """What somebody types, with the code or the receipt that was seen in its place."""
        if "{ใบรับ}" in words:
            seen = [m.text for m in self.town.line.messages(person.chat) if _RECEIPT.search(m.text)]
            words = words.replace("{ใบรับ}", _RECEIPT.findall(seen[-1])[0])
        if "{รหัสลงคะแนน}" in words and self.poll is not None:
            words = words.replace("{รหัสลงคะแนน}", self.poll.codes[0])
        return words.replace("{รหัส}", self.code)

    def _somebody(self, name: str) -> Person:
        """A person, or a group as its first member sees it."""
        if name in self.groups:
            group = self.groups[name]
            viewer = Person(self.town, self.town.line.find_user(group.members[0]), group)
        else:
            viewer = self.people[name]
        viewer._seen = self.marked
        return viewer

    def _look_all(self) -> None:
        self.marked = self.town.line.mark()

    def _act(self, name: str, group: str | None, rest: str) -> None:
        person = self.people[name]
        if group:
            person = person.in_group(self.groups[group])
        self._look_all()
        if rest.startswith(":"):
            person.says(self._filled(rest[1:].strip(), person))
        else:
            self._deed(person, rest)
        self.looking = person

    def _deed(self, person: Person, rest: str) -> None:
        if found := _BUTTON.search(rest):
            person.taps(found[1])
        elif rest.startswith("ส่งรูป"):
            person.sends_photo(int((re.search(r"\d+", rest) or ["1"])[0]))
        elif rest.startswith("ส่งเสียง"):
            person.sends_voice(float((re.search(r"\d+", rest) or ["3"])[0]))
        elif rest.startswith("ส่งตำแหน่ง"):
            lat, lon = ([float(n) for n in re.findall(r"-?\d+\.\d+", rest)] or [14.0208, 100.525])[:2]
            person.sends_place(lat, lon)
        elif rest in _SIMPLE:
            _SIMPLE[rest](person)
        elif found := _UNSENDS.match(rest):
            person.unsends(found[1])
        elif rest in _OUTSIDE:
            person.looks()
            _OUTSIDE[rest](self.town, person)
            self.town.settle()
        else:
            raise ValueError("this deed is not understood")

    def _quoted(self, quotation: str) -> None:
        person = self.looking
        assert person is not None, "nobody has spoken yet"
        if quotation.strip() == "(เงียบ)":
            person.hears_nothing()
            return
        if quotation.strip() == "(ไม่เสียโควตา)":
            assert person.news, "nothing was said"
            assert {message.via for message in person.news} == {"reply"}, "something was pushed"
            return
        if quotation.startswith("(ไม่เห็น) "):
            person.sees_not(*(p.strip() for p in quotation.removeprefix("(ไม่เห็น) ").split("…")))
            return
        for label in _BUTTON.findall(quotation):
            assert label in person.buttons, f"no button {label!r}; there are {person.buttons}"
        person.sees(*(p.strip() for p in re.split("…", _BUTTON.sub("…", quotation)) if p.strip()))
