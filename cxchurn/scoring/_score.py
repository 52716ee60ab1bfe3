"""Scoring everybody as of one instant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import DataError, UsageError, instant, iso, listed, logger, step
from cxchurn.explain import explain_features
from cxchurn.features import References, read_references
from cxchurn.history import histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import Asked, asked_about, observed_end
from cxchurn.scoring._shallow import check_depth

NOT_ELIGIBLE = "not eligible"


def score(
    model: ChurnModel,
    log: InteractionLog,
    *,
    at: Any = None,
    reasons: int = 0,
    references: References | str | Path | None = None,
    allow_shallow: bool = False,
) -> pd.DataFrame:
    """Tell for every customer how likely they are to leave, as of an instant.

    Parameters
    ----------
    model : ChurnModel
        A fitted model.
    log : InteractionLog
        The interactions up to (at least) `at`, of everybody or of some customers: the scores are the same.
    at : str or datetime, optional
        The cut-off: only what was known before it counts. Default: the end of the log.
    reasons : int, default 0
        How many reasons to give for each customer.
    references : References or path, optional
        Newer tables about customers in general, from `refresh`, or the file it wrote. Default: the model's own, from when it
        was trained. Where the tables that serve are more than five weeks old, a warning (logger ``cxchurn``) and a note say so.
    allow_shallow : bool, default False
        Score also where the log's history is shorter than at any training cut-off.

    Returns
    -------
    DataFrame
        One row a customer known before `at`: ``customer_id``, ``churn_probability``, ``band`` (high, medium, low),
        ``reason_1`` and so on, ``already_silent`` (met the definition of churned already, and may return), ``not_asked``
        (why the customer is not asked about: "ended", "silent too long", "new"; "" for those asked), ``as_of`` (UTC),
        ``model_version``, ``references_version`` (of the tables about customers in general; "none" where the model compares
        with nobody). First those still here, the highest risk first, then the already silent likewise; last those who
        are not asked about, with the band "not eligible" and no probability. ``scores.attrs["summary"]`` counts them in
        words, ``scores.attrs["notes"]`` lists what to know about the scores.

    Raises
    ------
    UsageError
        Where `at` lies outside the log.
    MismatchError
        Where the log lacks what the model's features are made from; where the references were made for another model; or
        where the log holds many customers whose histories reach back less far than at the shallowest training cut-off
        (where only less far than at the deepest, that is a warning and a note: ``scores.attrs["notes"]``).

    Examples
    --------
    >>> score(model, log, at="2025-01-01", reasons=3).head()  # doctest: +SKIP
    """
    check_is_fitted(model, "version_")
    cutoff = log.observed_until if at is None else instant(at, name="at", timezone=log.timezone)
    check_inside(cutoff, log)
    given = _read(references)
    model = with_references(model, given)
    compared = model.features_.references_
    features_ = model.features_.with_log(log)
    rows = known_customers(log, cutoff)
    who = asked_about(log, model.churn_, rows["customer_id"].to_numpy(), rows["cutoff"].to_numpy())
    asked = rows[who.asked].assign(already_silent=who.already_silent[who.asked]).reset_index(drop=True)
    notes = [
        *_notes(given, compared, cutoff),
        *_stopped(model, log, cutoff),
        *check_depth(features_, log, asked, allow=allow_shallow),
    ]
    with step(f"scoring {len(asked):,} customers"):
        # part by part: features are many times larger than what is kept of them
        parts = [scored(model, asked.loc[part.index], part, reasons) for part in features_.transform_parts(asked)]
        table = pd.concat(parts).sort_values(
            ["already_silent", "churn_probability", "customer_id"],
            ascending=[True, False, True],
            kind="stable",
            ignore_index=True,
        )
    rest = rows.loc[~who.asked, ["customer_id"]].assign(churn_probability=np.nan, band=NOT_ELIGIBLE)
    rest = rest.assign(**{f"reason_{k + 1}": "" for k in range(reasons)}, already_silent=False)
    rest["not_asked"] = who.why_not[~who.asked]
    table = pd.concat([table, rest], ignore_index=True) if len(rest) else table
    table = table.astype({"already_silent": bool, "not_asked": "str"})
    table = table.assign(as_of=cutoff, model_version=model.version_, references_version=compared.version(cutoff))
    table.attrs["summary"], table.attrs["notes"] = _summary(who, cutoff), notes
    return table


def _notes(given: References | None, compared: References, cutoff: np.datetime64) -> list[str]:
    """Return what there is to say about the tables that serve, and say it."""
    notes = []
    if given is not None and given.tables and given.moment(cutoff) is None:
        notes.append(f"the references given, {given!r}, are of after {iso(cutoff)}: the model's own serve.")
    if note := compared.note(cutoff):
        notes.append(note)
    for note in notes:
        logger.warning("%s", note)
    return notes


def _stopped(model: ChurnModel, log: InteractionLog, cutoff: np.datetime64) -> list[str]:
    """Return what there is to say where what counts as activity stopped arriving before the cut-off, and say it."""
    ending = observed_end(log, model.churn_)
    if ending.probability is None or cutoff <= ending.until:
        return []
    note = f"{ending.why}. Who seems silent since then may be waiting for a load that is missing"
    logger.warning("%s.", note)
    return [note]


def _read(references: References | str | Path | None) -> References | None:
    return references if references is None or isinstance(references, References) else read_references(references)


def _summary(who: Asked, cutoff: np.datetime64) -> str:
    silent = int(who.already_silent.sum())
    said = f"Of {who.asked.size:,} customers known before {iso(cutoff)}, {who.asked.sum():,} are asked about"
    said += (
        f" ({silent:,} of them silent for longer than the horizon already, listed after the others)" if silent else ""
    )
    left = listed(f"{number:,} {why}" for why, number in who.counts().items())
    return f"{said}; not asked about: {left or 'nobody'}."


def scored(model: ChurnModel, rows: pd.DataFrame, features: pd.DataFrame, reasons: int) -> pd.DataFrame:
    """Return what is said of rows that are asked about, in their order, by their features."""
    probability = model.probability_of(features)
    table = pd.DataFrame(
        {"customer_id": rows["customer_id"].to_numpy(), "churn_probability": probability}, index=rows.index
    )
    table["band"] = model.bands_.name(probability)
    if reasons:
        said = explain_features(model, rows, features).reasons(reasons)
        names = [f"reason_{k + 1}" for k in range(reasons)]
        table[names] = said[names].to_numpy()
    return table.assign(already_silent=rows["already_silent"].to_numpy(), not_asked="")


def known_customers(log: InteractionLog, cutoff: np.datetime64) -> pd.DataFrame:
    """Return every customer known before a cut-off, with the cut-off."""
    histories = histories_of(log)
    customers = histories.ids[histories.began < cutoff.astype(np.int64)]
    return pd.DataFrame({"customer_id": customers, "cutoff": np.full(len(customers), cutoff)})


def check_inside(cutoff: np.datetime64, log: InteractionLog) -> None:
    """Raise an error for an instant at which the log says nothing."""
    if log.start is None:
        raise DataError("the log has no interaction.", hint="score with a log of the customers' interactions.")
    if log.start < cutoff <= log.observed_until:
        return
    hint = (
        "read the log with observed_until=..., if it is complete until then." if cutoff > log.start else "score later."
    )
    raise UsageError(
        f"the cut-off {iso(cutoff)} lies outside the log.",
        allowed=f"after {iso(log.start)} (the first interaction), up to {iso(log.observed_until)} (the end of the log)",
        hint=hint,
    )
