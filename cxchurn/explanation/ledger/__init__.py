"""What each interaction did to the risk: one customer's account, and the ledger of many."""

from cxchurn.explanation.ledger._account import account
from cxchurn.explanation.ledger._account_result import Account
from cxchurn.explanation.ledger._contact import contact_words, contacts_words
from cxchurn.explanation.ledger._ledger import Ledger
from cxchurn.explanation.ledger._one_customer import cutoff_in, one_customer
from cxchurn.explanation.ledger._parts import PARTS, PartSums
from cxchurn.explanation.ledger._plain import plain_rows
from cxchurn.explanation.ledger._points import in_sentence, part_said, points, share
from cxchurn.explanation.ledger._touchpoints import touchpoints

__all__ = [
    "PARTS",
    "Account",
    "Ledger",
    "PartSums",
    "account",
    "contact_words",
    "contacts_words",
    "cutoff_in",
    "in_sentence",
    "one_customer",
    "part_said",
    "plain_rows",
    "points",
    "share",
    "touchpoints",
]
