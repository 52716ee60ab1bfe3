"""What a log holds that the model never met: kinds and labels to which it can give no weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.features import FeatureSet
from cxchurn.interactions import InteractionLog
from cxchurn.interactions import tables as parts_of

_ATTRIBUTES = "customers."
_EXAMPLES = 5


def unseen_labels(features: FeatureSet, log: InteractionLog, cutoff: np.datetime64) -> dict[str, dict[str, Any]]:
    """Return by column the labels known before a cut-off that are none of those learned in training.

    Parameters
    ----------
    features : FeatureSet
        The model's. It learned the 50 most frequent labels of a column.
    log : InteractionLog
    cutoff : datetime64[us]

    Returns
    -------
    dict of str to dict
        ``labels`` (how many), ``rows`` (that have them), ``such_as`` (the most frequent five).
    """
    found = {}
    for column, known in features.known_.items():
        if "@" in column:
            continue
        counts = _counted(log, column, cutoff)
        strange = counts[~counts.index.isin(known)].sort_values(ascending=False, kind="stable")
        if len(strange):
            such = [str(label) for label in strange.index[:_EXAMPLES]]
            found[column] = {"labels": len(strange), "rows": int(strange.sum()), "such_as": such}
    return found


def _counted(log: InteractionLog, column: str, cutoff: np.datetime64) -> pd.Series:
    """Return how often each label of a column occurs among what was known before the cut-off."""
    if column.startswith(_ATTRIBUTES):
        name = column.removeprefix(_ATTRIBUTES)
        there = log.customers is not None and name in log.customers.table.column_names
        return _values(log.customers.table[name]) if there else pd.Series(dtype=np.int64)  # type: ignore[union-attr]
    if column not in log.types.names:
        return pd.Series(dtype=np.int64)
    moment = pa.scalar(cutoff.astype(np.int64).item(), pa.int64()).cast(pa.timestamp("us"))
    total = pd.Series(dtype=np.int64)
    for part in parts_of(log, [column, "known_at"]):
        total = total.add(_values(part.filter(pc.less(part["known_at"], moment))[column]), fill_value=0)
    return total.astype(np.int64)


def _values(column: pa.ChunkedArray) -> pd.Series:
    counts = pc.value_counts(column.drop_null())
    labels = counts.field("values")
    labels = labels.cast(labels.type.value_type) if pa.types.is_dictionary(labels.type) else labels
    return pd.Series(counts.field("counts").to_numpy(), index=pd.Index(labels.to_pylist(), dtype=object))
