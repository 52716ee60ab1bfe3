"""What each family of features is worth on a log: how much worse a model is without it, or better with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from cxchurn._core import UsageError, listed, not_autologged, step
from cxchurn.evaluation._evaluate import _FEWEST, evaluate_predictions

if TYPE_CHECKING:
    from cxchurn.features import Builder
    from cxchurn.panel import Panel

# the same number for every set of columns: what is compared is columns, and stopping early would add its own luck
_ROUNDS = 75
_PLAIN = ("Activity", "Volume")
_METRICS = {"auc": "roc_auc", "log_loss": "log_loss"}
_ENDS = ("", "_low", "_high")


@not_autologged()
def family_value(
    panel: Panel,
    families: Sequence[Builder] | None = None,
    *,
    how: str = "dropped",
    folds: int = 3,
    replicates: int = 200,
    random_state: int | None = 0,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Say which families of features a log rewards, and which it could do without.

    Over the folds on which a model would decide (forward ones; customers divided where no forward one can), trees are trained
    on all families and on all but one, and judged on the same rows. What belongs together says the same thing twice: a family
    that can be dropped without loss may be one of two that carry it. So the other question can be asked too: what does one
    family add to plain counts in windows?

    Parameters
    ----------
    panel : Panel
        To learn and to judge on; rows of a test part do not belong in it if the answer is to change the model.
    families : list of Builder, optional
        Default: the `standard` ones.
    how : {"dropped", "added"}, default "dropped"
        What is lost without the family, or gained by it beyond `Activity` and `Volume`.
    folds : int, default 3
        How many forward folds at most.
    replicates : int, default 200
        Draws of customers for the intervals, at least 20.
    random_state : int or None, default 0
        Seed of trees and draws.
    n_jobs : int, optional
        Threads; the answer does not depend on it. Default: all.

    Returns
    -------
    DataFrame
        One row a family that makes columns, the most valuable first: ``family``, ``columns``, ``auc``, ``auc_low``,
        ``auc_high`` (the area under the ROC curve inside cut-offs), ``log_loss``, ``log_loss_low``, ``log_loss_high``;
        positive where the family helps, with intervals that hold 95 % of the draws of whole customers. Of some thirty
        families one interval or two leave out 0 by chance.

    Raises
    ------
    UsageError
        Where the panel is too small to be divided, or there is nothing to compare with.

    Examples
    --------
    >>> cx.family_value(train, [cx.Recency(), cx.Volume()], replicates=20)["family"].sort_values().tolist()
    ['Recency', 'Volume']
    """
    from cxchurn.model import find_folds

    if how not in ("dropped", "added"):
        raise UsageError(f"how is {how!r}.", allowed="'dropped' or 'added'")
    if replicates < _FEWEST:
        raise UsageError(f"replicates is {replicates!r}.", allowed=f"{_FEWEST} or more")
    found = find_folds(panel, folds).folds
    if not found:
        raise UsageError(
            f"the panel's {len(panel):,} rows cannot be divided so that both parts have stayers and churners.",
            allowed="20 customers of both outcomes to learn from",
            hint="add cut-offs.",
        )
    pairs = [(panel.take(past), panel.take(future)) for past, future in found]
    return value_on(panel, pairs, families, how=how, replicates=replicates, random_state=random_state, n_jobs=n_jobs)


