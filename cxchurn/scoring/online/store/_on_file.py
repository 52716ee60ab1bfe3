"""What is on file about customers besides their events, as a scorer is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from cxchurn._core import UsageError, did_you_mean, instant, listed
from cxchurn.features import FittedFeatures, attribute_role, attributes_of
from cxchurn.history import AttributeHistory, Labels, Numbers, Times
from cxchurn.interactions import CustomerSchema, Schema, about_customers
from cxchurn.interactions.rows import UNREADABLE, Texts, plain, read_label, read_number

_ALWAYS, _MISSING = np.iinfo(np.int64).min, np.iinfo(np.int64).min


@dataclass(frozen=True)
class Attributes:
    """The attributes that a model was trained with.

    Attributes
    ----------
    kinds : dict of str to str
        "number", "text" or "time" by name.
    ahead : frozenset of str
        The times that are fixed beforehand.
    timezone : str
        The zone of times that are text.
    about : CustomerSchema
        How their texts are written.
    """

    kinds: dict[str, str]
    ahead: frozenset[str]
    timezone: str
    about: CustomerSchema

    @classmethod
    def of(cls, features: FittedFeatures, schemas: Sequence[Schema]) -> Attributes:
        """Return those that a fitted feature set makes features of, as the schemas of its log say that they are written."""
        names, ahead = attributes_of(features.roles_)
        dates = {name for one in features.builders_ for name in _dates(one)}
        kinds = {name: "time" if name in dates else "text" for name in names if name in dates or _known(features, name)}
        about = about_customers(schemas)
        return cls({name: kinds.get(name, "number") for name in names}, ahead, features.timezone_, about)

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return attributes as they are kept: numbers, labels, and instants in microseconds; None for nothing."""
        unknown = [name for name in given if name not in self.kinds]
        if unknown:
            raise UsageError(
                f"the model knows no attribute {listed(map(repr, unknown))}.",
                allowed=listed(self.kinds) or "none: it was trained without a table of customers",
                hint=did_you_mean(unknown[0], self.kinds),
            )
        return {name: self._value(name, value) for name, value in given.items()}

    def _value(self, name: str, given: Any) -> Any:
        value, kind = plain(given), self.kinds[name]
        if value is None:
            return None
        if kind == "time":
            return int(instant(written(value), name=name, timezone=self.timezone).astype(np.int64))
        about, signed = self.about, name in self.about.percent
        texts = Texts(decimal=about.decimal, thousands=about.thousands, missing=about.missing, percent=signed)
        found = read_label(value, texts) if kind == "text" else read_number(value, texts)
        if found is UNREADABLE:
            sign = " with a percent sign" if signed else ""
            raise UsageError(f"the attribute {name!r} is {given!r}.", allowed=f"a {kind}{sign}")
        return found

    def history(self, customers: Sequence[tuple[str, Sequence[OnFile]]]) -> AttributeHistory:
        """Return what is on file about some customers, as a history holds it; all of them dated, or none (`is_dated`)."""
        held = [sorted(rows, key=lambda row: (row.since, row.until)) for _, rows in customers]
        every = [row for rows in held for row in rows]
        columns = {name: _column(kind, [row.values.get(name) for row in every]) for name, kind in self.kinds.items()}
        ends = np.array([row.until for row in every], dtype=np.int64)
        dated = any(is_dated(rows) for rows in held)
        within = frozenset() if dated else frozenset(n for n, kind in self.kinds.items() if kind == "time") - self.ahead
        return AttributeHistory(
            np.array([key for key, _ in customers], dtype=object),
            np.cumsum([0, *map(len, held)]),
            np.array([row.since for row in every], dtype=np.int64),
            columns,
            None if (ends == FOR_EVER).all() else ends,
            within,
            self.ahead,
        )


def written(value: Any) -> Any:
    """Return a time without a zone as text: like one in a table of customers it is of the clock that the schema names."""
    bare = isinstance(value, np.datetime64) or (isinstance(value, datetime) and value.tzinfo is None)
    return str(np.datetime64(value, "us")) if bare else value


FOR_EVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class OnFile:
    """What was on file about a customer for some time: from just after `since` until `until`, in microseconds since 1970."""

    since: int
    values: Mapping[str, Any]
    until: int = FOR_EVER


def is_dated(rows: Iterable[OnFile]) -> bool:
    """Whether what is on file about a customer says since when it holds."""
    return any(row.since != _ALWAYS for row in rows)


def amended(rows: tuple[OnFile, ...], values: Mapping[str, Any], since: int | None) -> tuple[OnFile, ...]:
    """Return what is on file once more is told: what is not told anew stays as it was.

    Parameters
    ----------
    rows : tuple of OnFile
    values : mapping
        What is told.
    since : int, optional
        From when on it holds. Default: always, in place of what always held.
    """
    at = _ALWAYS if since is None else since
    before = [row for row in rows if row.since <= at]
    held = max(before, key=lambda row: row.since).values if before else {}
    return (*(row for row in rows if row.since != at), OnFile(at, {**held, **values}))


def _dates(builder: Any) -> tuple[str, ...]:
    since = getattr(builder, "since", None)
    return (*getattr(builder, "dates", ()), *((since,) if isinstance(since, str) else ()))


def _known(features: FittedFeatures, name: str) -> bool:
    return attribute_role(name) in features.known_


def _column(kind: str, values: list[Any]) -> Labels | Numbers | Times:
    if kind == "number":
        return Numbers(np.array([np.nan if value is None else value + 0.0 for value in values], dtype=np.float64))
    if kind == "time":
        return Times(np.array([_MISSING if value is None else value for value in values], dtype=np.int64))
    levels = tuple(sorted({value for value in values if value is not None}))
    codes = [-1 if value is None else levels.index(value) for value in values]
    return Labels(np.array(codes, dtype=np.int32), levels)
