"""What a report is told: words become its detail, and fill in what they tell of category, place and urgency."""

from __future__ import annotations

from handlers import filing, places
from handlers.forms import Answers
from handlers.turn import Turn
from nlp import Understanding

#: From this probability on the first guess is taken and only shown; below it the bot asks (see docs/model-card.md).
SURE = 0.5


def tell(turn: Turn, answers: Answers, words: str) -> None:
    """Take words as (more of) the detail, and fill in what they tell of category, place and urgency."""
    heard = turn.hear(words)
    first = not answers.get("detail")
    told = heard.problems[0].text if first and len(heard.problems) > 1 else words
    detail = "\n".join(part for part in (answers.get("detail"), told) if part)
    answers["detail"] = detail[: filing.LONGEST]
    if first and len(heard.problems) > 1:
        answers["later"] = [p.text for p in heard.problems[1:4]]
        heard = turn.hear(told)
    if heard.urgency == "high" or heard.emergency in ("hazard", "danger"):
        answers["urgent"] = True
    if "category" not in answers:
        _guess(answers, heard)
    if not answers.get("place", {}).get("text"):
        found = places.from_words(turn, heard.place)
        if found:
            answers["place"] = found
            answers["place_told"] = True


def _guess(answers: Answers, heard: Understanding) -> None:
    """Keep the three best guesses; take the first when it is sure enough."""
    answers["guesses"] = [c.code for c in heard.categories[:3]]
    best = heard.categories[0]
    if best.code != "other" and best.p >= SURE:
        answers["category"] = best.code
