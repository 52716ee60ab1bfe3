"""The compiled loops that choose reasons. Rows lie innermost, so that a column is looked at for many of them at once.

A row's sums are added up column by column, in one order, from that row's numbers alone: one row gets the same bits as a
million.
"""

from __future__ import annotations

import math

import numpy as np

from cxchurn._core.running._compiled import compiled, inner


@compiled
def path_factors(away, bases, out):
    """By what contributions in log-odds have to be multiplied to sum to the change in probability, for each row."""
    for r in range(out.size):
        base = bases[r]
        step, x = away[r], base + away[r]
        # the change over the step: s(x) - s(base) = s(x) s(-base) (1 - exp(-step)), to the last digits for small steps too
        share = 1.0 if step == 0.0 else -math.expm1(-step) / step
        if step < -700.0:
            # exp would run over, s(x) is nothing
            out[r] = 1.0 / (1.0 + math.exp(-base)) / -step
        else:
            out[r] = share / (1.0 + math.exp(-x)) / (1.0 + math.exp(base))


@inner
def last_of(values, acts, rows):
    """How many days ago each row's last act was, by the columns that date acts; missing where none is known."""
    quiet = np.full(rows, np.nan)
    for column in acts:
        value = values[column]
        for r in range(rows):
            if not quiet[r] <= value[r] and value[r] == value[r]:
                quiet[r] = value[r]
    return quiet


@compiled
def weigh(lines, values, columns, starts, limits, acts, silent, witness, sums, telling):
    """Sum each subject's columns, and find the strongest of those that may tell it, -1 for none.

    One that moves the risk by less than `witness` of what the subject's strongest does may not.

    `lines` and `values` have a line a column, `sums` and `telling` a line a subject; `limits` has a line a column: from where
    on, up to where, and whether (1) a missing value tells. `acts` are the columns that date what the customer did. `silent` has
    a line a column: after how many days without any it does not tell (below 0: where it dates the last of them), and whether
    (1) whatever its value, not 0 alone.
    """
    strongest, peak = np.empty(sums.shape[1]), np.empty(sums.shape[1])
    quiet = last_of(values, acts, sums.shape[1])
    for s in range(sums.shape[0]):
        strongest[:] = 0.0
        peak[:] = 0.0
        total, found = sums[s], telling[s]
        for i in range(starts[s], starts[s + 1]):
            column = columns[i]
            above, below, missing = limits[column, 0], limits[column, 1], limits[column, 2] > 0.0
            line, value, days, always = lines[column], values[column], silent[column, 0], silent[column, 1] > 0.0
            for r in range(total.size):
                part, v = line[r], value[r]
                total[r] += part
                peak[r] = max(peak[r], part)
                if part > strongest[r] and (v >= above or v <= below or (missing and v != v)):
                    if (quiet[r] >= days and (always or v == 0.0)) if days >= 0.0 else v == quiet[r]:
                        continue
                    strongest[r] = part
                    found[r] = column
        for r in range(total.size):
            if strongest[r] < witness * peak[r]:
                found[r] = -1


@inner
def heaviest(points, telling, taken, wanted, only_wanted, least, r):
    """The weightiest subject of a row that can be told and is not yet, -1 for none; the first of equal ones."""
    best = -1
    for s in range(points.shape[0]):
        if taken[s] or telling[s, r] < 0 or points[s, r] < least or (only_wanted and not wanted[s]):
            continue
        if best < 0 or points[s, r] > points[best, r]:
            best = s
    return best


@compiled
def choose(points, telling, wanted, least, share, chosen, weights):
    """Choose each row's reasons among its subjects: first one that is wanted, where it counts, then the weightiest.

    It counts where it makes a `share` of all that raises the risk, or all that is wanted comes to `least` together.
    `points` and `telling` have a line a subject, `chosen` and `weights` one a reason.
    """
    subjects, top = points.shape[0], chosen.shape[0]
    taken = np.empty(subjects, np.bool_)
    for r in range(points.shape[1]):
        taken[:] = False
        raising = lived = 0.0
        for s in range(subjects):
            raising += max(points[s, r], 0.0)
            lived += points[s, r] if wanted[s] else 0.0
        first = heaviest(points, telling, taken, wanted, True, least, r)
        if first >= 0 and lived < least and points[first, r] < share * raising:
            first = -1
        for k in range(top):
            best = first if k == 0 and first >= 0 else heaviest(points, telling, taken, wanted, False, least, r)
            if best < 0:
                break
            taken[best] = True
            chosen[k, r], weights[k, r] = telling[best, r], points[best, r]
