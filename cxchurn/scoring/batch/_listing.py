"""The list of scores: who comes first, in which band, and everything that stands in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cxchurn.explanation import reason_names
from cxchurn.model import probability_of_raw
from cxchurn.scoring._columns import NUMBER, TEXT, score_columns
from cxchurn.scoring._words import NOT_ELIGIBLE
from cxchurn.scoring.batch._prepared import Prepared

# rows that are put together and written at a time
BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class Listing:
    """All scores in their order, put together block by block.

    Those still here first, the highest risk on top, then the already silent likewise; last who is not asked about.

    Attributes
    ----------
    run : Prepared
    parts : sequence of Table
        What `scored_rows` gave, perhaps on disk.
    part, place : ndarray, shape (n,)
        For each asked row of the list in which part it stands, and where.
    row : ndarray of int64, shape (n,)
        Its position among those asked about.
    probability : ndarray of float64, shape (n,)
    interval : ndarray, shape (n, 2), or None
    loss : ndarray of float64, shape (n,), or None
    band : ndarray of text, shape (n,)
    """

    run: Prepared
    parts: Sequence[pa.Table]
    part: np.ndarray
    place: np.ndarray
    row: np.ndarray
    probability: np.ndarray
    interval: np.ndarray | None
    loss: np.ndarray | None
    band: np.ndarray

    def __len__(self) -> int:
        number = self.row.size + len(self.run.rest)
        return number if self.run.wanted.top is None else min(number, self.run.wanted.top)

    @property
    def schema(self) -> pa.Schema:
        """The columns."""
        return self._block(0, 0).schema

    def blocks(self) -> Iterator[pa.Table]:
        """Yield the list, some ten thousand rows at a time; at least one table, be it empty."""
        for first in range(0, len(self), BLOCK) or [0]:
            yield self._block(first, min(first + BLOCK, len(self)))

    def _block(self, first: int, stop: int) -> pa.Table:
        edge = self.row.size
        asked = slice(min(first, edge), min(stop, edge))
        rest = slice(max(first, edge) - edge, max(stop, edge) - edge)
        return pa.concat_tables([self._asked(asked), self._rest(rest)]).combine_chunks()

    def _asked(self, rows: slice) -> pa.Table:
        run, row = self.run, self.row[rows]
        said = _taken(self.parts, self.part[rows], self.place[rows])
        columns = {
            "customer_id": self._ids(run.asked["customer_id"].to_numpy()[row]),
            "churn_probability": pa.array(self.probability[rows]),
            "band": pa.array(self.band[rows], pa.string()),
            "already_silent": pa.array(run.asked["already_silent"].to_numpy()[row]),
            "not_asked": _same("", row.size),
        }
        if self.interval is not None:
            low, high = self.interval[rows].T
            columns |= {"probability_low": pa.array(low.copy()), "probability_high": pa.array(high.copy())}
        if self.loss is not None and run.values is not None:
            for name, values in (("value", run.values.money[row]), ("expected_loss", self.loss[rows])):
                columns[name] = pa.array(values, from_pandas=True)
        columns |= {name: said[name].combine_chunks() for name in said.column_names if name in self._kinds}
        return self._ordered(columns, row.size)

    def _rest(self, rows: slice) -> pa.Table:
        some = self.run.rest.iloc[rows]
        size = len(some)
        columns = {name: pa.nulls(size, pa.float64()) for name, kind in self._kinds.items() if kind == NUMBER}
        columns |= {name: _same("", size, pa.large_string()) for name, kind in self._kinds.items() if kind == TEXT}
        columns["customer_id"] = self._ids(some["customer_id"].to_numpy())
        columns["band"] = _same(NOT_ELIGIBLE, size)
        columns["already_silent"] = pa.array(np.zeros(size, dtype=bool))
        columns["not_asked"] = pa.array(some["not_asked"].to_numpy(), pa.string())
        return self._ordered(columns, size)

    @property
    def _kinds(self) -> dict[str, str]:
        """The columns in their order, and of which kind each is."""
        return score_columns(self.run.wanted.reasons, intervals=self.interval is not None, values=self.loss is not None)

    def _ids(self, ids: np.ndarray) -> pa.Array:
        return pa.array(ids, pa.int64() if self.run.log.ids == "integer" else pa.string())

    def _ordered(self, columns: dict[str, pa.Array], size: int) -> pa.Table:
        run = self.run
        columns["as_of"] = pa.array(np.full(size, run.cutoff), pa.timestamp("us"))
        versions = {"model_version": run.model.version_, "references_version": run.references.version(run.cutoff)}
        columns |= {name: _same(said, size) for name, said in versions.items()}
        return pa.table({name: columns[name] for name in self._kinds})


def listing(run: Prepared, parts: Sequence[pa.Table]) -> Listing:
    """Put scores in their order, and work out what needs all of them."""
    parts = parts or [_no_scores(run.wanted.reasons)]
    row = np.concatenate([_column(one, "row") for one in parts]).astype(np.int64)
    raw = np.concatenate([_column(one, "raw") for one in parts])
    sizes = [one.num_rows for one in parts]
    part = np.repeat(np.arange(len(sizes)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes]).astype(np.int64)
    probability = probability_of_raw(raw)
    # customers stand in the order of their ids: among equal ones that decides
    order = np.lexsort((row, -probability, run.asked["already_silent"].to_numpy()[row]))
    row, raw, probability = row[order], raw[order], probability[order]
    wanted = run.wanted
    interval = None if wanted.intervals is False else run.model.interval_of(raw, level=wanted.level)
    loss = None if run.values is None else probability * run.values.money[row]
    named = run.model.bands_.name(probability) if run.rule is None else run.rule.names(run.model, probability, loss)
    return Listing(run, parts, part[order], place[order], row, probability, interval, loss, named)


def _no_scores(reasons: int) -> pa.Table:
    columns = {"row": pa.array([], pa.int64()), "raw": pa.array([], pa.float64())}
    for names in reason_names(reasons):
        columns |= {name: pa.array([], pa.large_string()) for name in names}
        columns[names.points] = pa.array([], pa.float64())
    return pa.table(columns)


def _column(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy()


def _same(text: str, size: int, kind: pa.DataType | None = None) -> pa.Array:
    return pa.repeat(pa.scalar(text, kind or pa.string()), size)


def _taken(parts: Sequence[pa.Table], part: np.ndarray, place: np.ndarray) -> pa.Table:
    """Return some rows of several tables, in the order asked for."""
    if not part.size:
        return parts[0].slice(0, 0)
    order = np.argsort(part, kind="stable")
    numbers, starts = np.unique(part[order], return_index=True)
    pieces = [
        parts[number].take(pa.array(place[rows]))
        for number, rows in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True)
    ]
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    return pa.concat_tables(pieces).combine_chunks().take(pa.array(back))
