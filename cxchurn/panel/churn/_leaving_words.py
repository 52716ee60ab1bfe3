"""Names of kinds that sound like leaving, in lower-case letters alone."""

from __future__ import annotations

LEAVING = frozenset(
    {
        *("cancel", "canceled", "cancelled", "cancelation", "cancellation", "churn", "churned"),
        *("unsubscribe", "unsubscribed", "unsubscription", "terminate", "terminated", "termination", "deregister"),
        *("closeaccount", "closedaccount", "accountclose", "accountclosed", "accountclosure"),
        *("deleteaccount", "accountdeleted", "accountdeletion", "deactivate", "deactivated", "deactivation"),
        *("cancelaccount", "accountcancelled", "accountcanceled", "cancelsubscription", "subscriptioncancel"),
        *("subscriptioncancelled", "subscriptioncanceled", "subscriptioncancellation", "subscriptionend"),
        *(
            "subscriptionended",
            "cancelcontract",
            "contractcancelled",
            "contractcanceled",
            "contractend",
            "contractended",
        ),
        *("contractterminated", "contracttermination", "cancelmembership", "membershipcancelled", "membershipended"),
    }
)
