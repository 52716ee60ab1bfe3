"""A first question, before anybody waits for the answer: what is loaded or compiled at first use is there then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cxchurn._core import CxchurnError, logger
from cxchurn.interactions import Schema, written_time
from cxchurn.scoring.online import OnlineScorer


def warm_up(scorer: OnlineScorer) -> int:
    """Ask about invented customers, one for each kind of interaction, and keep nothing of them.

    Parameters
    ----------
    scorer : OnlineScorer

    Returns
    -------
    int
        How many of them got a probability; the first one of them makes everything ready.
    """
    model = scorer.model
    kinds = model.features_.known_.get("kind") or ("",)
    # yesterday: known before now, and in no zone in the future
    moment = datetime.now(UTC) - timedelta(days=1)
    try:
        schema = model.schemas_[0]
        events = [
            _event(schema, k if model.ids_ == "integer" else f"made up {k}", moment, kind)
            for k, kind in enumerate(kinds)
        ]
        found = scorer.score_events(events, source=0)
    except CxchurnError as error:
        # a model that such events do not fit answers its first customer a little later
        logger.debug("no first question could be asked: %s", error)
        return 0
    return sum(one.asked for one in found)


def _event(schema: Schema, customer: Any, moment: datetime, kind: str) -> dict[str, Any]:
    event = {schema.customer_id: customer, **written_time(schema, schema.timestamp, moment)}
    return event if schema.kind is None else {**event, schema.kind: kind}
