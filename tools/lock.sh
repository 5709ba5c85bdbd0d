#!/bin/sh
# Rebuilds the lock files: versions and hashes only, no registry address (docs/decisions.md, "Lock files").
# Needs `uv` on the PATH. House tests refuse anything else in these files.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 --quiet "$@"; }
lock -o requirements.lock
lock --extra dev -o requirements-dev.lock
