"""Running builders over an as-of view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from cxchurn._core import UsageError
from cxchurn.features._builder import Builder
from cxchurn.features._says import Says
from cxchurn.history import Seen


def compute(builders: Sequence[Builder], seen: Seen) -> tuple[list[Says], np.ndarray]:
    """Return what the columns say, and their values; float64, shape ``(rows, columns)``.

    The very same code serves one customer and millions, notebook and service.
    """
    said: list[Says] = []
    values: list[np.ndarray] = []
    for builder in builders:
        for column in builder.columns(seen):
            said.append(Says.of(column, builder.driver))
            values.append(column.values)
    _check_unique(says.name for says in said)
    return said, np.column_stack(values).astype(np.float64, copy=False) if values else np.empty((0, 0))


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
