"""What an evaluation found: tables, and a page that fits a terminal or a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cxchurn._core import html_result, html_said, html_table
from cxchurn.evaluation._learned import Learned
from cxchurn.evaluation._said_and_came import calibration_verdict
from cxchurn.evaluation._words import SUMMARY_METRICS, interval_text, metric_words, verdicts
from cxchurn.words import as_spoken, said, value_words

_WIDTH = 80


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """How good a model is, beside simple rules and with intervals.

    Parameters
    ----------
    metrics : DataFrame
        model, cutoff (a cut-off's label, "pooled", or "mean over cut-offs"), metric, value, low, high (95 % interval
        over draws of customers), rows, churned.
    differences : DataFrame
        baseline, cutoff ("pooled" or "mean over cut-offs"), metric, difference (model minus baseline), low, high,
        better ("model", "baseline" or "too close to tell").
    reliability : DataFrame
        model, bin, rows, mean_probability, observed_rate, low, high.
    lift : DataFrame
        model, share_contacted, gain, lift.
    predictions : DataFrame
        customer_id, cutoff, group, churned, already_silent (where it is known), and one column of probabilities a model.
    notes : tuple of str
        What to know before believing the numbers.
    still_here : DataFrame or None
        As `metrics`, over all cut-offs, of the rows that had not met the definition of churned at their cut-off already;
        None where no row had, or where it is not known.
    learned : Learned or None
        What the judged model had learned from, where that is known.
    """

    metrics: pd.DataFrame
    differences: pd.DataFrame
    reliability: pd.DataFrame
    lift: pd.DataFrame
    predictions: pd.DataFrame
    notes: tuple[str, ...]
    still_here: pd.DataFrame | None = None
    learned: Learned | None = None

    def summary(self, *, still_here: bool = False) -> pd.DataFrame:
        """Return the main metrics over all cut-offs as text, one row a model.

        Parameters
        ----------
        still_here : bool, default False
            Of those still here alone, where some were silent for too long already.

        Returns
        -------
        DataFrame
            model, roc_auc, average_precision, log_loss, brier, calibration_error, lift_10; cells such as
            "0.812 [0.79, 0.83]".
        """
        metrics = self.still_here if still_here and self.still_here is not None else self.metrics
        pooled = metrics[metrics["cutoff"] == "pooled"]
        texts = [interval_text(*row) for row in pooled[["value", "low", "high"]].itertuples(index=False)]
        wide = pooled.assign(text=texts).pivot(index="model", columns="metric", values="text")
        models = pooled["model"].drop_duplicates()
        return wide.loc[models, list(SUMMARY_METRICS)].rename_axis(columns=None).reset_index()

    def headline(self) -> str:
        """Return one line on what was judged: rows, customers, cut-offs, and how many churned."""
        rows = self.predictions
        size = {"rows": len(rows), "customers": rows["customer_id"].nunique(), "cutoffs": rows["group"].nunique()}
        return said("evaluation", "headline", **size, churned=rows["churned"].sum(), rate=rows["churned"].mean())

    def headline_still_here(self) -> str:
        """Return one line on those still here and those who were not, "" where all were."""
        if self.still_here is None:
            return ""
        silent, churned = self.predictions["already_silent"], self.predictions["churned"]
        here = {"rows": int((~silent).sum()), "churned": churned[~silent].sum(), "rate": churned[~silent].mean()}
        others = {"others": int(silent.sum()), "their_rate": churned[silent].mean()}
        return said("evaluation", "still_here", **here, **others)

    def sentences(self) -> list[str]:
        """Return in words whether the probabilities were right, where the model beats each baseline, then the notes."""
        return [calibration_verdict(self), *verdicts(self.differences), *map(as_spoken, self.notes)]

    def __str__(self) -> str:
        lines = [textwrap.fill(said("evaluation", "head", headline=self.headline()), _WIDTH), *_tables(self.summary())]
        if self.still_here is not None:
            lines += [
                "",
                textwrap.fill(f"{self.headline_still_here()}.", _WIDTH),
                *_tables(self.summary(still_here=True)),
            ]
        for sentence in self.sentences():
            lines += ["", textwrap.fill(sentence, _WIDTH)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        tables = html_of(self.summary())
        if self.still_here is not None:
            tables += html_said([f"{self.headline_still_here()}."]) + html_of(self.summary(still_here=True))
        return html_result("Evaluation", self.headline(), tables, html_said(self.sentences()))


def _tables(summary: pd.DataFrame) -> list[str]:
    table = summary.set_index("model").T
    return [line for models in _fitting(table) for line in ("", _aligned(table[models]))]


def html_of(summary: pd.DataFrame) -> str:
    """Return a table of `Evaluation.summary` for a notebook: one row a metric, one column a model."""
    lines = ([metric_words(metric), *summary[metric]] for metric in summary.columns.drop("model"))
    return html_table(["", *(value_words("evaluation", one) for one in summary["model"])], lines)


def _aligned(table: pd.DataFrame) -> str:
    columns = [pd.Series(["", *table.index])] + [pd.Series([name, *table[name]]) for name in table.columns]
    padded = [column.str.ljust(column.str.len().max()) for column in columns]
    return "\n".join(" ".join(cells).rstrip() for cells in zip(*padded, strict=True))


def _fitting(table: pd.DataFrame) -> Iterator[list[str]]:
    """Yield the columns in groups that fit the width of a terminal, at least one at a time."""
    label = max(map(len, table.index))
    group: list[str] = []
    used = label
    for name in table.columns:
        width = 1 + max(len(str(name)), table[name].str.len().max())
        if group and used + width > _WIDTH:
            yield group
            group, used = [], label
        group.append(name)
        used += width
    yield group
