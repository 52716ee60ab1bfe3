"""The customers table: what is known about each customer besides their interactions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import DataError, did_you_mean, listed
from cxchurn.interactions._batch import canonical
from cxchurn.interactions._casts import Cast, cast, family
from cxchurn.interactions._checking import check, refuse, refused_rows
from cxchurn.interactions._counts import Handed, demand_all_rows
from cxchurn.interactions._engine import LINE, arrow, name, rows, said_plainly
from cxchurn.interactions._ids import SEVERAL, as_kind, is_point_zero, without_point_zero
from cxchurn.interactions._roles import ROLES, plain
from cxchurn.interactions._rules import Rule
from cxchurn.interactions._sources import Opened, load, opened
from cxchurn.interactions._validation import Finding, Validation

_ID, _FROM = "customer_id", "valid_from"
_DATED = ("validfrom", "effectivefrom", "effectivedate", "validsince")
_READ_AS = {"integer": "number", "number": "number", "span": "number", "text": "text", "flag": "text", "time": "time"}
_ROLE_OF = {"number": "number", "text": "category", "time": "instant"}


class CustomerTable:
    """Attributes of the customers, such as plan or region: one row a customer, or one for every change.

    Parameters
    ----------
    table : pyarrow.Table
        ``customer_id``, ``valid_from`` (timestamp[us]; only where attributes are dated) and one column an attribute:
        numbers float64, labels dictionaries, times timestamp[us]; in the order of the ids, then of ``valid_from``.
    attributes : dict
        Each attribute's name and kind: "number", "text" or "time".
    refused : pyarrow.Table, optional
        The rows set aside, as read, with the rules they broke.
    """

    def __init__(self, table: pa.Table, *, attributes: dict[str, str], refused: pa.Table | None = None) -> None:
        self.table = table
        self.attributes = attributes
        self.refused = refused

    @property
    def dated(self) -> bool:
        """Whether attributes change with time."""
        return _FROM in self.table.column_names

    def known_before(self, moment: pa.Scalar) -> CustomerTable:
        """Return the attributes that held before an instant; those without a date stay."""
        if not self.dated:
            return self
        kept = self.table.filter(pc.less(self.table[_FROM], moment))
        return CustomerTable(canonical(kept, plain=(_ID,)), attributes=self.attributes, refused=self.refused)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        said = ", ".join(f"{attribute} ({kind})" for attribute, kind in self.attributes.items())
        return f"CustomerTable: {len(self):,} rows{', dated' if self.dated else ''}: {said or 'no attributes'}"


def read_customers(
    data: Any, *, customer_id: str | None = None, valid_from: str | None = None, timezone: str = "UTC"
) -> CustomerTable:
    """Read and check a table of customers' attributes.

    Parameters
    ----------
    data : path, frame, table, relation or Query
        One row a customer, or with `valid_from` one for every change of a customer's attributes.
    customer_id, valid_from : str, optional
        The columns for the id and for since when a row holds; by default found by their usual names.
    timezone : str, default "UTC"
        The zone of times that carry none.

    Returns
    -------
    CustomerTable
        The attributes.

    Raises
    ------
    DataError
        Where ids are missing or there twice (with `valid_from`: at the same instant), or times cannot be read.
    """
    table, findings = load_customers(data, customer_id=customer_id, valid_from=valid_from, timezone=timezone)
    refused = table.refused.num_rows if table.refused is not None else 0
    Validation(len(table) + refused, refused, tuple(findings)).raise_if_broken(
        hint="correct these rows in the customers table."
    )
    return table


def load_customers(
    data: Any, *, customer_id: str | None = None, valid_from: str | None = None, timezone: str = "UTC"
) -> tuple[CustomerTable, list[Finding]]:
    """Read a table of customers, set the rows that break a rule aside, and return it with what was found."""
    with opened(data) as source:
        who = customer_id or _found(source, [plain(_ID), *ROLES[_ID].synonyms])
        since = valid_from or _found(source, _DATED)
        missing = [column for column in (who, since) if column is not None and column not in source.columns]
        if who is None or missing:
            raise _no_column(source, missing)
        source.refuse_twice([column for column in (who, since) if column is not None])
        count = load(source, list(source.columns))
        if count == 0:
            raise DataError(f"{source.label} has no rows.", hint="leave customers= out where there are no attributes.")
        with said_plainly(source.label):
            kinds = _kinds(source, [column for column in source.columns if column not in (who, since)])
            casts = {_ID: cast(who, source.columns[who], "id", held=source.held(who), says="customer_id (id)")}
            if since is not None:
                how = {"held": source.held(since), "timezone": timezone}
                casts[_FROM] = cast(since, source.columns[since], "instant", says="valid_from (instant)", **how)
            for column, kind in kinds.items():
                how = {"held": source.held(column), "timezone": timezone}
                casts[column] = cast(column, source.columns[column], _ROLE_OF[kind], says=kind, **how)  # type: ignore[arg-type]
            rules = _rules(casts, who, since)
            findings = check(source, rules, [column for column in (who, since) if column is not None])
            refuse(source, [rule for rule, found in zip(rules, findings, strict=True) if found.rows])
            table = _table(source, casts)
            refused = refused_rows(source)
        demand_all_rows(source.label, read=count, refused=refused.num_rows, handed=Handed(table.num_rows))
    return CustomerTable(
        canonical(table, plain=(_ID,)), attributes=kinds, refused=refused if refused.num_rows else None
    ), findings


def _found(source: Opened, names: list[str] | tuple[str, ...]) -> str | None:
    plainly = {plain(column): column for column in reversed(source.columns)}
    return next((plainly[each] for each in names if each in plainly), None)


def _no_column(source: Opened, missing: list[str]) -> DataError:
    sought = listed(f"{column!r}" for column in missing) or "for the customer's id"
    guesses = [guess for column in missing if (guess := did_you_mean(column, source.columns))]
    return DataError(
        f"{source.label} has no column {sought}.",
        allowed=listed(source.columns, most=40),
        hint="; ".join(guesses) or "name it: customers=read_customers(data, customer_id='...').",
    )


def _kinds(source: Opened, columns: list[str]) -> dict[str, str]:
    kinds = {column: _READ_AS.get(family(source.columns[column]), "other") for column in columns}
    nested = [column for column, kind in kinds.items() if kind == "other"]
    if nested:
        raise DataError(
            f"{source.label} holds columns that are no attribute: {listed(nested)}.", hint="leave them out."
        )
    if source.typed or not columns:
        return kinds
    asked = []
    for column in columns:
        given = f"nullif(trim({source.held(column)}), '')"
        # figures with leading zeros are labels: 01234 is a place, not a quantity
        number = rf"TRY_CAST({given} AS DOUBLE) IS NOT NULL AND NOT regexp_matches({given}, '^0\d')"
        time = f"({cast(column, 'VARCHAR', 'instant', held=source.held(column), says=column).value}) IS NOT NULL"
        asked += [f"count({given}) > 0 AND bool_and({given} IS NULL OR ({test}))" for test in (number, time)]
    found = rows(source.con, f"SELECT {', '.join(asked)} FROM raw WHERE {name(LINE)} IS NULL")[0]
    numeric, timed = dict(zip(columns, found[::2], strict=True)), dict(zip(columns, found[1::2], strict=True))
    return {column: "number" if numeric[column] else "time" if timed[column] else "text" for column in columns}


def _rules(casts: dict[str, Cast], who: str, since: str | None) -> list[Rule]:
    line = Rule("line_unreadable", "", "the line is not a row of the table", f"{name(LINE)} IS NOT NULL", (LINE,))
    says = "the customer's id is missing, blank, or a word for nothing (NULL, nan, None, N/A)"
    found = [("customer_id_missing", _ID, says, f"NOT {casts[_ID].present}", who)]
    if since is not None:
        missing = "the instant from which the row holds is missing"
        found.append(("time_missing", _FROM, missing, f"NOT {casts[_FROM].present}", since))
    unreadable = {_ID: ("customer_id_unreadable", who), _FROM: ("time_unreadable", since or "")}
    for label, reading in casts.items():
        if reading.unreadable:
            rule, column = unreadable.get(label, ("attribute_unreadable", label))
            found.append((rule, label, "the value cannot be read", reading.unreadable, column))
    found.append(_twice(casts, who, since))
    row = f"{name(LINE)} IS NULL"
    return [line, *(Rule(rule, label, says, f"({row} AND {sql})", (shown,)) for rule, label, says, sql, shown in found)]


def _twice(casts: dict[str, Cast], who: str, since: str | None) -> tuple[str, str, str, str, str]:
    key, says = casts[_ID].value, "the customer is there more than once"
    if since is not None:
        key, says = f"({key}, {casts[_FROM].value})", "the customer is there more than once at the same instant"
    # all of them are refused: which one is right cannot be told from their order
    keys = f"SELECT {key} FROM raw WHERE ({casts[_ID].value}) IS NOT NULL GROUP BY ALL HAVING count(*) > 1"
    return "customer_twice", _ID, says, f"{casts[_ID].present} AND {key} IN ({keys})", who


def _table(source: Opened, casts: dict[str, Cast]) -> pa.Table:
    values = ", ".join(f"{reading.value} AS {name(label)}" for label, reading in casts.items())
    order = ", ".join(name(label) for label in (_ID, _FROM) if label in casts)
    return arrow(source.con, f"SELECT * FROM (SELECT {values} FROM raw) ORDER BY {order}")


def with_ids(table: CustomerTable, ids: str) -> tuple[CustomerTable, list[str]]:
    """Return the attributes with ids of the log's type, "text" or "integer", and what there is to be said of it."""
    column = table.table[_ID].combine_chunks()
    given = column if pa.types.is_integer(column.type) or not is_point_zero(column) else without_point_zero(column)
    wanted = as_kind(given, ids)
    if wanted.equals(column):
        return table, []
    notes, fits = [], wanted.is_valid()
    if wanted.null_count:
        odd = column.filter(wanted.is_null())
        shown = listed(map(repr, odd[:3].to_pylist()))
        if wanted.null_count == len(wanted):
            raise DataError(
                f"the customers table has ids of text ({shown}), the interactions have whole numbers.",
                hint="read both with ids of one type; '007' is not 7.",
            )
        notes.append(
            f"{len(odd):,} of {len(column):,} rows of the customers table are of ids that are no whole numbers as those of "
            f"the interactions are, such as {shown}: left out."
        )
    order = table.table.set_column(0, _ID, wanted).filter(fits)
    order = order.sort_by([(c, "ascending") for c in (_ID, _FROM) if c in order.column_names])
    _check_once(order)
    return CustomerTable(canonical(order, plain=(_ID,)), attributes=table.attributes, refused=table.refused), notes


