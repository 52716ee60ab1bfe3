"""One customer scored again with interactions that went otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cxchurn._core import Deferred, UsageError
from cxchurn.explanation.ledger import PARTS, PartSums, cutoff_in, one_customer
from cxchurn.explanation.reasons._probability import path_factor
from cxchurn.explanation.whatif._edits import Edit
from cxchurn.explanation.whatif._result import WhatIf
from cxchurn.explanation.whatif._rows import Rows
from cxchurn.features import References, language_of_says
from cxchurn.history import labels_before, log_of_one
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, probability_of_raw, with_references
from cxchurn.panel import EVER, asked_about

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


class _Said(NamedTuple):
    raw: float
    contributions: np.ndarray
    features: np.ndarray
    why_not: str


def what_if(
    model: ChurnModel,
    log: InteractionLog,
    customer: Any,
    edits: Edit | Sequence[Edit],
    *,
    at: Any = None,
    references: References | None = None,
) -> WhatIf:
    """Score a customer again with interactions that went otherwise: events are edited, features and model are the same.

    It is asked as of `at`, with everything that followed the edited interactions. An `account` differs from that, rightly: it
    says what an interaction did just when it came, by what was known then. What left a matter open that nobody took up may
    have raised the risk little when it came and much by now.

    Edits are applied one after the other. When something became known does not change, but for interactions that are moved or
    added; what became known later of an edited interaction is edited on the row that says so.

    Parameters
    ----------
    model : ChurnModel
        A fitted model.
    log : InteractionLog
    customer : str or int
    edits : Edit or sequence of Edit
        `answered`, `not_passed_on`, `solved`, `tone`, `called_back`, `refunded`, `added`, `edited`, `without`.
    at : str or datetime, optional
        As of when. Default: the end of the log.
    references : References, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.

    Returns
    -------
    WhatIf
        It says what the model says of such a history. That is association: no proof that acting so would have kept anybody.

    Examples
    --------
    >>> edits = [cx.answered("M-0001208", within="5s"), cx.not_passed_on("M-0001208")]
    >>> print(cx.what_if(model, log, "C-000042", edits))
    What if, for C-000042 as of 2024-12-01:
      answered('M-0001208', within='5s')
      not_passed_on('M-0001208')
    risk ...
    """
    given = tuple(edits) if isinstance(edits, Iterable) and not isinstance(edits, str) else (edits,)
    strange = [one for one in given if not isinstance(one, Edit)]
    if strange:
        raise UsageError(
            f"an edit is {strange[0]!r}.", allowed="edits", hint="cx.answered('T-7', within='5min'), cx.without(12)."
        )
    who, cutoff = one_customer(model, log, customer), cutoff_in(log, at)
    model = with_references(model, references)
    own = log_of_one(log, who)
    rows = Rows(own, tuple(labels_before(log, "kind", EVER)))
    for edit in given:
        try:
            edit.apply(rows)
        except OverflowError as error:
            raise UsageError(f"{edit!r} leads out of the calendar.", hint="give a shorter span.") from error
    was, now = (_said(model, one, who, cutoff) for one in (own, rows.to_log()))
    return _compared(model, was, now, (who.tolist()[0], cutoff, given))


def _said(model: ChurnModel, log: InteractionLog, who: np.ndarray, cutoff: np.datetime64) -> _Said:
    cutoffs = np.array([cutoff])
    why = str(asked_about(log, model.churn_, who, cutoffs).why_not[0])
    frame = pd.DataFrame({"customer_id": who, "cutoff": cutoffs})
    features = model.features_.with_log(log).transform(frame)
    raw, contributions = model.explained(features)
    missing = np.nan if why else 1.0
    return _Said(float(raw[0]) * missing, contributions[0, :-1] * missing, features.to_numpy()[0], why)


def _compared(model: ChurnModel, was: _Said, now: _Said, about: tuple[Any, np.datetime64, tuple[Edit, ...]]) -> WhatIf:
    says, moved = model.features_.says_, now.contributions - was.contributions
    factor = 100 * float(path_factor(np.array([now.raw - was.raw]), was.raw)[0])
    before, after = (float(probability_of_raw(np.array([one.raw]))[0]) for one in (was, now))
    by_part = PartSums(says).sums(moved[None, :])[0]
    parts = pd.DataFrame({"part": PARTS, "log_odds": by_part, "points": by_part * factor})
    columns = pd.DataFrame(
        {
            "theme": [one.theme for one in says],
            "driver": [one.driver for one in says],
            "column": [one.name for one in says],
            "before": [one.sentence(float(value)) for one, value in zip(says, was.features, strict=True)],
            "after": [one.sentence(float(value)) for one, value in zip(says, now.features, strict=True)],
            "log_odds": moved,
            "points": moved * factor,
        }
    )
    summed = columns.groupby(["theme", "driver"], sort=False)[["log_odds", "points"]].sum(min_count=1).reset_index()
    other = columns[columns["before"] != columns["after"]].drop(columns="log_odds")
    return WhatIf(
        *about,
        before=before,
        after=after,
        not_asked=was.why_not or now.why_not,
        parts=parts,
        drivers=_largest(summed, "driver"),
        sentences=_largest(other, "column"),
        model_version=model.version_,
        language=language_of_says(says),
        timezone=model.features_.timezone_,
    )


def _largest(table: pd.DataFrame, name: str) -> pd.DataFrame:
    order = table.assign(size=-table["points"].abs()).sort_values(["size", name], kind="stable").index
    return table.loc[order].reset_index(drop=True)
