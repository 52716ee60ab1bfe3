"""Whether there is enough data, said before anything is trained."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DataError, Deferred, UsageError, html_result, html_said, html_table
from cxchurn.history import Seen, ask_as_of
from cxchurn.panel._panel import Panel, check_panel
from cxchurn.panel._split import PanelSplit
from cxchurn.words import Phrase

if TYPE_CHECKING:
    import pandas as pd
    from scipy import stats
else:
    pd = Deferred("pandas")
    stats = Deferred("scipy.stats")

# With 200 in the rarer class the standard error of an AUC is about 0.02 to 0.03, and that of a paired difference about
# two thirds of it: the few hundredths that a good model gains on a rule just show.
ENOUGH = 200
# Fewer cannot be learned from at all: one customer more or less changes what a model says.
FEWEST = 10
# what churn models reach on logs like these; the error changes little from .7 to .8
_AUC = 0.75
# two models of one log mostly agree on whom they rank high: their areas err together, and differ by less than two errors would
_CORRELATION = 0.8
# as many as a model uses by default
_FOLDS = 4
_WIDTH = 80
_LABELS = {
    "interactions": "interactions before the last cut-off",
    "rows": "rows",
    "customers": "customers",
    "churners": "churners",
    "stayed": "customers who stayed",
    "cutoffs": "cut-offs",
    "finished": "finished cut-offs",
    "folds": "forward folds possible",
    "standard_error": f"standard error of an AUC of {_AUC}",
    "difference": "difference in AUC that shows",
}


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """Whether there is enough data to train and judge a model, in a word, in sentences and in numbers.

    Attributes
    ----------
    enough : str
        "no": fewer than 10 churners, or fewer than 10 customers who stayed, to learn from. "barely": fewer than 200 of the
        rarer, to learn from or to judge on. "yes" else.
    sentences : tuple of str
        What is there and what that means.
    table : DataFrame
        One row a part ("training", and "test" if given): ``part``, ``interactions`` (of these customers, known before the
        part's last cut-off), ``rows``, ``customers``, ``churners`` (customers who churned after some cut-off), ``stayed``
        (customers who stayed after some cut-off), ``cutoffs``, ``finished`` (cut-offs with an outcome), ``folds`` (forward
        folds that are possible, of four), ``standard_error`` (of an AUC of 0.75), ``difference`` (in AUC, that shows).
    """

    enough: str
    sentences: tuple[str, ...]
    table: pd.DataFrame

    def check(self) -> None:
        """Raise an error where there is not enough to learn anything."""
        if self.enough == "no":
            raise DataError(
                self.sentences[0],
                allowed=f"{FEWEST} or more customers who churned, and {FEWEST} or more who stayed",
                hint="add cut-offs, read more of the log, or choose a longer horizon.",
            )

    def _repr_html_(self) -> str:
        parts = self.table.to_dict("records")
        rows = ([says, *(_number(part[name]) for part in parts)] for name, says in _LABELS.items())
        table = html_table(["", *(part["part"] for part in parts)], rows)
        return html_result("Enough data", self.enough, table, html_said(self.sentences))

    def __str__(self) -> str:
        parts = [dict(zip(self.table.columns, row, strict=True)) for row in self.table.itertuples(index=False)]
        lines = [f"Enough data: {self.enough}", ""]
        label = max(map(len, _LABELS.values()))
        lines.append(" " * label + "".join(f"{part['part']:>12}" for part in parts))
        lines += [
            f"{says:<{label}}" + "".join(f"{_number(part[name]):>12}" for part in parts)
            for name, says in _LABELS.items()
        ]
        for sentence in self.sentences:
            lines += ["", textwrap.fill(sentence, _WIDTH)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def sufficiency(panel: Panel, *, test: Panel | None = None) -> Verdict:
    """Say before training whether there are enough customers who left, and how small a difference they can show.

    The standard error of an AUC ``A`` with ``m`` churners and ``n`` customers who stayed is [1]_

        SE² = (A (1 - A) + (m - 1) (Q1 - A²) + (n - 1) (Q2 - A²)) / (m n),  Q1 = A / (2 - A),  Q2 = 2 A² / (1 + A),

    taken at ``A = 0.75``. Two models judged on the same customers, whose AUCs correlate by ``r = 0.8``, differ with the
    standard error ``SE sqrt(2 (1 - r))`` [2]_. A difference of ``(1.960 + 0.842)`` times it is found significant at 5 % with
    80 % power. A customer counts once however many rows they have, which is cautious.

    Parameters
    ----------
    panel : Panel
        The rows to learn from.
    test : Panel, optional
        The rows to judge on. Default: `panel` itself, as forward folds would use it (where it is too optimistic).

    Returns
    -------
    Verdict

    References
    ----------
    .. [1] Hanley, McNeil (1982). The meaning and use of the area under a receiver operating characteristic (ROC) curve.
       Radiology 143, 29-36.
    .. [2] Hanley, McNeil (1983). A method of comparing the areas under receiver operating characteristic curves derived
       from the same cases. Radiology 148, 839-843.

    Examples
    --------
    >>> verdict = cx.sufficiency(train, test=test)
    >>> verdict.enough, verdict.sentences[0]
    ('barely', 'In the training rows: 105 churners; as a rule about 200 are needed to tell a model from the recency rule.')
    """
    parts = {"training": panel, **({} if test is None else {"test": test})}
    for name, part in parts.items():
        check_panel(part, f"the {name} part")
        if not len(part):
            raise UsageError(f"the {name} panel has no row.", hint="choose other cut-offs, and look at its summary.")
    table = pd.DataFrame([{"part": name, **_counts(part)} for name, part in parts.items()])
    rarer = table[["churners", "stayed"]].min(axis=1)
    enough = "no" if rarer.iloc[0] < FEWEST else "barely" if rarer.min() < ENOUGH else "yes"
    return Verdict(enough, tuple(_sentences(table)), table)


def too_few(churners: int, stayed: int, *, decided: bool = False) -> str | None:
    """Return in words that there are too few of the rarer to judge a model, or None.

    Parameters
    ----------
    churners, stayed : int
        Customers who left, and customers who stayed.
    told : bool, default False
        Whether the model was told from the recency rule all the same.
    """
    if min(churners, stayed) >= ENOUGH:
        return None
    return Phrase(
        "evaluation", "too_few_but_told" if decided else "too_few", rarer=_rarer(churners, stayed), enough=ENOUGH
    )


def _rarer(churners: int, stayed: int) -> str:
    number = min(churners, stayed)
    return Phrase("evaluation", "churners" if churners <= stayed else "stayed", n=number)


def auc_error(churners: int, stayed: int, auc: float = _AUC) -> float:
    """Return the standard error of an AUC by Hanley and McNeil (1982); not a number where one class is empty."""
    if not churners or not stayed:
        return math.nan
    squared = auc * auc
    both = (churners - 1) * (auc / (2 - auc) - squared) + (stayed - 1) * (2 * squared / (1 + auc) - squared)
    return math.sqrt((auc * (1 - auc) + both) / (churners * stayed))


def _counts(panel: Panel) -> dict[str, float]:
    customers = panel.frame["customer_id"]
    left = panel.y == 1
    churners, stayed = customers[left].nunique(), customers[~left].nunique()
    error = auc_error(churners, stayed)
    who = customers.unique()
    counts = ask_as_of(panel.log, who, np.full(len(who), panel.cutoffs.max()), Seen.count)
    return {
        "interactions": int(counts.sum()),
        "rows": len(panel),
        "customers": len(who),
        "churners": churners,
        "stayed": stayed,
        "cutoffs": len(panel.summary),
        "finished": int((panel.summary["eligible"] > panel.summary["refused"]).sum()),
        "folds": _folds(panel),
        "standard_error": error,
        # found four times in five, and by chance once in twenty: the usual reading of enough
        "difference": float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * error * math.sqrt(2 * (1 - _CORRELATION)),
    }


def _folds(panel: Panel) -> int:
    """Count the forward folds whose past and future both hold churned and stayed rows."""
    splitter = PanelSplit(_FOLDS, horizon=panel.definition.horizon, gap=panel.definition.gap)
    if not splitter.get_n_splits(panel.frame):
        return 0
    both = [[np.unique(panel.y[rows]).size == 2 for rows in sides] for sides in splitter.split(panel.frame)]
    return sum(map(all, both))


def _sentences(table: pd.DataFrame) -> list[str]:
    rows = table.to_dict("records")
    training, judged = rows[0], rows[-1]
    said = []
    if min(training["churners"], training["stayed"]) < FEWEST:
        said.append(
            f"{_rarer(training['churners'], training['stayed'])}; at least {FEWEST} are needed to train at all."
        )
        rows = rows[1:]
    for row in rows:
        words = too_few(row["churners"], row["stayed"])
        said += [words if len(table) == 1 else f"In the {row['part']} rows: {words}"] if words else []
    said.append(_shown(judged))
    unfinished = training["cutoffs"] - training["finished"]
    if unfinished:
        said.append(
            f"{unfinished} of {training['cutoffs']} cut-offs {'is' if unfinished == 1 else 'are'} left out: "
            f"the outcome is not finished."
        )
    if not training["folds"]:
        said.append("No forward fold is possible, so probabilities cannot be corrected: more cut-offs would help.")
    return said


def _shown(judged: dict) -> str:
    who = f"{judged['churners']:,} churners and {judged['stayed']:,} customers who stayed"
    if not judged["churners"] or not judged["stayed"]:
        return f"With {who} to judge on, no ranking can be judged."
    if judged["difference"] >= 1 - _AUC:
        return f"With {who} to judge on, not even a perfect model could be told from one with an AUC of {_AUC}."
    return (
        f"With {who} to judge on, two models that differ by {judged['difference']:.3f} in AUC or more can be told apart "
        f"(80% power at 5%)."
    )


def _number(value: float) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.3f}"
    return f"{value:,}"
