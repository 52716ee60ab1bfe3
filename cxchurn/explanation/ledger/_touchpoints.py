"""Following many customers from interaction to interaction."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import DataError, Deferred, UsageError, as_pandas, instant, iso, logger, step
from cxchurn.explanation.ledger._chain import Chain, chain, rows_of, totals
from cxchurn.explanation.ledger._ledger import Ledger, months
from cxchurn.explanation.ledger._one_customer import cutoff_in
from cxchurn.explanation.ledger._outcome import outcomes
from cxchurn.features import References, language_of_says
from cxchurn.history import customers_asked, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.panel import values_of
from cxchurn.words import Phrase, Together, counted_values

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# customers followed at a time: what is known of each instant is small, and is gone when their interactions are told
_AT_ONCE = 1 << 13
# long enough for some thousand interactions, short enough to be about how things are now
_LATELY = np.timedelta64(90, "D")


def touchpoints(
    model: ChurnModel,
    log: InteractionLog,
    *,
    since: Any = None,
    until: Any = None,
    customers: Any = None,
    sample: int | None = None,
    value: Any = None,
    random_state: int = 0,
    references: References | None = None,
) -> Ledger:
    """Show which touchpoints cost us customers: what each interaction did to the risk of leaving, in heads and in money.

    The model is asked about each customer just before and just after every interaction. The difference is split into presence
    (any sign of life lowers the risk, a complaint too), experience (what it was like) and the rest; touchpoints are ranked by
    experience alone. Silence, the time between interactions, is shown apart; all parts add up to the whole change. An
    interaction just before or just after which its customer is not asked about (new, silent too long, gone) is left out and
    counted.

    Parameters
    ----------
    model : ChurnModel
        A fitted model.
    log : InteractionLog
        In memory or on disk.
    since : str or datetime, optional
        Interactions that became known from then on. Default: the last 90 days, which a note says.
    until : str or datetime, optional
        Up to then, not included. Default: the end of the log.
    customers : sequence of ids, optional
        Follow these alone. Default: all who are known before `until`.
    sample : int, optional
        Follow so many of them, drawn by chance; numbers are those of the drawn.
    value : str, path, frame, Series or mapping, optional
        What customers are worth, in money: the name of an attribute (as of `until`), or a table of ids and money.
    random_state : int, default 0
        Seed of the draw.
    references : References, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.

    Returns
    -------
    Ledger
        It prints as a table; ``.by("touchpoint", "kind", "month")`` sums as you like, ``.totals`` shows what adds up.

    Notes
    -----
    Intervals say how the sums would differ had other customers come, not had another model been asked. A model that has seen
    months' firsts alone may say too much or too little just after interactions, and a note says so: see how it does there by
    ``cx.evaluate(model, cx.make_panel(log, churn, cutoffs=cx.after_interactions("2024-10-01")))``, and whether the ledger
    stays with a model trained with ``cutoffs=[cx.monthly("2024-01-01"), cx.after_interactions("2024-01-01", share=0.1)]``.

    Examples
    --------
    >>> cx.touchpoints(model, log, since="2024-10-01").by("touchpoint").columns[:4].tolist()
    ['touchpoint', 'contacts', 'customers', 'told']
    """
    check_is_fitted(model, "version_")
    end = cutoff_in(log, until, name="until")
    begin = end - _LATELY if since is None else instant(since, name="since", timezone=log.timezone)
    if begin >= end:
        raise UsageError(f"since ({iso(begin)}) is not before until ({iso(end)}).", hint="give an earlier since.")
    model = with_references(model, references)
    who, notes = _followed(log, end, customers, sample, random_state)
    notes += [Phrase("ledger", "last_days")] if since is None else []
    with step(f"following {who.size:,} customers"):
        parts = list(_told(model, log, who, begin, end))
    return _ledger(model, log, parts, (begin, end), notes, value)


class _Part:
    """What is kept of some customers' chain."""

    def __init__(self, made: Chain) -> None:
        table = rows_of(made)
        self.totals = totals(made, table)
        told = table["not_asked"].to_numpy() == ""
        self.left_out = table.loc[~told, "not_asked"].value_counts().to_dict()
        self.rows = table.assign(outcome=outcomes(made.events))[told]
        self.asked = np.unique(made.whose[made.states.asked]).size


