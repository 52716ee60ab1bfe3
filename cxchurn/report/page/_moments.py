"""The worst moment behind a reason that speaks of bad moments in general."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from cxchurn._core import on_clock
from cxchurn.explanation import contact_words, evidence
from cxchurn.words import said

_BALANCE = "balance_level_"


def with_moments(people: list[dict[str, Any]], explanation: Any) -> list[dict[str, Any]]:
    """Name the worst moment beside each reason that says bad moments outweigh the good ones.

    Parameters
    ----------
    people : list of dict
        As `person`.
    explanation : Explanation or None
        Of these customers; where it has no log, or does not have a customer, nothing is named.
    """
    if explanation is None or explanation.over is None or explanation.over.log is None:
        return people
    return [
        {**person, "reasons": [_with_moment(reason, person, explanation) for reason in person["reasons"]]}
        for person in people
    ]


def _with_moment(reason: dict[str, str], person: Mapping[str, Any], explanation: Any) -> dict[str, str]:
    own = explanation.take(explanation.rows["customer_id"].eq(person["id"]).to_numpy().nonzero()[0])
    # what was usual for a customer is not shown, and takes a look at every past
    details = replace(own, over=None).details()
    told = details[(details["sentence"] == reason["text"]) & details["column"].str.startswith(_BALANCE)]
    if not len(told):
        return reason
    behind = evidence(own, person["id"], cutoff=told["cutoff"].iloc[0], most=None)
    behind = behind[(behind["sentence"] == reason["text"]) & (behind["without"] > behind["value"])]
    if not len(behind):
        return reason
    worst = behind.iloc[int((behind["without"] - behind["value"]).to_numpy().argmax())].to_dict()
    contact = {name: worst[name] for name in ("kind", "touchpoint") if name in worst}
    day = pd.Timestamp(on_clock(worst["timestamp"], own.timezone)).date()
    about = {"contact": contact_words(contact), "day": day}
    return {**reason, "text": said("page", "worst", sentence=reason["text"], **about)}
