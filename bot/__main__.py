"""`python -m bot` is `songsiang`, also where the project is not installed."""

from bot.cli import main

main()
