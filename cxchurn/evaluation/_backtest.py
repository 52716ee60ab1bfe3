"""What the model would have done in the past: trained again at earlier moments, judged on what came after."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sklearn.base import clone

from cxchurn._core import UsageError, html_result, html_said, html_table, iso, not_autologged, step
from cxchurn.evaluation._evaluate import _FEWEST, evaluate_predictions
from cxchurn.evaluation._words import interval_text, metric_words, verdicts
from cxchurn.evaluation.metrics._profit import Offer, profit_table
from cxchurn.evaluation.rivals._judged import as_panel, fitted, probabilities
from cxchurn.words import as_spoken, said

_WIDTH = 80
_PRINTED = ["roc_auc", "log_loss", "calibration_error"]
_MODEL = "model"


@dataclass(frozen=True, eq=False, repr=False)
class Backtest:
    """How good a model would have been at several moments of the past, beside what one could have done instead.

    Intervals hold 95 % of the draws of whole customers.

    Parameters
    ----------
    by_origin : DataFrame
        origin (the first test cut-off), model, metric, value, low, high, train_rows, test_rows, churned, seconds (to train
        and predict; the only column that differs between two runs).
    pooled : DataFrame
        model, cutoff ("pooled", or "mean over cut-offs" for the area under the curve), metric, value, low, high, rows,
        churned.
    differences : DataFrame
        baseline (the rival), cutoff, metric, difference (model minus rival, on the same draws), low, high, better.
    lift : DataFrame
        model, share_contacted, gain, lift.
    reliability : DataFrame
        model, bin, rows, mean_probability, observed_rate, low, high.
    predictions : DataFrame
        origin, customer_id, cutoff, group, churned, already_silent, and one column of probabilities a model.
    notes : tuple of str
        What to know before believing the numbers.
    profit : DataFrame, optional
        With an offer: origin, policy, contacted, expected, realised, low, high, difference (model minus policy),
        difference_low, difference_high.
    offer : Offer, optional
    still_here : DataFrame or None
        As `pooled`, of the rows that had not met the definition of churned at their cut-off already; None where no row had.
    """

    by_origin: pd.DataFrame
    pooled: pd.DataFrame
    differences: pd.DataFrame
    lift: pd.DataFrame
    reliability: pd.DataFrame
    predictions: pd.DataFrame
    notes: tuple[str, ...]
    profit: pd.DataFrame | None = None
    offer: Offer | None = None
    still_here: pd.DataFrame | None = None

    def headline(self) -> str:
        """Return one line on what was judged: origins, rows, customers, and how many churned."""
        rows = self.predictions
        origins = rows["origin"].unique()
        which = f"{len(origins)} origin{'s' * (len(origins) > 1)} from {origins[0]}"
        return f"{which}, {len(rows):,} rows, {rows['customer_id'].nunique():,} customers; {rows['churned'].mean():.1%} churned"

    def sentences(self) -> list[str]:
        """Return in words where the model beats each rival, then the notes."""
        return [*verdicts(_printed(self.differences)), *map(as_spoken, self.notes)]

    def __str__(self) -> str:
        parts = [
            textwrap.fill(f"Backtest: {self.headline()}", _WIDTH),
            _aligned(_over_all(self.pooled), "all origins"),
            *([] if self.still_here is None else [_aligned(_over_all(self.still_here), "those still here")]),
            *_side_by_side(_area_by_origin(self.by_origin)),
        ]
        if self.profit is not None:
            parts += [f"{self.offer}, all origins together:\n{_aligned(_earned(self.profit), 'contacting')}"]
        return "\n\n".join([*parts, *(textwrap.fill(sentence, _WIDTH) for sentence in self.sentences())])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        tables = [_html(_over_all(self.pooled), "all origins")]
        tables += [] if self.still_here is None else [_html(_over_all(self.still_here), "those still here")]
        tables += [_html(_area_by_origin(self.by_origin), "ROC AUC")]
        tables += [] if self.profit is None else [html_said([self.offer]), _html(_earned(self.profit), "contacting")]
        return html_result("Backtest", self.headline(), *tables, html_said(self.sentences()))


@not_autologged()
def backtest(
    model: Any,
    panel: Any,
    *,
    folds: int = 4,
    offer: Offer | None = None,
    replicates: int = 500,
    random_state: int | None = 0,
) -> Backtest:
    """Say how good the model would have been at earlier moments, and whether something simpler would have done as well.

    At each origin a clone of the model is trained on the rows whose outcome was known by then, as `PanelSplit` divides them,
    and judged on the block of cut-offs that follows. The rivals learn from the same past: a recency rule, an RFM logistic,
    the model trained on the latest training cut-off alone ("last period"), LightGBM on plain window counts, and where churn
    is inactivity the probability of no activity by BG/NBD. Customers are compared with customers in general as a nightly batch
    would have done at each test cut-off, by tables of that week.

    Parameters
    ----------
    model : ChurnModel
        Or a scikit-learn pipeline that begins with a `FeatureSet`. Fitted or not; it is cloned and stays as it is.
    panel : Panel
        All cut-offs, in training and test alike; for a `ChurnModel` with a log also a frame of them, as in `evaluate`.
    folds : int, default 4
        How many origins at most.
    offer : Offer, optional
        A retention offer, to count in money what each model would have earned.
    replicates : int, default 500
        Draws of customers for the intervals, at least 20.
    random_state : int or None, default 0
        Seed of the draws.

    Returns
    -------
    Backtest

    Examples
    --------
    >>> tested = cx.backtest(cx.ChurnModel(churn, features=[cx.Recency()]), panel, folds=2, replicates=20)
    >>> tested.differences["baseline"].unique().tolist()
    ['recency rule', 'RFM logistic', 'last period', 'window counts', 'BG/NBD']
    """
    # here, not above: judging a table of predictions loads no features and no models
    from cxchurn.evaluation.rivals._rivals import rivals

    if replicates < _FEWEST:
        raise UsageError(f"replicates is {replicates!r}.", allowed=f"{_FEWEST} or more")
    if offer is not None:
        offer.check()
    panel = as_panel(panel, model)
    contestants = {_MODEL: lambda train: fitted(clone(model), train), **rivals(model, panel.definition)}
    origins, refused = _origins(panel, folds)
    parts, about, compared = zip(*(_play(contestants, *one) for one in origins), strict=True)
    names = list(contestants)
    draws: dict[str, Any] = {"replicates": replicates, "random_state": random_state}
    tables = [
        _of_origin(evaluate_predictions(part, names, **draws).metrics, facts)
        for part, facts in zip(parts, about, strict=True)
    ]
    frame = pd.concat(parts, ignore_index=True)
    judged = evaluate_predictions(frame, names, **draws)
    return Backtest(
        by_origin=pd.concat(tables, ignore_index=True),
        pooled=judged.metrics[judged.metrics["cutoff"].isin(("pooled", "mean over cut-offs"))].reset_index(drop=True),
        differences=judged.differences,
        lift=judged.lift,
        reliability=judged.reliability,
        predictions=frame,
        notes=(*refused, *judged.notes, *dict.fromkeys(note for note in compared if note)),
        profit=None if offer is None else profit_table(frame, names, offer, **draws),
        offer=offer,
        still_here=judged.still_here,
    )


def _origins(panel: Any, folds: int) -> tuple[list[tuple[str, Any, Any]], list[str]]:
    """Return label, past and future of each origin, and why others are left out."""
    from cxchurn.panel import PanelSplit

    definition = panel.definition
    splitter = PanelSplit(folds, horizon=definition.horizon, gap=definition.gap)
    found, refused = [], []
    for past, future in splitter.split(panel.frame):
        test = panel.take(future)
        train = panel.past(past, test.cutoffs.min())
        label = iso(test.cutoffs.min())
        if 0 < train.y.mean() < 1:
            found.append((label, train, test))
        else:
            who = "everybody" if train.y.all() else "nobody"
            refused.append(f"The origin {label} is left out: {who} churned in its {len(train):,} training rows.")
    if not found:
        raise UsageError("no origin has both outcomes to learn from.\n" + "\n".join(refused), hint="add cut-offs.")
    return found, refused


def _play(
    contestants: dict[str, Callable[[Any], Any]], origin: str, train: Any, test: Any
) -> tuple[pd.DataFrame, pd.DataFrame, str | None]:
    """Return the predictions of an origin's test rows, for each contestant origin, train_rows and seconds, and a note."""
    from cxchurn.model import as_each_night

    said, seconds, notes = {}, [], {}
    for name, fit in contestants.items():
        began = time.perf_counter()
        with step(f"{origin}: {name}"):
            judged, notes[name] = as_each_night(fit(train), test)
            said[name] = probabilities(judged, test)
        seconds.append(time.perf_counter() - began)
    own = [
        name for name in ("customer_id", "cutoff", "group", "churned", "already_silent") if name in test.frame.columns
    ]
    frame = test.frame[own].assign(**said)
    frame.insert(0, "origin", origin)
    about = pd.DataFrame({"origin": origin, "model": list(contestants), "train_rows": len(train), "seconds": seconds})
    return frame, about, notes[_MODEL]


