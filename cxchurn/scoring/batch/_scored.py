"""Scoring the customers of one part: everything between features and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from cxchurn._core import InternalError
from cxchurn.explanation import choose_reasons, reason_names, sentences, telling_of
from cxchurn.scoring.batch._prepared import Prepared
from cxchurn.scoring.batch._stages import Stages

# rows at a time: their contributions stay near the processor
_BLOCK = 1024


def scored_rows(run: Prepared, batches: Sequence[np.ndarray], stages: Stages) -> Iterator[pa.Table]:
    """Yield what the model says of some of the asked customers, batch by batch; several parts of the log go at a time.

    Parameters
    ----------
    run : Prepared
    batches : sequence of ndarray
        Some of ``run.batches``, in their order.
    stages : Stages
        Where the time is written down.

    Yields
    ------
    Table
        One a batch: ``row`` (the position among those asked about), ``raw`` (log-odds), and of each reason its text, points
        and subject.
    """
    if not batches:
        return

    def score(features: pd.DataFrame) -> pa.Table:
        stages.done("features")
        return _scored(run, features, stages)

    stages.begin()
    parts = run.features.transform_parts(run.asked.iloc[np.concatenate(batches)], then=score)
    yield from _gathered(parts, [rows.size for rows in batches])


def _scored(run: Prepared, features: pd.DataFrame, stages: Stages) -> pa.Table:
    model, top, telling = run.model, run.wanted.reasons, telling_of(run.model)
    raw, numbers = np.empty(len(features)), features.to_numpy()
    columns, points = np.empty((top, len(features)), dtype=np.int64), np.empty((top, len(features)))
    for first in range(0, len(features), _BLOCK):
        some = slice(first, first + _BLOCK)
        # without reasons contributions are not needed: log-odds alone cost a fraction, and are the same to the bit
        if not top:
            raw[some] = model.raw_score_of(features.iloc[some])
            continue
        raw[some], parts = model.explained(features.iloc[some])
        columns[:, some], points[:, some] = choose_reasons(telling, raw[some], parts, numbers[some], top)
    stages.done("contributions" if top else "prediction")
    data = {"row": pa.array(features.index.to_numpy()), "raw": pa.array(raw)}
    for k, names in enumerate(reason_names(top)):
        data[names.text] = pa.array(sentences(columns[k], numbers, telling), pa.large_string())
        data[names.points] = pa.array(points[k], from_pandas=True)
        data[names.subject] = pa.array(telling.matters_of(columns[k]), pa.large_string())
    stages.done("words")
    return pa.table(data)


def _gathered(parts: Iterator[pa.Table], sizes: Sequence[int]) -> Iterator[pa.Table]:
    """Yield tables of these many rows, put together of parts that come in that order."""
    waiting: list[pa.Table] = []
    left = list(sizes)
    for part in parts:
        waiting.append(part)
        if left and sum(one.num_rows for one in waiting) == left[0]:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
            left.pop(0)
    if waiting or left:
        raise InternalError("the parts of the log do not add up to the customers asked about.")
