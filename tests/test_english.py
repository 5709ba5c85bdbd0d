"""English chats: dates of the Common Era in Bangkok's time, and names of offices that can be found on their doors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from messages.counting import LABEL, clusters
from messages.english import english_ago, english_date, english_month, english_time, name
from nlp.lexicon import defaults

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_dates_are_bangkoks() -> None:
    late = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)
    assert english_date(late) == "1 January 2027"
    assert english_date(late, short=True) == "1 Jan 27"
    assert english_time(late) == "01:30"
    assert english_month(date(2026, 2, 3)) == "February 2026"


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=45), "1 month ago"),
        (timedelta(days=900), "2 years ago"),
    ],
)
def test_how_long_ago(back: timedelta, words: str) -> None:
    assert english_ago(NOW - back, NOW) == words


def test_every_category_and_department_has_an_english_name() -> None:
    found = defaults()
    for thai in [c.name for c in found.categories] + [d.name for d in found.departments]:
        assert name(thai) != thai
    assert all(clusters(name(c.name)) <= LABEL for c in found.categories)


def test_what_a_town_has_named_itself_stays() -> None:
    assert name("กองพัฒนาเมือง") == "กองพัฒนาเมือง"
