"""Scores, how many answered, and what the score would be if all had."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np

from cxchurn.explanation.periods._assumption import as_measured, shifted, weights
from cxchurn.explanation.periods._measures import ANSWERED, IF_ALL
from cxchurn.explanation.periods._moments import CustomerCells, Moments, Shape
from cxchurn.explanation.periods._surveys import Asks


def surveyed(
    parts: list[Asks], scored: tuple[str, ...], shape: Shape, assume: str | dict[str, float]
) -> dict[str, Moments]:
    """Return the sums of every survey's measures.

    Parameters
    ----------
    parts : list of Asks
        Part by part of the log: no customer is in two.
    scored : tuple of str
        The surveys; "" for scores without a type.
    shape : Shape
    assume : "alike" or dict
        As `checked` returns it.
    """
    found: dict[str, Moments] = {}
    asks, bounds = _together(parts)
    invited = asks.invited & asks.over
    alike = np.zeros(len(asks))
    alike[invited] = weights(asks.take(invited), shape.groups)
    for number, label in enumerate(scored):
        name = label or "score"
        own = asks.survey == number
        counted = as_measured(label, asks.score)
        answers = own & ~np.isnan(counted)
        found[name] = _moments(asks, bounds, shape, answers, counted)
        if not (own & asks.invited).any():
            continue
        found[name + ANSWERED] = _moments(asks, bounds, shape, own & invited, ~np.isnan(counted))
        if isinstance(assume, str):
            found[name + IF_ALL] = _moments(asks, bounds, shape, answers & invited, counted * alike, alike)
        elif name in assume:
            rows = own & invited
            numbers = np.zeros(len(asks))
            cell = asks.group[rows] * shape.periods + asks.period[rows]
            numbers[rows] = shifted(counted[rows], cell, assume[name])
            told = rows & ~np.isnan(numbers)
            found[name + IF_ALL] = _moments(asks, bounds, shape, told, numbers)
    return found


def _together(parts: list[Asks]) -> tuple[Asks, np.ndarray]:
    """Return what all parts ask as one, and where each part begins and ends in it."""
    bounds = np.cumsum([0, *(len(part) for part in parts)])
    joined = {one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Asks)}
    return Asks(**joined), bounds


def _moments(
    asks: Asks,
    bounds: np.ndarray,
    shape: Shape,
    rows: np.ndarray,
    above: np.ndarray,
    below: np.ndarray | None = None,
) -> Moments:
    moments = Moments(shape)
    for first, stop in pairwise(bounds.tolist()):
        own = first + np.flatnonzero(rows[first:stop])
        if own.size:
            cells = CustomerCells(asks.customer[own], asks.group[own], asks.period[own], shape)
            moments.add(cells, np.arange(own.size), above[own], None if below is None else below[own])
    return moments
