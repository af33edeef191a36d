"""The shared record: what members said, signed and in order, and the state that follows from it.

Entries are only ever added (:func:`write`). Their order is settled in batches and put under a tree
whose heads the operator signs (:func:`sequence`), so that anyone can check what is there and that
nothing was taken away (:func:`verify`). Who booked what and which space is left are tables derived
from the entries, rebuilt from zero by :func:`rebuild`.
"""

from kervan.ledger.backup import Backup, backup, restore
from kervan.ledger.database import connect, open_database, reading
from kervan.ledger.entry import Entry, SignedStatement, Statement, sign
from kervan.ledger.keys import SigningKey, new_key, read_key, write_key
from kervan.ledger.members import Member, members_of
from kervan.ledger.migration import upgrade
from kervan.ledger.rebuild import Rebuild, rebuild
from kervan.ledger.record import Receipt, write
from kervan.ledger.sequencer import TreeHead, sequence
from kervan.ledger.verify import Verification, verify

__all__ = [
    "Backup",
    "Entry",
    "Member",
    "Rebuild",
    "Receipt",
    "SignedStatement",
    "SigningKey",
    "Statement",
    "TreeHead",
    "Verification",
    "backup",
    "connect",
    "members_of",
    "new_key",
    "open_database",
    "read_key",
    "reading",
    "rebuild",
    "restore",
    "sequence",
    "sign",
    "upgrade",
    "verify",
    "write",
    "write_key",
]
