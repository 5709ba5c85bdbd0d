"""Thai public holidays on which offices are closed, as data, with the rule for substitution days (วันหยุดชดเชย).

Sure: the days fixed by date, the lunar days of 2569 and 2570 (2026, 2027), and the two days named for 2569 alone.
Not listed: วันพืชมงคล of 2570 (set late, by the palace), regional days, and whatever the cabinet still adds. วันแรงงาน
(1 May) is a holiday of employees, not of government offices. This is where a town's table starts from; the town
confirms it every year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

#: (month, day) → name. Fixed by date, every year.
FIXED: Mapping[tuple[int, int], str] = {
    (1, 1): "วันขึ้นปีใหม่",
    (4, 6): "วันจักรี",
    (4, 13): "วันสงกรานต์",
    (4, 14): "วันสงกรานต์",
    (4, 15): "วันสงกรานต์",
    (5, 4): "วันฉัตรมงคล",
    (6, 3): "วันเฉลิมพระชนมพรรษาสมเด็จพระนางเจ้าฯ พระบรมราชินี",
    (7, 28): "วันเฉลิมพระชนมพรรษาพระบาทสมเด็จพระเจ้าอยู่หัว",
    (8, 12): "วันแม่แห่งชาติ",
    (10, 13): "วันนวมินทรมหาราช",
    (10, 23): "วันปิยมหาราช",
    (12, 5): "วันพ่อแห่งชาติ",
    (12, 10): "วันรัฐธรรมนูญ",
    (12, 31): "วันสิ้นปี",
}

#: What moves with the moon or was set for one year. A year that is missing here is known by its fixed days only.
MOVING: Mapping[date, str] = {
    date(2026, 1, 2): "วันหยุดพิเศษตามมติคณะรัฐมนตรี",
    date(2026, 3, 3): "วันมาฆบูชา",
    date(2026, 5, 13): "วันพืชมงคล",
    date(2026, 5, 31): "วันวิสาขบูชา",
    date(2026, 7, 29): "วันอาสาฬหบูชา",
    date(2026, 7, 30): "วันเข้าพรรษา",
    date(2027, 2, 21): "วันมาฆบูชา",
    date(2027, 5, 20): "วันวิสาขบูชา",
    date(2027, 7, 18): "วันอาสาฬหบูชา",
    date(2027, 7, 19): "วันเข้าพรรษา",
}

#: The years (CE) whose moving holidays are listed.
YEARS = tuple(sorted({day.year for day in MOVING}))


def holidays_of(year: int) -> dict[date, str]:
    """The holidays of a calendar year (CE) with their substitution days, by date. The year before may reach into it."""
    named = {**_named(year - 1), **_named(year)}
    return {day: name for day, name in sorted({**named, **substitutes(named)}.items()) if day.year == year}


def substitutes(named: Mapping[date, str]) -> dict[date, str]:
    """The substitution days these holidays bring: the next working day after one that falls on Saturday or Sunday.

    Holidays that follow each other bring one together (สงกรานต์ of 13–15 April 2567, Saturday to Monday, brought the
    Tuesday), which is how the cabinet's yearly lists read.
    """
    found: dict[date, str] = {}
    for day, name in sorted(named.items()):
        if day.weekday() < 5:
            continue
        free = day + timedelta(days=1)
        while free in named or free.weekday() >= 5:
            free += timedelta(days=1)
        found.setdefault(free, f"ชดเชย{name}")
    return found


def _named(year: int) -> dict[date, str]:
    fixed = {date(year, month, day): name for (month, day), name in FIXED.items()}
    return {**fixed, **{day: name for day, name in MOVING.items() if day.year == year}}
