"""Compiling beforehand: a small invented company goes through everything that is compiled."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cxchurn._core import logger, step
from cxchurn._core.running._compiled import NOWHERE, counts, kernels, unused
from cxchurn.datasets import simulate
from cxchurn.features import FeatureSet, every_family
from cxchurn.history import scatter
from cxchurn.interactions import ROLES, InteractionLog, Schema, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel, FittedModel
from cxchurn.panel import Cancellation, Inactivity, make_panel, monthly
from cxchurn.scoring._score import score
from cxchurn.scoring.online import OnlineScorer
from cxchurn.scoring.service import warm_up

_SPAN = ("2023-07-01", "2024-06-01")
_CUTOFFS = ("2023-12-01", "2024-03-01")
# few, and yet every kernel is called in every form that a model can ask for
_CUSTOMERS = 60
# so few customers are answered one by one
_FEW = 5


@dataclass(frozen=True)
class Compiled:
    """What compiling beforehand did.

    Attributes
    ----------
    compiled, found : int
        Forms of kernels that were compiled now, and that were there already.
    left : tuple of str
        Kernels that the invented company did not come to: they are compiled when they are first needed.
    seconds : float
        How long it took.
    folder : Path or None
        Where they are kept, in it or in folders below; None where there is no place.
    """

    compiled: int
    found: int
    left: tuple[str, ...]
    seconds: float
    folder: Path | None

    def __str__(self) -> str:
        kept = f"kept in {self.folder}" if self.folder else NOWHERE
        lines = [f"{self.compiled} kernels compiled, {self.found} found, in {self.seconds:.1f} s; {kept}."]
        lines += [f"Left to their first use: {', '.join(self.left)}."] if self.left else []
        return "\n".join(lines)


def compile_kernels(model: FittedModel | str | Path | None = None, *, trust: Iterable[type | str] = ()) -> Compiled:
    """Compile everything that is compiled at its first use, so that no later process has to.

    In a container's build, for the account that will run it, or with ``NUMBA_CACHE_DIR`` set to a folder that it may write to.
    What is compiled is for this machine's processor and these versions.

    Parameters
    ----------
    model : path or ChurnModel, optional
        A model that is to be ready too, be it that its own builders have kernels: it is asked about invented customers. The
        folder of a saved model, its address in MLflow, or itself.
    trust : iterable of classes or str, optional
        Your own builders, if the saved model uses any, as in `load_model`.

    Returns
    -------
    Compiled
        How many, how long, and where they are kept.

    Examples
    --------
    Takes seconds where nothing was kept yet:

    >>> print(cx.compile_kernels())  # doctest: +SKIP
    0 kernels compiled, 87 found, in 6.3 s; kept in /home/app/.cache/numba.
    """
    began, before = time.perf_counter(), counts()
    with step("compiling"), _quietly():
        _use_everything()
        if model is not None:
            warm_up(OnlineScorer(model, trust=trust))
    compiled, found = (now - then for now, then in zip(counts(), before, strict=True))
    kept = {str(one.stats.cache_path) for one in kernels() if one.stats.cache_path is not None}
    folder = Path(os.path.commonpath(kept)) if kept else None
    return Compiled(compiled, found, unused(), time.perf_counter() - began, folder)


def _use_everything() -> None:
    text = _log("text")
    for log in (text, _log("integer"), _log("text", memory_limit="4MB")):
        panel = make_panel(log, Inactivity("60D", active_within="90D"), cutoffs=monthly(*_CUTOFFS))
        FeatureSet(every_family(log), log=log).fit(panel.frame).transform(panel.frame)
    for leaves, log in ((8, text), (31, _log("integer"))):
        _score(log, leaves)
    # the answers of builders that have to be called, where the rows of a part stand apart
    scatter(np.zeros(2), np.array([0, 2]), np.zeros(3))
    make_panel(text, Cancellation("cancel", horizon="30D"), cutoffs=monthly(*_CUTOFFS))


@contextmanager
def _quietly() -> Iterator[None]:
    """Say nothing of the invented company."""
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _log(ids: str, **options: str) -> InteractionLog:
    company = simulate(_CUSTOMERS, *_SPAN, random_state=1)
    rows, customers = company.interactions, company.customers
    if ids == "integer":
        numbers = {who: k for k, who in enumerate(sorted(customers["customer_id"]), start=1)}
        rows, customers = (each.assign(customer_id=each["customer_id"].map(numbers)) for each in (rows, customers))
    measures = ("items", "discount")
    roles = {name: name for name in rows.columns if name in ROLES and name not in measures}
    schema = Schema(**roles, measures=measures, categories=("product_group",))  # type: ignore[arg-type]
    return read_interactions(rows, schema, customers=customers, **options)


def _score(log: InteractionLog, leaves: int) -> None:
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(log, churn, cutoffs=monthly(*_CUTOFFS))
    classifier = ChurnClassifier(n_estimators=4, num_leaves=leaves, min_child_samples=2)
    model = ChurnModel(churn, features=every_family(log), classifier=classifier, folds=2).fit(panel)
    for reasons in (0, 3):
        score(model, log, reasons=reasons)
    scorer = OnlineScorer(model)
    scorer.warm(log)
    some = log.events["customer_id"].unique().to_pylist()
    for customers in (some, some[:_FEW], some[:1]):
        scorer.score_many(customers, log.observed_until, reasons=3)
