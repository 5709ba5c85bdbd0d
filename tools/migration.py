"""Write a migration from what the models have and the newest migration has not: `python -m tools.migration "message"`.

`--anew` first forgets all migrations and writes a single one. That is for the time before the first release only:
afterwards towns have databases that stand on the old ones.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic import command

from bot.migrate import FOLDER, config_for, migrate
from models.database import Database


def main() -> None:
    """Compare a database made by the migrations with the models, and write the difference as the next revision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", help="what changes, as a sentence: 'Add a table of holidays'")
    parser.add_argument("--anew", action="store_true", help="replace all migrations by a single one")
    asked = parser.parse_args()
    versions = FOLDER / "versions"
    if asked.anew:
        for old in versions.glob("*.py"):
            old.unlink()
    number = f"{len(list(versions.glob('*.py'))) + 1:04d}"
    database = Database("sqlite://")
    if not asked.anew:
        migrate(database)
    with database.engine.connect() as connection:
        command.revision(
            config_for(connection),
            asked.message,
            autogenerate=True,
            rev_id=number,
            process_revision_directives=_drop_if_empty,
        )
    database.dispose()
    _tidy(versions)


def _drop_if_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()
        print("The migrations have all that the models have: nothing to write.")


def _tidy(versions: Path) -> None:
    for version in versions.glob("*.py"):
        kept = [line for line in version.read_text().splitlines(keepends=True) if "# ### " not in line]
        version.write_text("".join(kept))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--no-force-exclude", *versions.glob("*.py")], check=True)


if __name__ == "__main__":
    main()