def _check_once(table: pa.Table) -> None:
    keys = [name for name in (_ID, _FROM) if name in table.column_names]
    count = table.num_rows - table.group_by(keys).aggregate([]).num_rows
    if count:
        raise DataError(
            f"{count:,} rows of the customers table are of customers that are there more than once, once '1001.0' is read as "
            "'1001'.",
            hint="keep one row a customer.",
        )


def check_fit(table: CustomerTable, customers: Iterable[pa.Array]) -> list[str]:
    """Refuse a customers table that knows none of several customers; say where it knows fewer than half of them.

    Parameters
    ----------
    table : CustomerTable
        The attributes.
    customers : iterable of pyarrow.Array
        The customers of the interactions, each once.
    """
    known, count, found, own = table.table[_ID].combine_chunks(), 0, 0, ""
    for who in customers:
        count += len(who)
        found += int(pc.sum(pc.is_in(who, known)).as_py() or 0)
        own = own or (repr(who[0].as_py()) if len(who) else "")
    if not len(known) or 2 * found >= count:
        return []
    theirs = repr(known[0].as_py())
    if not found and count >= SEVERAL:
        raise DataError(
            f"the customers table knows none of the {count:,} customers of the interactions: its ids are like {theirs}, "
            f"theirs like {own}.",
            hint="check that both ids are of the same system and form; '007' is not '7'.",
        )
    return [f"the customers table knows {found:,} of the {count:,} customers of the interactions."]
