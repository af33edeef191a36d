"""Set a through rate: from costs, rivals and customers to a rate, its rebates and its split.

A relation is read from a TOML file (:func:`read_relation`), a rate proposed for it
(:func:`propose`), and the proposal told in words, drawn, or written as a tariff item.
"""

from kervan.tariff.proposal.propose import Proposal, propose
from kervan.tariff.proposal.reading import read_relation, relation_of
from kervan.tariff.proposal.relation import Relation

__all__ = ["Proposal", "Relation", "propose", "read_relation", "relation_of"]
