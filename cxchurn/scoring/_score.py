"""Scoring everybody as of one instant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cxchurn._core import check_output, logger, step, to_polars
from cxchurn.features import References
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel
from cxchurn.scoring._fitted import fitted
from cxchurn.scoring.batch import Stages, Wanted, listing, prepare, scored_rows


def score(
    model: ChurnModel | str | Path,
    log: InteractionLog,
    *,
    at: Any = None,
    reasons: int = 0,
    references: References | str | Path | None = None,
    allow_shallow: bool = False,
    allow_missing: bool = False,
    bands: str | None = None,
    intervals: bool | float = False,
    value: Any = None,
    exclude: Any = None,
    top: int | None = None,
    output: str = "pandas",
) -> pd.DataFrame | Any:
    """Tell for every customer how likely they are to leave, as of an instant.

    For more customers than fit into memory with their reasons, and for runs that are to survive being killed, see `score_to`.

    Parameters
    ----------
    model : ChurnModel or path
        A fitted model; or the folder of a saved one, or its address in MLflow.
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
    allow_missing : bool, default False
        Score also a log of 100 customers or more that lacks a source, or kinds that made up 1 % and more of the training log.
    bands : str, optional
        Who is high and who is medium, by another rule than the model's: ``"capacity: 500, 1500"`` (the first 500 of the list,
        then 1,500), ``"probability: 30%, 10%"``, ``"value: 1000, 200"`` (of expected loss) or ``"share: 10%, 20%"`` (of
        predictions like those to come, as the forward folds made them). Without a second number nobody is medium.
    intervals : bool or float, default False
        Also say how sure each probability is (`ChurnModel.probability_interval`): ``probability_low`` and
        ``probability_high``, at the level 0.9 or the one given.
    value : str, path, frame, Series or mapping, optional
        What customers are worth, in money: the name of an attribute (as of the cut-off), or a table of ids and money. Adds
        ``value`` and ``expected_loss``, the probability times the value; missing where no value is known.
    exclude : path, frame, Series or sequence of ids, optional
        Customers not to be listed: a text file with an id a line, or CSV or Parquet with a column ``customer_id``. They are
        counted, and so are ids that fit nobody.
    top : int, optional
        List only the first so many.
    output : {"pandas", "polars"}, default "pandas"
        What sort of frame. One of polars (needs the extra ``polars``) has no ``attrs``: its summary and notes are said by the
        logger ``cxchurn``.

    Returns
    -------
    DataFrame
        One row a customer known before `at`: ``customer_id``, ``churn_probability``, ``band`` (high, medium, low), ``reason_1``
        ("" where nothing more raises the risk), ``points_1`` (by how many points of probability what it is about raises the
        risk), ``subject_1`` (what it is about: a theme such as "rhythm", of experience the driver such as "effort"; the same in
        every language, "" where there is no reason) and so on, ``already_silent`` (met the definition of churned already, and
        may return), ``not_asked`` (why the customer is not asked about: "ended", "silent too long", "new"; "" for those asked),
        ``as_of`` (UTC), ``model_version``, ``references_version`` (of the tables about customers in general; "none" where the
        model compares with nobody); with `intervals` and `value` also those columns. First those still here, the highest risk
        first, then the already silent likewise; last those who are not asked about, with the band "not eligible" and no
        probability. ``scores.attrs["summary"]`` counts them in words, ``scores.attrs["notes"]`` lists what to know about the
        scores, ``scores.attrs["rules"]`` says by which rules the list is made, ``scores.attrs["timezone"]`` on the clock of
        which zone people read `as_of`.

    Raises
    ------
    UsageError
        Where `at` lies outside the log.
    MismatchError
        Where the log lacks what the model's features are made from, or holds many customers and lacks sources or frequent
        kinds of the training log; where the references were made for another model; or
        where the log holds many customers whose histories reach back less far than at the shallowest training cut-off
        (where only less far than at the deepest, that is a warning and a note: ``scores.attrs["notes"]``).

    Examples
    --------
    >>> cx.score(model, log, at="2024-11-15", reasons=1).columns[:6].tolist()
    ['customer_id', 'churn_probability', 'band', 'reason_1', 'points_1', 'subject_1']
    >>> cx.score(model, log, at="2024-11-15", output="polars").columns[:3]
    ['customer_id', 'churn_probability', 'band']
    """
    check_output(output)
    model = fitted(model)
    wanted = Wanted(at, reasons, references, allow_shallow, bands, intervals, value, exclude, top, allow_missing)
    run = prepare(model, log, wanted)
    with step(f"scoring {len(run.asked):,} customers"):
        parts = list(scored_rows(run, run.batches, Stages()))
        listed = pa.concat_tables(listing(run, parts).blocks())
    if output == "polars":
        logger.info("%s", run.says)
        return to_polars(listed)
    table = listed.to_pandas()
    table.attrs |= {"summary": run.says, "notes": run.notes, "rules": wanted.rules, "timezone": run.log.timezone}
    return table
