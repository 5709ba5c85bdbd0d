"""All benches, one after the other (`python -m bench`), or those named (`python -m bench steady memory`)."""

from __future__ import annotations

import subprocess
import sys

BENCHES = ("acknowledge", "steady", "chat", "memory")


def main() -> None:
    """Run each bench as its own process; stop with its exit code when one fails."""
    for name in sys.argv[1:] or BENCHES:
        print(f"\n== {name} (python -m bench.{name})", flush=True)
        ended = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False)
        if ended.returncode:
            sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
