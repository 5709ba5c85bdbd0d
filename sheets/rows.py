"""One sheet, row by row: what each row is, and which project it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .cells import UNCOMPUTED, Grid
from .groups import LEVELS, Group, group_of, is_foot, is_mark, is_sum, revision_of
from .heads import Head, begins_head, head_at
from .money import NoMoney, satang
from .parts import Draft, finished
from .types import Fate, Line, Note, Revision, Row


@dataclass
class _Money:
    """The money of one row: what was read, and what could not be."""

    plan: dict[int, int] = field(default_factory=dict)
    ordinance: dict[int, int] = field(default_factory=dict)
    faults: list[Note] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.plan.values()) + sum(self.ordinance.values())


class Reading:
    """Reads a sheet: `take` its rows in order, then `finish`."""

    def __init__(self, grid: Grid, form: str) -> None:
        self.grid, self.form = grid, form
        self.rows: list[Row] = []
        self.years: set[int] = set()
        self.layout = ""
        self._head: Head | None = None
        self._drafts: list[Draft] = []
        self._open: Draft | None = None
        self._revision = revision_of(grid.title) or Revision()
        self._groups: dict[str, str] = {}
        self._blanks = 0
        self._since_sum: dict[int, int] = {}
        self._so_far: dict[int, int] = {}

    def take(self, number: int) -> int:
        """Read the row with this number, from 1 without a gap; the number of the next one to read."""
        own = self.grid.raw.get(number, {})
        if not own:
            self._blanks += 1
            self._note(number, "blank", Note("blank"))
            return number + 1
        if begins_head(self.grid, number):
            return self._take_head(number)
        self._take_row(number, own)
        self._blanks = 0
        return number + 1

    def finish(self) -> list[Line]:
        """The projects; rows of those with faults are refused now, all of them together."""
        lines = []
        for draft in self._drafts:
            line, faults = finished(draft, self.grid, self.form)
            if faults:
                self._refuse(draft, faults[0])
            else:
                lines.append(line)
        return lines

    # -- heads and groups ----------------------------------------------------------------------------------------------

    def _take_head(self, number: int) -> int:
        head = head_at(self.grid, number)
        self._head = head
        self.years |= set(head.years)
        self.layout = self.layout or head.layout
        for row in range(head.first, head.last + 1):
            self._note(row, "heading", Note("head"))
        return head.last + 1

    def _take_row(self, number: int, own: dict[int, Any]) -> None:
        texts = [self.grid.text(number, column) for column in sorted(own)]
        if self._take_heading(number, own, texts):
            return
        head = self._head
        if head is None:
            self._note(number, "heading", Note("above"))
            return
        if is_sum(texts[0]) and not is_mark(texts[0]):
            self._take_sum(number, head)
        elif _counts_columns(own):
            self._note(number, "heading", Note("column_numbers"))
        else:
            self._take_project(number, head)

    def _take_heading(self, number: int, own: dict[int, Any], texts: list[str]) -> bool:
        """Whether the row is a revision, a group, or a note below the table."""
        if len(own) > 3 or is_mark(texts[0]) or self._is_far_right(own):
            return False
        joined = " ".join(texts)
        revision = revision_of(joined)
        if revision is not None and len(own) <= 2 and not texts[0].startswith("โครงการ"):
            self._revision, self._open = revision, None
            self._note(number, "heading", Note("revision", joined[:120]))
            return True
        paid = self._head.money & set(own) if self._head is not None else set()
        group = group_of(" ".join(text for text, column in zip(texts, sorted(own), strict=True) if column not in paid))
        if group is not None:  # some offices write the money of all that is below beside its name: not counted twice
            self._set(group)
            money = self._money(number, self._head).total if self._head is not None else 0
            self._note(number, "heading", Note(f"group_{group.level}", group.text[:120]), money)
            return True
        if len(own) <= 2 and is_foot(joined):
            self._open = None
            self._note(number, "heading", Note("foot"))
            return True
        return False

    def _is_far_right(self, own: dict[int, Any]) -> bool:
        """Whether all stands to the right of the names: the words of a project, however they begin."""
        if self._head is None:
            return False
        texts = [column for column, role in self._head.roles.items() if role in ("name", "programme")]
        return min(own) > min(texts, default=2)

    def _set(self, group: Group) -> None:
        self._open = None
        for level in LEVELS[LEVELS.index(group.level) :]:
            self._groups.pop(level, None)
        if group.text:
            self._groups[group.level] = group.text
        if group.issue and not self.layout:
            self.layout = "issue"

    # -- totals --------------------------------------------------------------------------------------------------------

    def _take_sum(self, number: int, head: Head) -> None:
        """A row of totals: passed over, but a total that nothing above explains is told."""
        self._open = None
        money = self._money(number, head)
        told = {column: self._try(number, column) for column in head.plan}
        summed = {head.plan[column]: amount for column, amount in told.items() if amount}
        fits = not summed or summed in (_nonzero(self._since_sum), _nonzero(self._so_far))
        self._since_sum = {}
        self._note(number, "sum", Note("sum" if fits else "sum_differs"), money.total)

    def _try(self, number: int, column: int) -> int | None:
        try:
            return satang(self.grid.value(number, column))
        except NoMoney:
            return None

    # -- projects ------------------------------------------------------------------------------------------------------

    def _take_project(self, number: int, head: Head) -> None:
        words = self._words(number, head)
        money = self._money(number, head)
        mark, name = words.get("mark", ""), words.get("name" if not head.equipment else "target", "")
        if self._begins(number, words, money, mark, name):
            self._begin(number, head, words, money)
        elif len(self.grid.raw[number]) == 1 and is_mark(mark):
            self._note(number, "heading", Note("only_number"))
        elif self._open is not None and self._blanks <= 1:
            self._go_on(number, words, money)
        elif not money.total and len(self.grid.raw[number]) == 1:
            self._open = None
            self._note(number, "heading", Note("text"))
        else:
            self._open = None
            self._note(number, "refused", Note("no_project"), money.total)

    def _begins(self, number: int, words: dict[str, str], money: _Money, mark: str, name: str) -> bool:
        """Whether a project begins here: it has a number and a name, or a name that says so and more besides."""
        more = len(words) > 1 or money.plan or money.ordinance or money.faults
        if mark:
            return bool(name) or bool(more and is_mark(mark))
        if not name or not more:
            return False
        named = name.startswith("โครงการ") and ("objective" in words or bool(money.plan) or bool(money.faults))
        covered = (number, self._column("mark")) in self.grid.covered
        return not covered and (named or self._open is None)

    def _column(self, role: str) -> int:
        assert self._head is not None  # noqa: S101 - projects stand below a head
        return next((column for column, held in self._head.roles.items() if held == role), 0)

    def _begin(self, number: int, head: Head, words: dict[str, str], money: _Money) -> None:
        draft = Draft(number, head, dict(self._groups), self._revision)
        draft.take(words, self._shared(number, head, words), self._others(number, head))
        draft.pay(money.plan, money.ordinance)
        draft.notes += self._shared_money(number, head)
        draft.faults += money.faults
        if not words.get("mark"):
            draft.notes.append(Note("no_number"))
        elif not is_mark(words["mark"]):
            draft.notes.append(Note("odd_number", words["mark"]))
        self._drafts.append(draft)
        self._open = draft
        self._count(money)
        self._note(number, "project", Note("project"), money.total)

    def _go_on(self, number: int, words: dict[str, str], money: _Money) -> None:
        draft = self._open
        assert draft is not None  # noqa: S101 - asked by the caller
        draft.rows.append(number)
        draft.go_on(words, self._others(number, draft.head))
        draft.pay(money.plan, money.ordinance)
        draft.faults += money.faults
        self._count(money)
        self._note(number, "continuation", Note("continuation"), money.total)

    def _count(self, money: _Money) -> None:
        for year, amount in money.plan.items():
            self._since_sum[year] = self._since_sum.get(year, 0) + amount
            self._so_far[year] = self._so_far.get(year, 0) + amount

    def _words(self, number: int, head: Head) -> dict[str, str]:
        """The texts that stand in the row itself, by field."""
        found = {role: self.grid.text(number, column) for column, role in head.roles.items()}
        return {role: text for role, text in found.items() if text and role != "total"}

    def _shared(self, number: int, head: Head, words: dict[str, str]) -> dict[str, str]:
        """Texts that a merge over several projects gives to this one too."""
        found = {}
        for column, role in head.roles.items():
            merge = self.grid.covered.get((number, column))
            if merge is None or role in ("mark", "name", "total") or role in words or merge.top == number:
                continue
            if merge.top > head.last and merge.left == column and self.grid.text(merge.top, merge.left):
                found[role] = self.grid.text(merge.top, merge.left)
        return found

    def _others(self, number: int, head: Head) -> dict[str, str]:
        """What stands in columns of the office's own, and right of the table."""
        known = set(head.roles) | head.money
        found = {}
        for column in self.grid.raw.get(number, ()):
            if column not in known:
                found[head.others.get(column, f"({column})")] = self.grid.text(number, column)
        return found

    def _money(self, number: int, head: Head) -> _Money:
        money = _Money()
        for column in sorted(head.money):
            into, years = (money.plan, head.plan) if column in head.plan else (money.ordinance, head.ordinance)
            value = self.grid.value(number, column)
            try:
                amount = satang(None if value == UNCOMPUTED else value)
            except NoMoney:
                money.faults.append(Note("no_money", f"{years[column]}: {self.grid.text(number, column)[:60]}"))
                continue
            if value == UNCOMPUTED:
                money.faults.append(Note("uncomputed_money", str(years[column])))
            elif amount is not None:
                into[years[column]] = amount
        return money

    def _shared_money(self, number: int, head: Head) -> list[Note]:
        """Money that a merge lays over this project too belongs to the one above, money over several years to the first
        of them: it is counted once, and told here."""
        found = []
        for column, year in (*head.plan.items(), *head.ordinance.items()):
            merge = self.grid.covered.get((number, column))
            if merge is None or merge.top <= head.last or not self.grid.text(merge.top, merge.left):
                continue
            if merge.top < number:
                found.append(Note("shared_money", str(year)))
            elif merge.left in head.money:
                found.append(Note("merged_years", str(year)))
        return found

    # -- fates ---------------------------------------------------------------------------------------------------------

    def _note(self, number: int, fate: Fate, why: Note, money: int = 0) -> None:
        self.rows.append(Row(number, fate, why, len(self.grid.raw.get(number, ())), money))

    def _refuse(self, draft: Draft, why: Note) -> None:
        for number in draft.rows:
            reason = why if number == draft.rows[0] else Note("with_refused", str(draft.rows[0]))
            self.rows[number - 1] = replace(self.rows[number - 1], fate="refused", why=reason)


def _counts_columns(own: dict[int, Any]) -> bool:
    """Whether the row only counts the columns: (1) (2) (3) …"""
    numbers = [str(value).strip("() .") for value in own.values()]
    return len(numbers) > 3 and all(n.isdecimal() for n in numbers) and _rising([int(n) for n in numbers])


def _rising(numbers: Iterable[int]) -> bool:
    listed = list(numbers)
    return listed == list(range(listed[0], listed[0] + len(listed)))


def _nonzero(amounts: dict[int, int]) -> dict[int, int]:
    return {year: amount for year, amount in amounts.items() if amount}
