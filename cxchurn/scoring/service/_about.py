"""What a service says of its model: which it is, whom it asks about, and in which columns events come."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn.features import language_of_model
from cxchurn.interactions import columns_of
from cxchurn.scoring.online import OnlineScorer
from cxchurn.words import as_spoken, speaking


def about(scorer: OnlineScorer) -> dict[str, Any]:
    """Return what is to be known of a scorer's model, as what JSON can hold.

    Parameters
    ----------
    scorer : OnlineScorer

    Returns
    -------
    dict
        ``version``, ``asked_about`` and ``definition`` (who is asked about, and whether of what), ``ids`` (their type),
        ``features`` (how many), ``sources`` (the columns of each, in their order), ``references`` (the version of the tables
        about customers in general), ``bands`` and ``notes``.
    """
    model, now = scorer.model, np.datetime64("now", "us")
    with speaking(language_of_model(model)):
        asked_about = as_spoken(model.churn_.says)
    return {
        "version": scorer.model_version,
        "asked_about": asked_about,
        "definition": repr(model.churn_),
        "ids": model.ids_,
        "features": len(model.features_.says_),
        "sources": [{"schema": repr(schema), "columns": columns_of(schema)} for schema in model.schemas_],
        "references": model.features_.references_.version(now),
        "bands": {"medium": model.bands_.medium, "high": model.bands_.high},
        "notes": scorer.notes,
    }