def value_on(
    panel: Panel,
    pairs: Sequence[tuple[Panel, Panel]],
    families: Sequence[Builder] | None,
    *,
    how: str,
    replicates: int,
    random_state: int | None,
    n_jobs: int | None = None,
    only: Collection[str] = (),
) -> pd.DataFrame:
    """Return `family_value` over given pairs of past and future; with `only`, of the families that are called so alone."""
    from cxchurn.features import FeatureSet, standard

    definition = panel.definition
    wanted = list(standard(panel.log, definition.horizon) if families is None else families)
    on = FeatureSet(wanted, log=panel.log, horizon=definition.horizon, churn=definition).fit(panel.frame)
    # families whose roles the log lacks make no column, and cannot be worth any
    drivers = {says.driver for says in on.says_}
    builders = [builder for builder in on.builders_ if builder.driver in drivers]
    whole, others = _sets(builders, how)
    if only:
        named = {builder.driver for builder in builders if type(builder).__name__ in only}
        others = {driver: drivers for driver, drivers in others.items() if driver in named}
    if not whole or not all(others.values()):
        raise UsageError(
            f"only {listed(type(one).__name__ for one in builders)} makes columns: nothing is left to compare.",
            allowed="two families at least to drop one; Activity or Volume among them to add to",
        )
    with step(f"judging {len(others)} families"):
        frame = pd.concat(
            [_predicted(pair, builders, {"": whole, **others}, random_state, n_jobs) for pair in pairs],
            ignore_index=True,
        )
    sign = 1.0 if how == "dropped" else -1.0
    found = _differences(frame, list(others), sign, replicates, random_state)
    sizes = pd.Series([says.driver for says in on.says_]).value_counts()
    found.insert(0, "columns", [int(sizes[name]) for name in found.index])
    names = {builder.driver: type(builder).__name__ for builder in builders}
    found.insert(0, "family", [names[name] for name in found.index])
    return found.sort_values("log_loss", ascending=False, kind="stable").reset_index(drop=True)


def _sets(builders: list[Builder], how: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the drivers of the set that all are compared with, and by family those of the set to compare."""
    drivers = [builder.driver for builder in builders]
    if how == "dropped":
        return drivers, {one: [other for other in drivers if other != one] for one in drivers}
    plain = [builder.driver for builder in builders if type(builder).__name__ in _PLAIN]
    return plain, {one: [*plain, one] for one in drivers if one not in plain}


def _predicted(
    pair: tuple[Panel, Panel],
    builders: list[Builder],
    sets: dict[str, list[str]],
    random_state: int | None,
    n_jobs: int | None,
) -> pd.DataFrame:
    """Return a fold's later rows with one column of probabilities a set."""
    from cxchurn.features import FeatureSet
    from cxchurn.model import ChurnClassifier

    past, future = pair
    definition = past.definition
    # made once for all sets: dropping a family is dropping its columns
    made = FeatureSet(builders, log=past.log, horizon=definition.horizon, churn=definition).fit(past.frame)
    train, test = made.transform(past.frame), made.transform(future.frame)
    owner = {says.name: says.driver for says in made.says_}

    def probability(chosen: list[str]) -> np.ndarray:
        columns = [name for name in train.columns if owner[name] in set(chosen)]
        labels: list[str | int] = [name for name in made.categories_ if owner[name] in set(chosen)]
        trees = ChurnClassifier(
            n_estimators=_ROUNDS, categorical_features=labels, n_jobs=1, random_state=random_state or 0
        )
        return trees.fit(train[columns], past.y).predict_proba(test[columns])[:, 1]

    jobs = (delayed(probability)(chosen) for chosen in sets.values())
    said = Parallel(n_jobs=n_jobs or -1, prefer="threads")(jobs)
    return future.frame.assign(**dict(zip(map(_column, sets), said, strict=True)))


def _differences(
    frame: pd.DataFrame, others: list[str], sign: float, replicates: int, random_state: int | None
) -> pd.DataFrame:
    """Return by family how much better the whole set is than the other, or worse with the sign turned."""
    models = [_column(one) for one in ("", *others)]
    table = evaluate_predictions(frame, models, replicates=replicates, random_state=random_state).differences
    parts = dict(_differing(table, sign))
    return pd.concat(parts.values(), axis=1).loc[[_column(one) for one in others]].set_axis(others)


def _differing(table: pd.DataFrame, sign: float) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, metric in _METRICS.items():
        rows = table[table["metric"] == metric]
        inside = rows[rows["cutoff"] != "pooled"]
        # one area over cut-offs whose rates differ would reward telling the cut-offs apart
        rows = inside if name == "auc" and len(inside) else rows[rows["cutoff"] == "pooled"]
        better = sign if name == "auc" else -sign
        ends = rows.set_index("baseline")[["difference", "low", "high"]] * better
        # turned round, the lower end is the upper one
        if better < 0:
            ends = ends[["difference", "high", "low"]]
        yield name, ends.set_axis([f"{name}{end}" for end in _ENDS], axis=1)


def _column(driver: str) -> str:
    return f"without {driver}" if driver else "whole"
