"""Whether days without an event are more than chance: how probable such a silence is, by the log's own days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# a silence less probable than this is no chance; its first stretch alone has to be unlikely too
IMPLAUSIBLE = 1e-4
# the last days alone: what they say must hold with the whole run too, which is judged far more strictly
_UNLIKELY = 1e-2
# how many days back the log's own habits are looked up: half a year and a year, and the more forgiving answer counts
_BACK = (182, 365)
_YEAR = 364  # whole weeks
# days that are empty more often than this tell nothing, where there are others that are less often empty than that
_CLOSED, _OPEN = 0.9, 0.5
# the days around the same day of earlier years that tell the season
_SEASON = 3
# by chance one year in twenty has such a gap at the same time
_ODD = 0.05
# so many late rows, or so small a share of what was to be expected, are no restart; if they are not many of those expected
_HANDFUL, _SHARE, _MANY = 5, 0.001, 0.1
# of a longer silence the first three years tell enough
_LONGEST = 1096
# fewer days with events tell no habits
_ENOUGH = 10
# so many of the longest holes are looked at
_FEW = 50


@dataclass(frozen=True)
class Silence:
    """Days without an event.

    Parameters
    ----------
    since : int
        The first of these days, counted since 1970.
    days : int
        How many there are.
    probability : float
        How probable so long a silence was there, by the log's own days.
    late : int
        How many events came after it began.
    """

    since: int
    days: int
    probability: float
    late: int = 0


def stopped(days: np.ndarray, rows: np.ndarray, end: int) -> Silence | None:
    """Return the silence with which something ends, where it is no chance; None where it goes on, or may.

    A few late rows after the silence began do not hide it.

    Parameters
    ----------
    days : ndarray of int64, shape (n,)
        The days with events, in order, counted since 1970.
    rows : ndarray of int64, shape (n,)
        How many events there were on each.
    end : int
        The first day that was not observed whole.
    """
    counts, first = _dense(days, rows, end)
    found = None
    for start in reversed(np.flatnonzero(counts[:-1]) + 1 if counts.size else []):
        tail = counts[start:]
        late, expected = int(tail.sum()), counts[max(0, start - _BACK[0]) : start].mean() * tail.size
        if late > max(_HANDFUL, _SHARE * expected):
            break
        if tail[0] or late > _MANY * expected:
            continue
        empty = np.flatnonzero(tail == 0) + start
        own = probability(counts == 0, first, np.arange(start, start + _run(tail)))
        whole = probability(counts == 0, first, empty)
        if own < _UNLIKELY and whole < IMPLAUSIBLE:
            found = Silence(first + int(start), empty.size, whole, late)
    return found


def holes(days: np.ndarray, rows: np.ndarray, end: int) -> list[Silence]:
    """Return the silences after which something went on as before, where they are no chance; arguments as for `stopped`."""
    last = stopped(days, rows, end)
    counts, first = _dense(days, rows, end if last is None else last.since)
    active = np.flatnonzero(counts)
    longest = np.argsort(-np.diff(active), kind="stable")[:_FEW]
    found = []
    for before, after in zip(active[longest], active[longest + 1], strict=True):
        run = np.arange(before + 1, after)
        # the days before tell what is usual; for a hole nearer to the beginning those after it, counted backwards
        if before + 1 >= counts.size - after:
            chance = probability(counts == 0, first, run) if run.size else 1.0
        else:
            chance = probability(counts[::-1] == 0, None, counts.size - 1 - run[::-1]) if run.size else 1.0
        if chance < IMPLAUSIBLE:
            found.append(Silence(first + int(run[0]), run.size, chance))
    return sorted(found, key=lambda one: one.since)


def probability(empty: np.ndarray, first: int | None, silent: np.ndarray) -> float:
    """Return how probable it is that some days are all empty, by the habits of the days before them; 1 where these are few.

    A silence begins as often as one began before. Each further day is empty as often as such days were (of the week, of the
    month, or before the month's end, whichever tells the log's empty days best), or because whatever made the last one empty
    goes on: as often as it used to, and half the time where it never did. Days that are mostly empty, such as closed weekends,
    and days around which earlier years were empty too, tell nothing. Of the last half year and the last year, the more
    forgiving one counts.

    Parameters
    ----------
    empty : ndarray of bool, shape (days,)
        Which days had no event.
    first : int, optional
        The first day, counted since 1970; None where the days do not stand in the order of the calendar.
    silent : ndarray of int64
        The days asked about, by their place among the days, in order.
    """
    silent = silent[:_LONGEST]
    start = int(silent[0])
    if np.count_nonzero(~empty[:start]) < _ENOUGH:
        return 1.0
    return max(_chance(empty, first, silent, max(0, start - back)) for back in _BACK)


def _chance(empty: np.ndarray, first: int | None, silent: np.ndarray, since: int) -> float:
    known = empty[since : silent[0]]
    # one day more of either sort (Laplace): what never happened is not impossible
    share = (known.sum() + 1) / (known.size + 2)
    days = np.arange(since, silent[-1] + _SEASON + 1)
    usual = max((_by_group(known, one, share) for one in _profiles(days, first)), key=lambda one: _fit(known, *one))[0]
    telling = usual < (_CLOSED if (usual[: known.size] < _OPEN).any() else np.inf)
    begins, goes_on = _habits(known[telling[: known.size]])
    # a product of hundreds of chances is nothing in floats
    logarithm, last = 0.0, None
    for day in silent[telling[silent - since]]:
        chance = begins if last is None else max(usual[day - since], goes_on ** (day - last))
        logarithm += np.log(max(chance, _season(empty[: silent[0]], np.where(telling, usual, np.nan), day, since)))
        last = day
    return float(np.exp(logarithm))


def _profiles(days: np.ndarray, first: int | None) -> list[np.ndarray]:
    """The days of the week, of the month, and before the month's end; of the week alone where there is no calendar."""
    if first is None:
        return [days % 7]
    dates = (days + first).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    ahead = (months + 1).astype("datetime64[D]") - dates
    return [days % 7, (dates - months.astype("datetime64[D]")).astype(np.int64), ahead.astype(np.int64)]


