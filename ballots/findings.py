"""What can be wrong with a board (`chain.py`), by code."""

from __future__ import annotations

from dataclasses import dataclass

#: Every code a finding may have.
FINDINGS = (
    "entry",  # a line is no entry, or not in canonical form
    "order",  # a number is missing, twice, or out of order
    "chain",  # an entry does not hold the hash of the one before
    "hash",  # an entry's content was changed
    "signature",  # an entry is not signed by the poll's board key
    "certificate",  # the office's key did not certify the board key for these rules
    "body",  # fields are missing, unknown or of another type
    "manifest",  # the rules themselves are unsound
    "phase",  # an entry that may not stand here (a checkpoint after closing, a key before K_link's end …)
    "unsorted",  # a list that has to be sorted is not, and so could hide the order of voting
    "twice",  # a ballot was added that stood already, or was replaced before
    "unknown_ballot",  # a ballot was replaced a second time
    "count",  # a number does not agree with the ballots
    "root",  # the Merkle root does not agree with the ballots
    "small_batch",  # a checkpoint with fewer new ballots than agreed, and no closing after it
    "times",  # voting was shortened
    "withheld",  # ballots are withheld for a reason that does not hold, or published in quiet mode
    "link_key",  # the destroyed key is not the one of entry 0
    "seal_key",  # the published key does not open the seal of entry 0
    "paper",  # envelopes and ballots of a station do not add up
    "lot",  # a lot that the rules do not know
    "result_signature",  # the office's key did not sign the result
    "witness",  # an observer's signature is wrong
)


@dataclass(frozen=True)
class Finding:
    """Something wrong at entry `seq`."""

    code: str
    seq: int
    detail: str = ""
