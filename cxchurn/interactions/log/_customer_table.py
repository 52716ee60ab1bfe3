"""The customers table: what is known about each customer besides their interactions, and since when."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from cxchurn._core import Deferred, listed
from cxchurn.interactions.store._batch import canonical

pc = Deferred("pyarrow.compute")

ID, FROM, TO = "customer_id", "valid_from", "valid_to"


class CustomerTable:
    """Attributes of the customers, such as plan or region: one row a customer, or one for every change.

    A dated row holds from just after ``valid_from`` until its ``valid_to`` or until another row begins: the one that began
    last holds. Where every row has ended, nothing is on file. Undated rows are taken as true at every cut-off.

    Parameters
    ----------
    table : pyarrow.Table
        ``customer_id``, ``valid_from`` and ``valid_to`` (timestamp[us]; only where attributes are dated) and one column an
        attribute: numbers float64, labels dictionaries, times timestamp[us]; in the order of the ids, then of ``valid_from``.
    attributes : dict
        Each attribute's name and kind: "number", "text" or "time".
    refused : pyarrow.Table, optional
        The rows set aside, as read, with the rules they broke.
    known_ahead : tuple of str
        Dates that are fixed beforehand, and so may lie after a cut-off.
    books : dict of str to str
        The columns left out because they only keep the table's books, each with what it is.
    tells_end : dict of str to str
        Attributes that were asked for although they tell what becomes of a row: its "end", or whether it is the "current" one.
    """

    def __init__(
        self,
        table: pa.Table,
        *,
        attributes: dict[str, str],
        refused: pa.Table | None = None,
        known_ahead: tuple[str, ...] = (),
        books: Mapping[str, str] | None = None,
        tells_end: Mapping[str, str] | None = None,
    ) -> None:
        self.table = table
        self.attributes = attributes
        self.refused = refused
        self.known_ahead = known_ahead
        self.books = dict(books or {})
        self.tells_end = dict(tells_end or {})

    @property
    def dated(self) -> bool:
        """Whether attributes change with time."""
        return FROM in self.table.column_names

    @property
    def undated_times(self) -> tuple[str, ...]:
        """The times without a date of their own that were not said to be known ahead: one after a cut-off is no knowledge."""
        if self.dated:
            return ()
        return tuple(name for name, kind in self.attributes.items() if kind == "time" and name not in self.known_ahead)

    def over(self, table: pa.Table) -> CustomerTable:
        """Return the same attributes over other rows, in the order of the ids, then of ``valid_from``."""
        return CustomerTable(
            canonical(table, plain=(ID,)),
            attributes=self.attributes,
            refused=self.refused,
            known_ahead=self.known_ahead,
            books=self.books,
            tells_end=self.tells_end,
        )

    def known_before(self, moment: pa.Scalar) -> CustomerTable:
        """Return the table as it was before an instant: later rows and later ends are gone, and so are undated times after it.

        Rows that are ended later are open again, and what they said of it (`tells_end`) is as it was while they were.
        """
        if not self.dated:
            return self.over(_without_later(self.table, self.undated_times, moment)) if self.undated_times else self
        table = self.table.filter(pc.less(self.table[FROM], moment))
        ends = [name for name, what in self.tells_end.items() if what == "end"]
        table = _without_later(table, [TO, *ends] if TO in table.column_names else ends, moment)
        return self.over(self.marked(table))

    def marked(self, table: pa.Table) -> pa.Table:
        """Return rows with the marks for the current one (`tells_end`) as they would be if there were no other rows."""
        for name in (name for name, what in self.tells_end.items() if what == "current"):
            table = table.set_column(table.column_names.index(name), name, _current(table, self.table, name))
        return table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        said = ", ".join(f"{attribute} ({kind})" for attribute, kind in self.attributes.items())
        left_out = f"; left out: {listed(self.books)}" if self.books else ""
        return (
            f"CustomerTable: {len(self):,} rows{', dated' if self.dated else ''}: {said or 'no attributes'}{left_out}"
        )


def _without_later(table: pa.Table, names: list[str] | tuple[str, ...], moment: pa.Scalar) -> pa.Table:
    for name in names:
        known = pc.if_else(pc.less(table[name], moment), table[name], pa.scalar(None, pa.timestamp("us")))
        table = table.set_column(table.column_names.index(name), name, known)
    return table


def current_rows(table: pa.Table) -> list[pa.Array]:
    """Return which rows may be called current, in two meanings: the last of a customer; the last, if it has no end. Bool."""
    ids, rows = table[ID].combine_chunks(), table.num_rows
    new = pc.not_equal(ids.slice(0, rows - 1), ids.slice(1)) if rows > 1 else pa.array([], pa.bool_())
    last = pa.concat_arrays([new, pa.array([True] * min(rows, 1), pa.bool_())])
    return [last, pc.and_(last, pc.is_null(table[TO].combine_chunks()))] if TO in table.column_names else [last]


def _current(table: pa.Table, whole: pa.Table, name: str) -> pa.ChunkedArray:
    """What a mark for the current row said: that of the current rows there, that of the others elsewhere."""
    mark = _plain(whole[name])
    found: list[tuple[int, int, pa.Scalar, pa.Scalar]] = []
    for current in current_rows(whole):
        yes, no = (_mode(mark.filter(which)) for which in (current, pc.invert(current)))
        same = pc.equal(pc.if_else(current, yes, no), mark)
        found.append((pc.sum(same).as_py() or 0, len(found), yes, no))
    _, place, yes, no = max(found, key=lambda one: one[0])
    return pc.if_else(current_rows(table)[place], yes, no)


def _mode(values: pa.ChunkedArray) -> pa.Scalar:
    counts = pc.value_counts(values.drop_null())
    if not len(counts):
        return pa.scalar(None, values.type)
    return counts.field("values")[pc.index(counts.field("counts"), pc.max(counts.field("counts"))).as_py()]


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
