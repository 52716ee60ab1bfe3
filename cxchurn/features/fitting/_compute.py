"""Running builders over an as-of view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.features._builder import Builder
from cxchurn.features._check_says import check_says
from cxchurn.features._column import Column
from cxchurn.features._says import Says
from cxchurn.features._themes import actionable_of, theme_of
from cxchurn.history import POPULATIONS, Seen, Which, scatter


def columns_of(builder: Builder, seen: Seen) -> Iterator[Column]:
    """Yield a builder's columns, made of the population that it sees."""
    if builder.sees not in POPULATIONS:
        raise UsageError(
            f"{type(builder).__name__} sees {builder.sees!r}.",
            allowed=listed(POPULATIONS),
            hint=did_you_mean(str(builder.sees), POPULATIONS) or 'write sees = "own" in its class.',
        )
    return builder.columns(seen.of(builder.sees))


def said_by(builders: Sequence[Builder], seen: Seen, **how: Any) -> list[Says]:
    """Return what the builders' columns say, in their order; for how to say it see `Says.of`.

    Raises
    ------
    UsageError
        Where a column is there twice, or its texts cannot say a value.
    """
    said = [_said(column, builder, **how) for builder in builders for column in columns_of(builder, seen)]
    _check_unique(says.name for says in said)
    for says in said:
        check_says(says)
    return said


def _said(column: Column, builder: Builder, **how: Any) -> Says:
    theme = theme_of(builder, column)
    return Says.of(column, builder.driver, theme=theme, actionable=actionable_of(builder, theme), **how)


def fill(
    builders: Sequence[Builder],
    seen: Seen,
    place: Mapping[str, int],
    out: np.ndarray,
    rows: Which,
    *,
    more: bool,
    spare: Collection[str] = (),
) -> None:
    """Write the columns of some rows where they belong: ``out[place[name], rows]``.

    The very same code serves one customer and millions, notebook and service.

    Parameters
    ----------
    more : bool
        Whether the log knows more than the one that was learned from: then columns without a place are left out.
    spare : collection of str
        Columns that are left out in any case.

    Raises
    ------
    UsageError
        Where a builder makes other columns than it made when the place of each was learned.
    """
    left = dict(place)
    surplus = []
    for builder in builders:
        for column in columns_of(builder, seen):
            at = left.pop(column.name, None)
            if at is None:
                surplus += [] if more or column.name in spare else [column.name]
            elif isinstance(rows, slice):
                out[at, rows] = column.values
            else:
                scatter(column.values, rows, out[at])
    if left or surplus:
        raise come_and_go([*left, *surplus])


def come_and_go(names: Sequence[str]) -> UsageError:
    """Return the error for columns that are not those made when the place of each was learned."""
    return UsageError(
        f"the columns {listed(names)} come and go.",
        allowed="builders whose columns follow from their parameters, the log's roles and what was learned in training",
        hint="which columns a builder makes must not depend on events or rows.",
    )


def _check_unique(names: Iterable[str]) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise UsageError(
                f"two builders make the column {name!r}.",
                allowed="every column once",
                hint="remove one of the builders, or give it other windows.",
            )
        met.add(name)
