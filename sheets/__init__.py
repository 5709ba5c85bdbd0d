"""The office's own workbooks: reading the forms of the plan (ผ.02, ผ.02/1, ผ.02/2, ผ.03) and writing them back.

Pure: bytes in, records out, and the other way round. No database, no web, no words for people: faults are codes.
"""
