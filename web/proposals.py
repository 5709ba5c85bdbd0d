"""The blueprint of all pages about proposals: list, board, one proposal, entering from paper, files.

They live in modules of their own and share it (as web/cases.py does for cases): every address lies under
/console/proposals/ and every endpoint is called `proposals.…`.
"""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("proposals", __name__, url_prefix="/console/proposals")

#: The picture of each state: which badge of the console it gets (parts/macros.html).
BADGES = {
    "review": "new",
    "fixing": "waiting",
    "open": "going",
    "reached": "late",
    "answered": "going",
    "meeting": "waiting",
    "poll": "waiting",
    "planned": "done",
    "refused": "quiet",
    "merged": "quiet",
    "withdrawn": "quiet",
}
