"""What every process of the house does first: read the settings, or say what is wrong with them and end."""

from __future__ import annotations

import logging
import sys
from typing import Any

from sqlalchemy.exc import ArgumentError

from bot.config import Settings, SettingsError, read_settings
from models.database import Database

#: The exit code for a wrong or missing setting: starting again will not help.
EXIT_SETTINGS = 2


def settings_or_exit(**given: Any) -> Settings:
    """The settings from the environment (and `given`); with a wrong one, print its name and exit with code 2."""
    try:
        return read_settings(**given)
    except SettingsError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(EXIT_SETTINGS)


def database_or_exit(settings: Settings) -> Database:
    """The database of the settings; where its address or folder is of no use, say so and exit with code 2."""
    try:
        return Database(settings.database_url)
    except (ValueError, ArgumentError) as error:
        fault = f"ค่า DATABASE_URL ใช้ไม่ได้ (DATABASE_URL is wrong: {error})"
    except OSError as error:
        fault = f"เขียนฐานข้อมูลไม่ได้ ตรวจ DATA_DIR และ DATABASE_URL (the database cannot be written: {error})"
    print(fault, file=sys.stderr, flush=True)
    sys.exit(EXIT_SETTINGS)


def start_logging() -> None:
    """Log to standard error, where Procfile hosts, systemd and containers look."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
