"""What each interaction did to the risk: one customer's account, and the ledger of many."""

from cxchurn.explain.ledger._account import Account, account
from cxchurn.explain.ledger._ledger import Ledger
from cxchurn.explain.ledger._touchpoints import touchpoints

__all__ = ["Account", "Ledger", "account", "touchpoints"]
