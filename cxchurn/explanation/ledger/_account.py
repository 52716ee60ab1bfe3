"""One customer's account: every interaction, what it put in or took out, and what it did to the risk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import DataError, Deferred, UsageError, instant, iso, span
from cxchurn.explanation.ledger._account_words import page, words
from cxchurn.explanation.ledger._chain import Chain, chain, felt_by, rows_of, totals
from cxchurn.explanation.ledger._one_customer import cutoff_in, one_customer
from cxchurn.explanation.ledger._parts import PARTS
from cxchurn.explanation.ledger._plain import plain_rows
from cxchurn.features import Balance, References, language_of_says
from cxchurn.history import Seen, Which, each_part, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, with_references
from cxchurn.words import Language, Printed, english

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


@dataclass(frozen=True, eq=False, repr=False)
class Account(Printed):
    """Every interaction of one customer, what it put into the account or took out, and what it did to the risk.

    Made by `account`. What an interaction did is the model's probability just after it beside the one just before it, with what
    was known then; what lies between two interactions is silence. A matter left open raises the risk while it goes on
    unanswered: that is the experience in the silence after it. `what_if` differs, rightly: it asks as of the end, with
    everything that followed. All this is association: how the model's answer moves with what it sees.

    Attributes
    ----------
    customer_id : str or int
    since, at : datetime64[us]
        The statement is of what became known in ``[since, at)``.
    table : DataFrame
        One row an interaction, in the order in which it became known:

        ``customer_id``; ``number`` (1 for the customer's first of all); ``known_at`` (when it moved the risk), ``timestamp``
        (when it happened), ``kind``, ``touchpoint``, ``case_id``, ``direction``, ``agent_id``; ``later`` (the row only says
        what became known of an earlier one); ``together`` (how many became known at that instant: these share its change
        equally); ``valence`` (how it felt, -1 to 1); ``told`` (whether anything on record says what it was like);
        ``deposit`` (the valence; a withdrawal is below 0 and counted by the account's weight);
        ``balance`` (on the account just after it); ``before``, ``after`` (probability just before and just after it);
        ``not_asked`` (why one of these is missing, "" where none is); ``change`` (log-odds), which is ``presence`` plus
        ``experience`` plus ``other``; ``points`` (of probability), which is ``presence_points`` plus ``experience_points`` plus
        ``other_points``; ``silence`` and ``silence_points``: the change since just after the interaction before, in the first
        row of an instant, which is ``silence_presence`` plus ``silence_experience`` plus ``silence_other`` (each with its
        ``..._points``).
    totals : DataFrame
        ``part``, ``log_odds``, ``points``: presence, experience, other, silence (the time after the last interaction too), away
        (while the customer was not asked about), and the whole, which is their sum.
    opening, closing : float
        The probability as of `since` and as of `at`; NaN where the customer is not asked about.
    closing_silence : float
        Points that the time since the last interaction added.
    closing_parts : dict of str to float
        What of them is presence, experience, other.
    half_life : str
        The time in which what is on the account fades by half, such as ``"30D"``: the shortest of the model's `Balance`.
    weight : float
        How much more a withdrawal counts than a deposit.
    model_version : str
    not_asked : str
        Why the customer is not asked about as of `at`, "" where they are.
    language : Language
        What it is printed in: that of the model.
    """

    customer_id: Any
    since: np.datetime64
    at: np.datetime64
    table: pd.DataFrame
    totals: pd.DataFrame
    opening: float
    closing: float
    closing_silence: float
    closing_parts: dict[str, float]
    half_life: str
    weight: float
    model_version: str
    not_asked: str = field(default="")
    language: Language = field(default_factory=english)
    timezone: str = "UTC"

    def __len__(self) -> int:
        return len(self.table)

    def _text(self) -> str:
        return words(self)

    def _html(self) -> str:
        return page(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as plain data, for JSON; what is missing is None."""
        ends = plain_rows(pd.DataFrame({"opening": [self.opening], "closing": [self.closing]}))[0]
        rows, totals = plain_rows(self.table.drop(columns="customer_id")), plain_rows(self.totals)
        return {"since": iso(self.since), "at": iso(self.at), **ends, "interactions": rows, "totals": totals}


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
