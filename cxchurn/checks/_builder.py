"""The proof that a builder does what every builder owes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import DAY, CxchurnError, UsageError, cached_property, instants, listed
from cxchurn.checks._drift import NAMES, check_drift, drifting
from cxchurn.checks._leak import check_no_leak
from cxchurn.checks._not_own import with_more_not_own
from cxchurn.checks._statements import check_clones, check_columns, check_documented, check_printed, check_sentences
from cxchurn.features import Builder, Column, FeatureSet, Number, Recency, columns_of, needed
from cxchurn.history import Seen, histories_of
from cxchurn.interactions import InteractionLog, with_events

_ALONE = 5  # how many customers are looked at one by one
# an instant that is no full hour nor minute: a builder that rounds the cut-off to its day is found by it
_IN_THE_DAY = (13 * 3600 + 45 * 60 + 10) * 1_000_000


class BuilderError(CxchurnError):
    """A builder lacks something that every builder owes."""


def check_builder(
    builder: Builder, log: InteractionLog, *, cutoffs: Any = None, customers: int = 300, random_state: int = 0
) -> pd.DataFrame:
    """Prove that a builder of your own can be trusted like those that come with the package.

    Parameters
    ----------
    builder : Builder
        What to check.
    log : InteractionLog
        Any log with the roles that the builder needs.
    cutoffs : list of instants, optional
        Where to check. Default: three in the later half of the log: a midnight, one inside a day, and one exactly at the
        time of an interaction.
    customers : int, default 300
        How many customers to look at, at most.
    random_state : int, default 0

    Returns
    -------
    DataFrame
        One row a check: ``check``, ``passed``, ``found`` (what was looked at). The checks are ``columns`` (names, shapes,
        finite numbers), ``documented`` (the docstring begins with the idea and names every column), ``sentences``,
        ``prints as typed``, ``clone-safe``, ``deterministic``, ``row order`` (of the log), ``other rows`` (one row asked
        for alone gives the same), ``other customers`` (so does a log of that customer alone), ``own acts`` (where it ``sees``
        own acts or activity, what the company sends and what only became known moves no column), ``leak-free``
        (`check_no_leak`), ``cut-offs`` (in a log in which nothing changes no column names the cut-off; those that drift,
        because they grow with the log, are only said: `check_drift`).

    Raises
    ------
    BuilderError
        Naming each check that failed, and what was found.

    Examples
    --------
    >>> bool(cx.check_builder(cx.Effort(), log)["passed"].all())
    True
    """
    trial = _trial(builder, log, cutoffs, customers, random_state)
    if not trial.columns:
        raise UsageError(
            f"{builder!r} makes no column of this log.", hint="check it on a log that has what it looks for."
        )
    _raise_failed(builder, [_outcome("columns", trial)])
    table = [_outcome(name, trial) for name in _CHECKS]
    _raise_failed(builder, table)
    return pd.DataFrame(table, columns=["check", "passed", "found"])


@dataclass(frozen=True, eq=False)
class _Trial:
    builder: Builder
    log: InteractionLog
    rows: pd.DataFrame
    moments: np.ndarray
    seen: Seen
    customers: int
    random_state: int

    @cached_property
    def fitted(self) -> FeatureSet:
        return FeatureSet([self.builder], log=self.log).fit(self.rows)

    @cached_property
    def features(self) -> pd.DataFrame:
        return self.fitted.transform(self.rows)

    @cached_property
    def columns(self) -> list[Column]:
        return list(columns_of(self.builder, self.seen))

    @property
    def size(self) -> str:
        return _counted(row=len(self.rows), cutoff=len(self.moments))


def _trial(builder: Builder, log: InteractionLog, cutoffs: Any, customers: int, random_state: int) -> _Trial:
    if not len(log):
        raise UsageError("the log is empty.", allowed="a log with interactions to check the builder on")
    moments = _moments(log) if cutoffs is None else instants(np.atleast_1d(np.asarray(cutoffs)))
    ids = histories_of(log).ids
    rng = np.random.default_rng(random_state)
    chosen = ids[np.sort(rng.choice(len(ids), min(customers, len(ids)), replace=False))]
    rows = pd.DataFrame({"customer_id": np.tile(chosen, len(moments)), "cutoff": np.repeat(moments, len(chosen))})
    # the labels known come from a builder that is always sound: this one may not be
    plain = FeatureSet([Recency()], log=log).fit(rows)
    lacking = builder.lacks(plain.roles_)
    if lacking:
        raise UsageError(
            f"the log lacks {needed(lacking)}, which {builder!r} needs.",
            allowed="a log that can feed the builder",
        )
    return _Trial(builder, log, rows, moments, plain.seen(rows), customers, random_state)


def _moments(log: InteractionLog) -> np.ndarray:
    """A midnight, the very time of an event, and an instant inside a day, all after the first event."""
    known = log.events["known_at"].to_numpy().astype("datetime64[us]").astype(np.int64)
    at = [(known.size - 1) * tenths // 10 for tenths in (5, 7, 9)]
    early, exact, late = np.partition(known, at)[at]
    wanted = (early // DAY * DAY, exact, late // DAY * DAY + _IN_THE_DAY)
    later = sorted({int(moment) for moment in wanted if moment > known.min()})
    return np.array(later or [known.max() + DAY]).astype("datetime64[us]")


def _outcome(name: str, trial: _Trial) -> tuple[str, bool, str]:
    try:
        return name, True, _CHECKS[name](trial)
    except CxchurnError as error:
        return name, False, error.found


def _raise_failed(builder: Builder, table: list[tuple[str, bool, str]]) -> None:
    failed = [f"- {name}: {found}" for name, passed, found in table if not passed]
    if failed:
        raise BuilderError(
            f"{type(builder).__name__} fails {len(failed)} of {len(_CHECKS)} checks:\n" + "\n".join(failed),
            allowed="a builder that passes them all",
            hint="mend the first one first: the others often follow from it.",
        )


def _columns(trial: _Trial) -> str:
    check_columns(trial.builder, trial.columns, rows=len(trial.rows))
    infinite = [str(name) for name in trial.features if np.isinf(trial.features[name]).any()]
    if infinite:
        raise BuilderError(
            f"{listed(infinite)} hold infinite values; where there is nothing to divide by, say missing."
        )
    return _counted(column=len(trial.columns))


def _documented(trial: _Trial) -> str:
    check_documented(trial.builder, [column.name for column in trial.columns])
    return _counted(column=len(trial.columns))


def _sentences(trial: _Trial) -> str:
    return _counted(sentence=check_sentences(trial.builder, trial.columns, trial.features))


def _printed(trial: _Trial) -> str:
    return check_printed(trial.builder)


def _cloned(trial: _Trial) -> str:
    copy = check_clones(trial.builder)
    _same(trial, FeatureSet([copy], log=trial.log).fit_transform(trial.rows), "of a clone")
    return trial.size


def _deterministic(trial: _Trial) -> str:
    _same(trial, trial.fitted.transform(trial.rows), "the second time")
    again = with_events(trial.log, trial.log.events)
    _same(trial, FeatureSet([trial.builder], log=again).fit_transform(trial.rows), "from the same log, sorted anew")
    return trial.size


def _row_order(trial: _Trial) -> str:
    order = np.random.default_rng(trial.random_state).permutation(len(trial.log))
    mixed = with_events(trial.log, trial.log.events.take(pa.array(order)))
    _same(trial, FeatureSet([trial.builder], log=mixed).fit_transform(trial.rows), "when the log's rows are shuffled")
    return trial.size


def _other_rows(trial: _Trial) -> str:
    back = trial.rows.iloc[::-1]
    _same(trial, trial.fitted.transform(back).iloc[::-1], "when the rows are asked for backwards")
    for place in _spread(len(trial.rows)):
        one = trial.rows.iloc[[place]]
        _same(trial, trial.fitted.transform(one), "when a row is asked for alone", at=one.index)
    return _counted(row=len(_spread(len(trial.rows)))) + " alone"


def _other_customers(trial: _Trial) -> str:
    ids = trial.rows["customer_id"].unique()
    chosen = [ids[place] for place in _spread(len(ids))]
    for customer in chosen:
        rows = trial.rows[trial.rows["customer_id"] == customer]
        own = trial.log.events.filter(pc.equal(trial.log.events["customer_id"], pa.scalar(customer)))
        alone = trial.fitted.with_log(with_events(trial.log, own))
        _same(trial, alone.transform(rows), "when a customer's log holds nobody else", at=rows.index)
    return _counted(customer=len(chosen)) + " alone"


def _own_acts(trial: _Trial) -> str:
    if trial.builder.sees == "all":
        return "sees all events"
    more = with_more_not_own(trial.log, np.random.default_rng(trial.random_state))
    other = FeatureSet([trial.builder], log=more).fit_transform(trial.rows)
    _same(trial, other, "when there are more events that are no act of the customers' own")
    return _counted(event=len(more) - len(trial.log)) + " added"


def _leak_free(trial: _Trial) -> str:
    table = check_no_leak(
        trial.builder, trial.log, cutoffs=trial.moments, customers=trial.customers, random_state=trial.random_state
    )
    return _counted(row=table["rows"].sum(), cutoff=len(table))


def _cutoffs(trial: _Trial) -> str:
    table = check_drift(trial.builder, trial.log, customers=trial.customers, random_state=trial.random_state)
    naming = table[table["finding"] == NAMES]
    if len(naming):
        raise BuilderError(
            f"{listed(naming['column'])} hold values that many customers have at one cut-off and nobody at another"
            f" (up to {naming['own_values'].max():.0%} of the rows): they name the cut-off."
        )
    return drifting(table)


def _same(trial: _Trial, other: pd.DataFrame, when: str, *, at: pd.Index | None = None) -> None:
    whole = trial.features if at is None else trial.features.loc[at]
    if list(whole.columns) != list(other.columns):
        raise BuilderError(f"{listed(sorted(set(whole.columns) ^ set(other.columns)))} come and go {when}.")
    bits, others = (frame.to_numpy().view(np.int64) for frame in (whole, other))
    changed = [str(name) for name, ok in zip(whole.columns, (bits == others).all(axis=0), strict=True) if not ok]
    if changed:
        raise BuilderError(f"{listed(changed)} differ {when}.")


def _counted(**things: float) -> str:
    said = [format(Number(count), f"#{noun.replace('cutoff', 'cut-off')}") for noun, count in things.items()]
    return " at ".join(said)


def _spread(size: int) -> list[int]:
    """Give a few places from the first to the last."""
    return sorted({int(place) for place in np.linspace(0, size - 1, _ALONE)})


_CHECKS: dict[str, Callable[[_Trial], str]] = {
    "columns": _columns,
    "documented": _documented,
    "sentences": _sentences,
    "prints as typed": _printed,
    "clone-safe": _cloned,
    "deterministic": _deterministic,
    "row order": _row_order,
    "other rows": _other_rows,
    "other customers": _other_customers,
    "own acts": _own_acts,
    "leak-free": _leak_free,
    "cut-offs": _cutoffs,
}
