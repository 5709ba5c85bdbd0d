"""The blueprint of the public pages; registered twice, for Thai and (behind /en) for English."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("public", __name__)