def _by_group(known: np.ndarray, group: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """How often the days of each group are empty, and what that says of each known day from the others of its group.

    It is drawn towards how often all days are empty, and is never less than once in all.
    """
    size, own = int(group.max()) + 1, group[: known.size]
    empty, all_days = np.bincount(own, known, size), np.bincount(own, minlength=size)
    rate = np.maximum((empty + share) / (all_days + 1), 1 / (known.size + 2))
    return rate[group], (empty[own] - known + share) / all_days[own]


def _fit(known: np.ndarray, usual: np.ndarray, foretold: np.ndarray) -> float:
    return float(np.log(np.clip(np.where(known, foretold, 1 - foretold), 1e-9, 1)).sum())


def _habits(empty: np.ndarray) -> tuple[float, float]:
    """How often an empty day follows a day with events, and how often it follows an empty one."""
    before, after = empty[:-1], empty[1:]
    begins, goes_on = (((after & same).sum() + 1) / (same.sum() + 2) for same in (~before, before))
    return float(begins), float(goes_on)


def _season(known: np.ndarray, usual: np.ndarray, day: int, since: int) -> float:
    """How often the days around the same one of earlier years were empty; 0 where the log does not hold them.

    Where all of them were, more than chance would have it, they always are.
    """
    shares = [0.0]
    around = np.arange(max(since, day - _SEASON), day + _SEASON + 1)
    expected = usual[around - since]
    around, expected = around[~np.isnan(expected)], expected[~np.isnan(expected)]
    for years in range(1, day // _YEAR + 1):
        then = around - years * _YEAR
        there = (then >= 0) & (then < known.size)
        some = known[then[there]]
        if some.size > 1:
            closed = some.all() and expected[there].prod() < _ODD
            shares.append(1.0 if closed else (some.sum() + 0.5) / (some.size + 1))
    return float(max(shares))


def _dense(days: np.ndarray, rows: np.ndarray, end: int) -> tuple[np.ndarray, int]:
    """The events of every day from the first to the last that was observed whole, and which the first is."""
    inside = days < end
    if not inside.any():
        return np.zeros(0, dtype=np.int64), 0
    first = int(days[0])
    counts = np.zeros(end - first, dtype=np.int64)
    counts[days[inside] - first] = rows[inside]
    return counts, first


def _run(tail: np.ndarray) -> int:
    """How many of the first days are empty."""
    events = np.flatnonzero(tail)
    return int(events[0]) if events.size else tail.size
