"""What we understand: pure functions from a message to frozen data. No network, no database, no clock.

    from nlp import understand, Context
"""
