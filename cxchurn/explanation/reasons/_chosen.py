"""Which reasons a customer gets: law 8, for one row as for a million."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxchurn._core import UsageError
from cxchurn.explanation.reasons import _telling_kernels as _kernels
from cxchurn.explanation.reasons._probability import path_factor
from cxchurn.explanation.reasons._telling import Telling

# in points of probability: what weighs less is no reason
LEAST = 0.5
# of all that raises the risk: an experience of that share goes first, whatever other experiences outweigh it
SHARE = 0.1
# of what the strongest column of a subject moves: a column that moves less is no witness of it
WITNESS = 0.1


class Chosen(NamedTuple):
    """The reasons of some rows, the weightiest first.

    Attributes
    ----------
    columns : ndarray of int64, shape (top, n)
        The column that tells each, -1 for none.
    points : ndarray of float64, shape (top, n)
        How much its subject moves the risk, in points of probability (100 x probability); below 0 for what lowers it, NaN
        where there is no reason.
    """

    columns: np.ndarray
    points: np.ndarray


def choose_reasons(
    telling: Telling, raw: np.ndarray, parts: np.ndarray, X: np.ndarray, top: int, *, lowers: bool = False
) -> Chosen:
    """Choose what is told of each row.

    A subject (a theme; of experience each driver) weighs what its columns contribute together. Told are the subjects that
    raise the risk most, by half a point at least, each once: by the column that raises it most among those whose value tells
    it (`Telling`), which has to be a tenth at least of what its strongest column does; a subject without one is silent. The
    weightiest experience that can be told comes first where it makes a tenth of all that raises the risk, or where all
    experience together raises it by half a point; the others follow by their weight.

    Parameters
    ----------
    telling : Telling
    raw : ndarray of float64, shape (n,)
        The log-odds.
    parts : ndarray of float64, shape (n, columns + 1)
        The contributions to them, and last the base.
    X : ndarray of float64, shape (n, columns)
        The features.
    top : int
        How many reasons at most.
    lowers : bool, default False
        What lowers the risk, instead of what raises it.
    """
    rows, subjects = len(X), len(telling.subjects)
    chosen, weights = np.full((top, rows), -1, dtype=np.int64), np.full((top, rows), np.nan)
    if not (rows and top and subjects):
        return Chosen(chosen, weights)
    sign = -1.0 if lowers else 1.0
    lines = np.ascontiguousarray(parts[:, :-1].T)
    # the same choice upside down, so that both sides follow one rule
    lines = -lines if lowers else lines
    sums, tells = np.zeros((subjects, rows)), np.full((subjects, rows), -1, dtype=np.int64)
    limits = telling.lowering if lowers else telling.raising
    # that the last contact went well keeps a customer, though it is the last sign of life too
    silent = np.full((len(lines), 2), np.inf) if lowers else telling.silent
    _kernels.weigh(
        lines, _lines(X), telling.columns, telling.starts, limits, telling.acts, silent, WITNESS, sums, tells
    )
    # chosen by points of probability, not by log-odds: a move near 0 or 1 that changes nothing for the customer is no reason
    sums *= 100.0 * path_factor(raw - parts[:, -1], float(parts[0, -1]))
    # no experience goes first among what keeps a customer: there the order is the weight alone
    wanted = np.zeros_like(telling.experiences) if lowers else telling.experiences
    _kernels.choose(sums, tells, wanted, LEAST, SHARE, chosen, weights)
    return Chosen(chosen, sign * weights)


def _lines(X: np.ndarray) -> np.ndarray:
    """Return a line a column; a copy where the rows lie otherwise, or may not be written to, which compiles a second form."""
    lines = X.T
    return lines if lines.flags.c_contiguous and lines.flags.writeable else np.array(lines, order="C")


def check_most(name: str, most: Any) -> None:
    """Refuse what does not say how many there may be at most."""
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)) or most < 0:
        raise UsageError(f"{name} is {most!r}.", allowed="a whole number, 0 or more")