def _of_origin(metrics: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    pooled = metrics[metrics["cutoff"] == "pooled"].rename(columns={"rows": "test_rows"})
    names = ["origin", "model", "metric", "value", "low", "high", "train_rows", "test_rows", "churned", "seconds"]
    return pooled.merge(about, on="model", how="left")[names]


def _printed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the metrics to print: the area inside cut-offs where there is one, because rates may differ between them."""
    area, inside = table["metric"] == "roc_auc", table["cutoff"] != "pooled"
    known = bool(table.loc[area & inside, "low"].notna().any())
    return table[table["metric"].isin(_PRINTED) & (inside == (area & known))]


def _over_all(pooled: pd.DataFrame) -> pd.DataFrame:
    chosen = _printed(pooled)
    text = [interval_text(*row) for row in chosen[["value", "low", "high"]].itertuples(index=False)]
    wide = chosen.assign(text=text).pivot(index="model", columns="metric", values="text")
    words = {metric: metric_words(metric) for metric in _PRINTED}
    if not (chosen["cutoff"] == "pooled").all():
        words["roc_auc"] = said("evaluation", "auc_inside")
    return wide.loc[chosen["model"].unique(), _PRINTED].rename(columns=words)


def _area_by_origin(by_origin: pd.DataFrame) -> pd.DataFrame:
    chosen = by_origin[by_origin["metric"] == "roc_auc"]
    wide = chosen.assign(text=chosen["value"].map("{:.3f}".format)).pivot(
        index="model", columns="origin", values="text"
    )
    return wide.loc[chosen["model"].unique(), chosen["origin"].unique()]


def _side_by_side(wide: pd.DataFrame) -> Iterator[str]:
    """Yield tables of the area under the curve, a few origins beside each other."""
    label, column = max(map(len, wide.index)), 1 + max(map(len, wide.columns))
    a_line = max(1, (_WIDTH - label) // column)
    for first in range(0, wide.shape[1], a_line):
        yield _aligned(wide.iloc[:, first : first + a_line], "ROC AUC")


def _earned(profit: pd.DataFrame) -> pd.DataFrame:
    pooled = profit[profit["origin"] == "pooled"].set_index("policy")
    apart = pooled[["difference", "difference_low", "difference_high"]].map(_money)
    table = {
        "contacted": pooled["contacted"].map("{:,}".format),
        "expected": pooled["expected"].map(_money),
        "realised": pooled["realised"].map(_money),
        "model earns more by": apart["difference"]
        + " ["
        + apart["difference_low"]
        + ", "
        + apart["difference_high"]
        + "]",
    }
    return pd.DataFrame(table)


def _money(value: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.2f}M"
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:,.2f}"


def _html(table: pd.DataFrame, corner: str) -> str:
    return html_table(
        [corner, *table.columns], ([name, *row] for name, row in zip(table.index, table.to_numpy(), strict=True))
    )


def _aligned(table: pd.DataFrame, corner: str) -> str:
    columns = [[corner, *map(str, table.index)], *([str(name), *table[name]] for name in table.columns)]
    widths = [max(map(len, column)) for column in columns]
    lines = (
        " ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in zip(*columns, strict=True)
    )
    return "\n".join(line.rstrip() for line in lines)
