"""One customer's account: every interaction, what it put in or took out, and what it did to the risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import DataError, Deferred, UsageError, instant, iso, span
from cxchurn.explanation.ledger._account_result import Account
from cxchurn.explanation.ledger._chain import Chain, chain, felt_by, rows_of, totals
from cxchurn.explanation.ledger._one_customer import cutoff_in, one_customer
from cxchurn.explanation.ledger._parts import PARTS
from cxchurn.features import Balance, References, language_of_says
from cxchurn.history import Seen, Which, each_part, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def account(
    model: ChurnModel,
    log: InteractionLog,
    customer: Any,
    *,
    since: Any = None,
    at: Any = None,
    references: References | None = None,
) -> Account:
    """Show one customer's account: each interaction, what it put in or took out, and the risk just before and just after it.

    Each change is from just before to just after, with what was known then. `what_if` asks as of the end, with all that
    followed, and may rightly say something else of the same interaction.

    Parameters
    ----------
    model : ChurnModel
        A fitted model.
    log : InteractionLog
        The customer's interactions; those of others do not matter.
    customer : str or int
        The customer's id.
    since : str or datetime, optional
        Where the statement begins. Default: with the first interaction.
    at : str or datetime, optional
        As of when. Default: the end of the log.
    references : References, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.

    Returns
    -------
    Account
        It prints as a statement; ``.table`` has one row an interaction, ``.totals`` what adds up.

    Raises
    ------
    MismatchError
        Where the log knows nothing of the customer.
    UsageError
        Where `since` is not before `at`, or `at` lies outside the log.

    Examples
    --------
    >>> print(cx.account(model, log, "C-000042", since="2024-10-01"))
    Account of C-000042 as of 2024-12-01: risk ...
    """
    who, until = one_customer(model, log, customer), cutoff_in(log, at)
    model = with_references(model, references)
    begin = _begin(log, who, since, until)
    made = chain(model, log, who, np.array([begin]), until)
    rule = next((one for one in model.features_.builders_ if isinstance(one, Balance)), Balance())
    # the shortest one: a statement tells what was lately, and a long memory would hardly move by a row
    half_life = min(rule.half_lives, key=lambda one: span(one).microseconds)
    table = _with_balance(model, log, made, rows_of(made), str(half_life), rule.weight)
    last = made.steps(made.closing - 1, made.closing)
    probability = made.probability
    return Account(
        customer_id=who.tolist()[0],
        since=begin,
        at=until,
        table=table,
        totals=totals(made, table),
        opening=float(probability[made.opening[0]]),
        closing=float(probability[made.closing[0]]),
        closing_silence=float(last.change[0] * last.factor[0]),
        closing_parts=dict(zip(PARTS, last.points[0].tolist(), strict=True)),
        half_life=str(half_life),
        weight=float(rule.weight),
        model_version=model.version_,
        not_asked=str(made.states.why_not[made.closing[0]]),
        language=language_of_says(model.features_.says_),
        timezone=log.timezone,
    )


def _begin(log: InteractionLog, who: np.ndarray, since: Any, until: np.datetime64) -> np.datetime64:
    histories = histories_of(log)
    first = histories.began[histories.positions(who)].view("datetime64[us]")[0]
    if first >= until:
        raise DataError(
            f"nothing was known of customer {who[0]!r} before {iso(until)}; the first interaction came on {iso(first)}.",
            hint="ask about a later time: at=...",
        )
    if since is None:
        return first
    begin = instant(since, name="since", timezone=log.timezone)
    if begin >= until:
        raise UsageError(f"since ({iso(begin)}) is not before at ({iso(until)}).", hint="give an earlier since.")
    return max(begin, first)


def _with_balance(
    model: ChurnModel, log: InteractionLog, made: Chain, table: pd.DataFrame, half_life: str, weight: float
) -> pd.DataFrame:
    after, valence = made.before + 1, felt_by(model)
    level = np.full(after.size, np.nan)

    def read(rows: Which, seen: Seen) -> None:
        level[rows] = seen.balance(valence, half_life=half_life, weight=weight)[0]

    about = model.features_.with_log(log).about_
    for _ in each_part(log, made.customers[made.owner], made.cutoffs[after], read, **about):
        pass
    felt = table["valence"].to_numpy()
    place = list(table.columns).index("valence") + 1
    table.insert(place, "deposit", np.where(felt < 0, weight * felt, felt))
    table.insert(place + 1, "balance", level[made.events["moment"].to_numpy()])
    return table
