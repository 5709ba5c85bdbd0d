"""The ballots of a poll: sealed, laid on a public board, opened, counted, and checked again by anybody.

A pure room: standard library and PyNaCl only, no clock, no database, no network. `models/polls*.py` keep what is made
here; `verify.py`, which a citizen runs at home, is put together from these very files (`bundle.py`).

    manifest.py   what was agreed before opening, frozen        choices.py   what may be chosen
    sealing.py    envelope, receipt, slot                       keys.py      who can open what
    board.py      signed entries; chain.py judges them          tally/       the counting, every round recorded
    export.py     the files anybody may download                audit.py     checks all of them
"""
