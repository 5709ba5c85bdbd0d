"""How long understanding takes and how much memory it needs, measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

# Runs alone so that neither scikit-learn nor the evaluation's own data count.
_PROBE = """
import json, time
from datetime import UTC, datetime
import psutil
def rss():
    return psutil.Process().memory_info().rss
bare = rss()
import numpy
with_numpy = rss()
from nlp.model import load
start = time.perf_counter(); model = load(); loaded = time.perf_counter() - start
from nlp.types import Context
from nlp.understand import understand
context = Context(now=datetime(2026, 1, 15, tzinfo=UTC))
start = time.perf_counter(); understand("ไฟดับ", context); first = time.perf_counter() - start
def median(work, times):
    spent = []
    for _ in range(times):
        start = time.perf_counter(); work(); spent.append(time.perf_counter() - start)
    return sorted(spent)[times // 2]
text = ("ไฟถนนหน้าวัดดับมาสามวันแล้วค่ะ มืดมากกลัวรถชน ช่วยมาดูให้หน่อยนะคะ หมู่ 5 ซอยข้างโรงเรียน " * 4)[:200]
hostile = ["ก" * 5000, "่" * 5000, "5" * 5000, "ไฟไหม้" * 834, "😀 " * 2500, "ซ.1/2-3" * 715, "<NO>" * 1250]
print(json.dumps({
    "load_ms": loaded * 1e3, "first_ms": first * 1e3,
    "model_200_ms": median(lambda: model.predict(text), 300) * 1e3,
    "understand_200_ms": median(lambda: understand(text, context), 300) * 1e3,
    "hostile_ms": max(median(lambda: understand(bad, context), 5) for bad in hostile) * 1e3,
    "numpy_mb": (with_numpy - bare) / 2**20, "all_mb": (rss() - with_numpy) / 2**20,
}))
"""


def probe() -> dict[str, float]:
    """Times in milliseconds (medians) and memory in megabytes, of a fresh process."""
    ran = subprocess.run([sys.executable, "-c", _PROBE], check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def report() -> Iterator[str]:
    """The lines of the report."""
    found = probe()
    yield "\n## time and memory (medians; a fresh process)"
    yield f"  weights loaded in {found['load_ms']:.0f} ms; first message with lexicon {found['first_ms']:.0f} ms"
    yield f"  200 characters: model {found['model_200_ms']:.2f} ms, understand() {found['understand_200_ms']:.2f} ms"
    yield f"  worst of hostile texts of 5,000 characters: {found['hostile_ms']:.1f} ms"
    yield f"  memory: numpy {found['numpy_mb']:.0f} MB, weights and lexicon {found['all_mb']:.0f} MB more"