def _told(
    model: ChurnModel, log: InteractionLog, who: np.ndarray, begin: np.datetime64, end: np.datetime64
) -> Iterator[_Part]:
    # customers of one part of the log go together, so that a part on disk is read as rarely as can be
    order = np.argsort(histories_of(log).part[histories_of(log).positions(who)], kind="stable")
    for first in range(0, who.size, _AT_ONCE):
        some = np.sort(order[first : first + _AT_ONCE])
        yield _Part(chain(model, log, who[some], np.full(some.size, begin), end))


def _followed(
    log: InteractionLog, end: np.datetime64, customers: Any, sample: int | None, random_state: int
) -> tuple[np.ndarray, list[str]]:
    histories = histories_of(log)
    known = histories.ids[histories.began < end.astype(np.int64)]
    notes: list[str] = []
    if customers is not None:
        if isinstance(customers, Sized) and not len(customers):
            raise UsageError("customers is empty.", allowed="ids", hint="leave it out to follow everybody.")
        asked = np.unique(customers_asked(log, as_pandas(customers), what="customers"))
        known = asked[np.isin(histories.positions(asked), np.flatnonzero(histories.began < end.astype(np.int64)))]
        if known.size < asked.size:
            notes.append(Phrase("ledger", "unknown", n=asked.size - known.size, at=iso(end)))
    if sample is not None:
        if isinstance(sample, bool) or not isinstance(sample, (int, np.integer)) or sample < 1:
            raise UsageError(f"sample is {sample!r}.", allowed="a whole number, 1 or more")
        if sample < known.size:
            notes.append(Phrase("ledger", "drawn", n=sample, known=known.size))
            chosen = np.random.default_rng(random_state).choice(known.size, sample, replace=False)
            known = known[np.sort(chosen)]
    return known, notes


def _ledger(
    model: ChurnModel,
    log: InteractionLog,
    parts: list[_Part],
    window: tuple[np.datetime64, np.datetime64],
    notes: list[str],
    value: Any,
) -> Ledger:
    if not sum(part.asked for part in parts):
        raise DataError(
            f"nobody is asked about between {iso(window[0])} and {iso(window[1])}.", hint="choose another span."
        )
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    rows.insert(3, "month", months(rows["known_at"].to_numpy(), log.timezone))
    if value is not None:
        rows, more = _valued(rows, log, value, window[1])
        notes = [*notes, *more]
    sums = pd.concat([part.totals for part in parts]).groupby("part", sort=False).sum().reset_index()
    left: dict[str, int] = {}
    for part in parts:
        for why, number in part.left_out.items():
            left[why] = left.get(why, 0) + int(number)
    notes = [*notes, *_said(model, rows, left)]
    for note in notes:
        logger.info("%s.", note)
    asked = sum(part.asked for part in parts)
    language = language_of_says(model.features_.says_)
    drawn = next((one.places["n"] for one in notes if isinstance(one, Phrase) and one.key == "drawn"), None)
    return Ledger(
        rows, sums, *window, asked, left, value is not None, tuple(notes), model.version_, language, drawn, log.timezone
    )


def _valued(rows: pd.DataFrame, log: InteractionLog, value: Any, end: np.datetime64) -> tuple[pd.DataFrame, list[str]]:
    codes, who = pd.factorize(rows["customer_id"])
    found = values_of(log, value, np.asarray(who), end)
    return rows.assign(value=found.money[codes]), found.notes


def _said(model: ChurnModel, rows: pd.DataFrame, left: dict[str, int]) -> Iterator[str]:
    # a model remembers its training cut-offs where they are few: calendar ones, the same for everybody
    if model.learned_from_.checksums:
        yield Phrase("ledger", "calendar")
    if left:
        why = Together(counted_values("not_asked", dict(sorted(left.items()))))
        yield Phrase("ledger", "left_out", n=sum(left.values()), why=why)
    if len(rows) and not (rows["outcome"] > 0).any():
        yield Phrase("ledger", "none_well")
    alone = int((rows["later"] & rows["case_id"].isna() & rows["outcome"].notna()).sum())
    if alone:
        yield Phrase("ledger", "later_alone", n=alone)
