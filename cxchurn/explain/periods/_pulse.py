"""Taking the pulse: what each touchpoint was like, month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import DataError, Deferred, UsageError, did_you_mean, iso, listed, span, step
from cxchurn.explain._discovery import LEVEL, false_discovery, moved
from cxchurn.explain.periods import _assumption
from cxchurn.explain.periods._calendar import Calendar, calendar_of
from cxchurn.explain.periods._counting import Counting, each_history
from cxchurn.explain.periods._estimate import Estimate, Scope, mean_of, number_of, share_of
from cxchurn.explain.periods._groups import Groups, groups_of
from cxchurn.explain.periods._measures import ANSWERED, IF_ALL, MEASURES
from cxchurn.explain.periods._noticed import Kinds, kinds_of
from cxchurn.explain.periods._pairs import Moments, Shape
from cxchurn.explain.periods._quantile import quantile_of
from cxchurn.explain.periods._result import Pulse
from cxchurn.explain.periods._sheet import Sheet, Windows
from cxchurn.explain.periods._surveyed import surveyed
from cxchurn.history import History, histories_of
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_COUNTS = ("customers", "contacts")
_SHARES = ("solved", "csat")


def pulse(
    log: InteractionLog,
    *,
    by: Sequence[str] = ("touchpoint",),
    measures: Sequence[str] = (),
    every: str = "month",
    since: Any = None,
    until: Any = None,
    assume: Any = None,
    against: int = 3,
    solved_within: str = "7D",
    answered_within: str = "14D",
    about_within: str = "30D",
    fewest: int = 20,
) -> Pulse:
    """Show what each touchpoint was like, month by month, and what of it moved beyond noise.

    Customers in touch, contacts, waits, being passed on, matters solved, tone, and the scores of surveys with who answered.
    Everything is of the time when it happened, on the clock of the log's zone. A survey belongs to the touchpoint and the month
    of the interaction that it asks about (the customer's last one before the invitation, of the same matter where there is
    one), not to the e-mail that asked. What the company sent is no contact.

    Parameters
    ----------
    log : InteractionLog
        In memory or on disk.
    by : tuple of str, default ("touchpoint",)
        The columns of labels that tell groups apart; ``()`` takes everything together.
    measures : tuple of str
        Measures of the log's own whose means are shown beside the rest, such as ``("hours_to_resolve",)``.
    every : {"month", "quarter", "week"}
    since, until : instant, optional
        Default: all of the log.
    assume : "alike" or mapping of survey to number, optional
        What the silent would have said. ``"alike"`` (default): what those said who answered after an experience like theirs.
        A mapping such as ``{"nps": -20, "csat": -0.1, "ces": -0.5}``: so much more or less than those of the same cell.
    against : int, default 3
        A period is compared with so many before it, taken together.
    solved_within : str, default "7D"
        A contact is solved if its matter was closed within this time; contacts whose time is not over are not counted.
    answered_within : str, default "14D"
        An answer belongs to the customer's last invitation within this time; one without it is silence once the time is over.
    about_within : str, default "30D"
        How far back the interaction may lie that an invitation asks about.
    fewest : int, default 20
        Of fewer customers no interval is given, and nothing is compared.

    Returns
    -------
    Pulse
        ``.table`` has one row a group, period and measure; it prints as the latest whole period of each group, with what moved.

    Examples
    --------
    >>> pulse(log, by=("touchpoint",)).table  # doctest: +SKIP
    """
    assumed = _assumption.checked(assume)
    _positive(against=against, fewest=fewest)
    windows = Windows(
        *(
            span(text, name=name).microseconds
            for name, text in (
                ("solved_within", solved_within),
                ("answered_within", answered_within),
                ("about_within", about_within),
            )
        )
    )
    calendar, groups = calendar_of(log, every, since, until), groups_of(log, by)
    kinds = kinds_of(log)
    shape = Shape(len(groups), len(calendar), against)
    about = shape, log.roles, _further(log, measures)
    counting = Counting(*about)

    def counted(history: History) -> Counting:
        part = Counting(*about)
        part.add(Sheet(history, groups, calendar, kinds, windows))
        return part

    with step("taking the pulse"):
        for part in each_history(histories_of(log, clock="happened"), counted):
            counting.join(part)
        scopes = _scopes(calendar, windows, against, fewest)
        estimates = list(_estimates(counting, calendar, shape, kinds, scopes, assumed))
    table = _table(estimates, groups, calendar, scopes)
    notes = tuple(_notes(table, calendar, counting, kinds, assumed, against))
    return Pulse(table, groups.by, every, notes)


def _further(log: InteractionLog, measures: Sequence[str]) -> tuple[str, ...]:
    if isinstance(measures, str):
        raise UsageError(
            f"measures is the text {measures!r}.",
            allowed="a tuple of measures",
            hint=f"write measures=({measures!r},).",
        )
    for name in measures:
        if name not in log.measures:
            raise UsageError(
                f"measures names {name!r}, which is no measure of the log.",
                allowed=listed(log.measures, most=40) or "none: the log has no measures",
                hint=did_you_mean(str(name), log.measures),
            )
    return tuple(dict.fromkeys(measures))


def _positive(**numbers: Any) -> None:
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise UsageError(f"{name} is {number!r}.", allowed="a whole number, 1 or more")


def _scopes(calendar: Calendar, windows: Windows, against: int, fewest: int) -> dict[str, Scope]:
    """Return what can be told of numbers that are there at once, of what is solved, and of surveys."""
    waits = {"": 0, "solved": windows.solved, "surveys": windows.answer}
    return {name: Scope(calendar.whole(length), against, fewest) for name, length in waits.items()}


class _Measured:
    """A measure of all cells: its name, its numbers, over how many rows and customers, and which scope it has."""

    def __init__(self, name: str, estimate: Estimate, moments: Moments, scope: str) -> None:
        self.name = name
        self.estimate = estimate
        self.moments = moments
        self.scope = scope


def _estimates(
    counting: Counting,
    calendar: Calendar,
    shape: Shape,
    kinds: Kinds,
    scopes: dict[str, Scope],
    assumed: str | dict[str, float],
) -> Iterator[_Measured]:
    for name, moments in counting.moments.items():
        if name in _COUNTS:
            yield _Measured(name, number_of(moments, calendar.days, scopes[""]), moments, "")
        elif name in _SHARES:
            yield _Measured(name, share_of(moments, scopes[name]), moments, name)
        else:
            yield _Measured(name, mean_of(moments, scopes[""]), moments, "")
        if name == "wait_s":
            yield _Measured("wait_s_p90", quantile_of(counting.waits, shape, scopes[""]), moments, "")
    if counting.asks:
        scope = scopes["surveys"]
        for name, moments in surveyed(counting.asks, kinds.scored, shape, assumed).items():
            is_share = name.endswith(ANSWERED) or name == "csat"
            yield _Measured(name, (share_of if is_share else mean_of)(moments, scope), moments, "surveys")


def _table(measured: list[_Measured], groups: Groups, calendar: Calendar, scopes: dict[str, Scope]) -> pd.DataFrame:
    """Return the cells that have any row, measure by measure within group and period, with what moved."""
    size = (len(groups), len(calendar))
    group, period = (axis.ravel() for axis in np.indices(size))
    frames = []
    for place, one in enumerate(measured):
        numbers = {name: values.ravel() for name, values in vars(one.estimate).items()}
        about = {"place": place, "group": group, "cell": period, "measure": one.name}
        counts = {"count": one.moments.rows.ravel(), "customers": one.moments.customers.ravel()}
        whole = np.broadcast_to(scopes[one.scope].whole, size).ravel()
        frames.append(pd.DataFrame({**about, **numbers, **counts, "whole": whole}).loc[one.moments.rows.ravel() > 0])
    cells = pd.concat(frames, ignore_index=True).sort_values(["group", "cell", "place"], ignore_index=True)
    if cells.empty:
        raise DataError(
            f"there is no contact from {iso(np.datetime64(calendar.since, 'us'))} "
            f"to {iso(np.datetime64(calendar.until, 'us'))}.",
            hint="choose another span.",
        )
    q = false_discovery(cells["p"].to_numpy())
    table = pd.DataFrame(
        {
            name: np.array([words[k] for words in groups.labels], dtype=object)[cells["group"]]
            for k, name in enumerate(groups.by)
        }
    )
    table["period"] = np.array(calendar.labels, dtype=object)[cells["cell"]]
    table["start"] = calendar.edges.astype("datetime64[us]")[cells["cell"]]
    for name in ("measure", "value", "low", "high"):
        table[name] = cells[name]
    table[["count", "customers"]] = cells[["count", "customers"]].astype(np.int64)
    for name in ("whole", "before", "change", "change_low", "change_high"):
        table[name] = cells[name]
    return table.assign(q=q, moved=moved(table["change"].to_numpy(), q))


def _notes(
    table: pd.DataFrame,
    calendar: Calendar,
    counting: Counting,
    kinds: Kinds,
    assumed: str | dict[str, float],
    against: int,
) -> Iterator[str]:
    compared = table["q"].notna()
    yield (
        f"Each {calendar.every} is compared with the {against} before it, taken together, so seasons show as moves. Of "
        f"{int(compared.sum()):,} numbers compared {int((table['q'] <= LEVEL).sum()):,} moved: at most one in twenty of these "
        "by chance (Benjamini-Hochberg); intervals are by customer."
    )
    part = [name for name, whole in zip(calendar.labels, calendar.whole(), strict=True) if not whole]
    if part:
        yield f"Not whole, and so not compared: {', '.join(part)}."
    if any(str(name).endswith(IF_ALL) for name in table["measure"].unique()):
        yield f"{_assumption.words(assumed)}."
    lost = sum(int((~asks.found).sum()) for asks in counting.asks)
    if lost:
        total = sum(map(len, counting.asks))
        yield f"{lost:,} of {total:,} surveys ask about no interaction that is found: they stand where they were sent."
    untyped = sum(int((asks.survey < 0).sum()) for asks in counting.asks)
    if untyped:
        yield f"{untyped:,} invitations do not say to which survey: they are in no answer rate."
    if kinds.surveys:
        yield f"Only surveys, and so no contacts: {', '.join(sorted(kinds.surveys))}."
    missing = [name for name in MEASURES if name not in set(table["measure"]) and name != "score"]
    if missing:
        yield f"Not on record: {', '.join(MEASURES[name].words for name in missing)}."
