"""The compiled loops over the terms of a logistic regression. Rows lie innermost, so that a term is worked out for many.

A row's terms are added up in their order, from that row's values alone: one row gets the same bits as a million.
"""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import compiled, inner

# deviations: one customer's extreme must not carry the line away (docs/decisions/0021)
CLIP = 5.0
# what a term is made of: the number itself, whether it is missing, whether it is a label
NUMBER, MISSING, LABEL = 0, 1, 2


@inner
def worked_out(kind, label, fill, mean, scale, values, out):
    """One term of each row: standardised, and kept within five deviations."""
    if kind == NUMBER:
        for r in range(out.size):
            value = values[r]
            out[r] = fill if value != value else value
    elif kind == MISSING:
        for r in range(out.size):
            out[r] = 1.0 if values[r] != values[r] else 0.0
    else:
        for r in range(out.size):
            out[r] = 1.0 if values[r] == label else 0.0
    for r in range(out.size):
        out[r] = min(max((out[r] - mean) / scale, -CLIP), CLIP)


@compiled
def scores(kinds, places, numbers, block, logged, out):
    """Add every term to the rows of a block. `numbers` has a line a term: label, fill, mean, scale, weight, usual part."""
    term = np.empty(out.size)
    for k in range(kinds.size):
        label, fill, mean, scale, weight, _ = numbers[k]
        values = logged[places[k, 1]] if kinds[k] == NUMBER else block[places[k, 1]]
        worked_out(kinds[k], label, fill, mean, scale, values, term)
        for r in range(out.size):
            out[r] += weight * term[r]


@compiled
def parts(kinds, places, numbers, block, logged, out, total):
    """Add every term, less its usual part, to its column's line of `out`, and to `total` what `scores` adds."""
    term = np.empty(total.size)
    for k in range(kinds.size):
        label, fill, mean, scale, weight, usual = numbers[k]
        values = logged[places[k, 1]] if kinds[k] == NUMBER else block[places[k, 1]]
        worked_out(kinds[k], label, fill, mean, scale, values, term)
        line = out[places[k, 0]]
        for r in range(total.size):
            part = weight * term[r]
            total[r] += part
            line[r] += part - usual
