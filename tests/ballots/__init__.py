"""Proves the room `ballots`: sealing, board, counting and checking at home."""
