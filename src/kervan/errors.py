"""The tree of errors: every failure Kervan foresees is one of these, told in a sentence."""


class KervanError(Exception):
    """Base of every error Kervan raises on purpose.

    The message says what is wrong, where, what was expected and how to mend it.
    """


class FeedError(KervanError):
    """A corridor feed cannot be read."""


class InvalidRequestError(KervanError):
    """A question cannot be asked as it stands: unknown place, day out of horizon, bad weight."""


class NoItineraryError(KervanError):
    """The question is sound, and nothing in the network answers it."""


class LedgerError(KervanError):
    """The record cannot be opened, read or trusted as it stands."""


class InvalidEntryError(LedgerError):
    """An entry is not taken on the record: malformed, not signed as it should be, not permitted."""


class ConflictingEntryError(InvalidEntryError):
    """An entry's identifier already stands for something else its member wrote."""
