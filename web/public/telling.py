"""How public pages write days, money, sizes and names in the reader's language; given to every template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from email.utils import format_datetime
from typing import Any

from messages import english, thai
from messages.money import baht
from messages.thai import BE, MONTHS, ZONE
from web.words import PageWords


def helpers(w: PageWords) -> dict[str, Callable[..., Any]]:
    """The functions by the names that templates call them."""

    def told_day(day: date, short: bool = False) -> str:
        return english.english_date(day, short=short) if w.language == "en" else thai.thai_date(day, short=short)

    def told_days(days: float | None) -> str:
        if days is None:
            return "–"
        return w("public.days", days=int(days) if days == int(days) else days)

    def told_period(period: str) -> str:
        if len(period) == 4:
            return w("public.fiscal_year", year=period if w.language == "th" else int(period) - BE)
        year, month = int(period[:4]), int(period[5:])
        if w.language == "en":
            return english.english_month(date(year - BE, month, 1))
        return f"{MONTHS[month - 1]} {year}"

    return {
        "told_day": told_day,
        "told_days": told_days,
        "told_period": told_period,
        "told_baht": baht,
        "told_size": lambda size: f"{size / 1024:,.0f} kB" if size < 1_000_000 else f"{size / 1_048_576:,.1f} MB",
        "english_name": english.name,
        "rfc_day": lambda day: format_datetime(datetime.combine(day, time.min, ZONE)),
    }
