"""The counting. Whole numbers and exact fractions only, the same result on every machine, every round recorded.

`ties.py` settles what is equal by the policy frozen beforehand, or stops. `single.py`, `irv.py`, `schulze.py` choose
winners; `greedy.py` and `shares.py` spend a budget. `count.py` finds the right one for a manifest.
"""
