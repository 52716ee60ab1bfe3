"""A program: what a plan runs for each customer and row, as plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np


class Outside(NamedTuple):
    """What is worked out for all rows at once by a function outside the machine.

    Parameters
    ----------
    look : str or callable
        A function of numpy by its name, or what reads reference tables.
    table : str
        The name of the tables; "" for numpy's functions.
    of : ndarray, shape (operands, n)
        The registers of the operands, for each of the answers.
    out : ndarray, shape (n,)
        The registers of the answers.
    whole : tuple of bool
        Which operands are integers.
    """

    look: str | Callable[..., Any]
    table: str
    of: np.ndarray
    out: np.ndarray
    whole: tuple[bool, ...]


class Stage(NamedTuple):
    """Questions about rows and arithmetic on them, and what is worked out outside after it."""

    code: np.ndarray
    outside: tuple[Outside, ...]


class Read(NamedTuple):
    """What is read for each event or row before a program runs: how, what, and into which place or register."""

    how: str
    name: Any
    into: int


@dataclass(frozen=True, eq=False)
class Program:
    """What a plan runs: operations over customers' events, then questions about rows and arithmetic on their answers.

    Attributes
    ----------
    events : ndarray of int64
        A line an operation; see `run_events`.
    stages : tuple of Stage
        Their lines: see `run_rows`.
    places : int
        How many arrays of events the machine needs at once.
    sizes : int
        Of how many different sets of events.
    registers : int
        How many numbers it holds of a row.
    numbers, whole : tuple of Read
        What is read of events: floats, and integers.
    given : tuple of Read
        What is read of rows.
    texts : dict of str to tuple of str
        The labels that conditions name, by column.
    counted : tuple of str
        The label columns whose codes are counted.
    tables, tables_whole : ndarray
        What labels stand for, as floats and as integers.
    constants, filled : ndarray of int64, shapes (n, 2)
        Those of rows and those of events: their register or their place in the arena, and their bits.
    out : ndarray of int64
        The register of each column.
    """

    events: np.ndarray
    stages: tuple[Stage, ...]
    places: int
    sizes: int
    registers: int
    numbers: tuple[Read, ...]
    whole: tuple[Read, ...]
    given: tuple[Read, ...]
    texts: dict[str, tuple[str, ...]]
    counted: tuple[str, ...]
    tables: np.ndarray
    tables_whole: np.ndarray
    constants: np.ndarray
    filled: np.ndarray
    out: np.ndarray
    counts: dict[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Program({self.out.size} columns)"
