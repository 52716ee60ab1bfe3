"""What a batch says of the same rows, for comparison."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd

from cxchurn.explanation import reason_names
from cxchurn.interactions import Schema, read_interactions
from cxchurn.model import ChurnModel
from cxchurn.scoring import CustomerScore, score

Said = tuple[Any, ...]


def said_by_a_batch(
    model: ChurnModel, rows: pd.DataFrame, schema: Schema, at: Any, *, customers: Any = None, reasons: int = 3
) -> dict[Any, Said]:
    """By customer: the bits of the probability, band, reasons (text, bits of points, subject), whether silent, why not."""
    until = pd.Timestamp(at) + pd.Timedelta("1s")
    log = read_interactions(rows, schema, customers=customers, observed_until=max(until, _end(rows, schema)))
    scores = score(model, log, at=at, reasons=reasons, allow_shallow=True)
    names = reason_names(reasons)
    return {
        row["customer_id"]: (
            bits(row["churn_probability"]),
            row["band"],
            tuple((row[one.text], bits(row[one.points]), row[one.subject]) for one in names if row[one.text]),
            row["already_silent"],
            row["not_asked"],
            row["model_version"],
            row["references_version"],
        )
        for row in scores.to_dict("records")
    }


def said_online(found: CustomerScore) -> Said:
    """The same of one answer."""
    probability = np.nan if found.churn_probability is None else found.churn_probability
    reasons = tuple(zip(found.reasons, map(bits, found.reason_points), found.reason_subjects, strict=True))
    about = found.band, reasons, found.already_silent, found.why
    return (bits(probability), *about, found.model_version, found.references_version)


def with_schema(model: ChurnModel, schema: Schema) -> ChurnModel:
    """The same model, whose events come by another schema."""
    other = copy.copy(model)
    other.schemas_ = (schema,)
    return other


def bits(value: float) -> int:
    return int(np.array([np.nan if value != value else value]).view(np.int64)[0])


def _end(rows: pd.DataFrame, schema: Schema) -> pd.Timestamp:
    times = [schema.timestamp, *(later.at for later in schema.later), *([schema.known_at] if schema.known_at else [])]
    return max(pd.to_datetime(rows[name]).max() for name in times if rows[name].notna().any()) + pd.Timedelta("1s")
