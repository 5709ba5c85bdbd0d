"""What we understand: pure functions from a message to frozen data. No network, no database, no clock.

from nlp import understand, Context

understand("ไฟหน้าวัดดับสามคืนแล้ว", Context(now=now)).categories[0]   # Scored("streetlight", 0.9…)
"""

from .types import Context, DateMention, NamedPlace, Pii, Place, Problem, Scored, Understanding, Village
from .understand import understand

__all__ = [
    "Context",
    "DateMention",
    "NamedPlace",
    "Pii",
    "Place",
    "Problem",
    "Scored",
    "Understanding",
    "Village",
    "understand",
]
