"""Polls: the promises of docs/voting.md, on both databases. Numbers in names are those of the design (§4.8)."""
