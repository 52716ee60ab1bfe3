"""What is written down comes back exactly, or is refused."""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import (
    DataError,
    MismatchError,
    Span,
    Statement,
    UsageError,
    from_plain,
    proven_plain,
    span,
    with_own,
)
from cxchurn.features import KNOWN, Balance, Valence, Volume
from cxchurn.history import Measure, Where, where
from cxchurn.panel import Cancellation, Inactivity


class Holder(Statement):
    """Holds two things."""

    def __init__(self, first=None, *, second=()):
        self.first = first
        self.second = second


@dataclass(frozen=True)
class Doubled(Measure):
    """A measure of somebody's own."""

    name: str
    factor: float = 2.0

    def compute(self, events):
        return events[self.name] * self.factor


OWN = with_own(KNOWN, [Holder, Doubled])
numbers = st.integers() | st.floats()
simple = st.none() | st.booleans() | numbers | st.text()
columns = st.sampled_from(["kind", "value", "resolved"])
conditions = st.builds(
    lambda column, values, bound: where(**{column: values}) & where(at_least={"value": bound}),
    columns,
    st.lists(st.text(max_size=5) | st.floats(allow_nan=False), min_size=1, max_size=3).map(tuple),
    st.floats(allow_nan=False),
)
valences = st.builds(
    Valence,
    st.lists(st.tuples(st.text(max_size=5), st.floats(-1, 1)), max_size=3).map(tuple),
    st.floats(0, 1),
)
leaves = (
    simple | conditions | valences | valences.map(lambda one: one.part(1)) | st.sampled_from([span("30D"), span("12h")])
)
values = st.recursive(
    leaves,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.lists(inside, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inside, max_size=3)
        | st.builds(Holder, inside, second=inside)
        | st.builds(Doubled, st.text(max_size=5), st.floats(allow_nan=False))
    ),
    max_leaves=8,
)


def same(one: Any, two: Any) -> bool:
    """Equality as strict as can be: types, order of dicts, signs of zeros; not-a-number equals itself."""
    if type(one) is not type(two):
        return False
    if isinstance(one, float):
        return (math.isnan(one) and math.isnan(two)) or (one == two and math.copysign(1, one) == math.copysign(1, two))
    if isinstance(one, (tuple, list)):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, dict):
        return same(list(one.items()), list(two.items()))
    if isinstance(one, Statement):
        return same(one.get_params(), two.get_params())
    if isinstance(one, (Where, Valence, Doubled, Span)):
        return same(dict(vars(one)), dict(vars(two))) or one == two
    return bool(one == two)


@given(values)
def test_what_is_written_down_comes_back_exactly(value):
    text = json.dumps(proven_plain(value, name="it", classes=OWN), allow_nan=False)
    assert same(from_plain(json.loads(text), OWN), value)


@pytest.mark.parametrize(
    "definition",
    [
        Inactivity("60D"),
        Inactivity("60D", gap="7D", active_within="90D", kinds=("purchase", "visit")),
        Inactivity("60D", kinds=where(kind="purchase", at_least={"value": 0.01})),
        Cancellation("cancel", horizon="30D", returns=("purchase", "renewal")),
        Inactivity("60D", kinds=where(kind="login"), ended_by=("cancel",), but=("payment failed",)),
        Cancellation(horizon="30D", but=("payment failed", "moved"), active_within="90D"),
        Cancellation("cancel", horizon="30D", returns=where(unless={"kind": "refund"})),
    ],
)
def test_churn_definitions_come_back(definition):
    plain = json.loads(json.dumps(proven_plain(definition, name="churn", classes=KNOWN)))
    again = from_plain(plain, KNOWN)
    assert (again, type(again)) == (definition, type(definition))
    assert again.get_params() == definition.get_params()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), 1.5),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.str_("call"), "call"),
    ],
)
def test_numbers_of_numpy_come_back_as_plain_ones(value, expected):
    again = from_plain(proven_plain(value, name="it", classes={}), {})
    assert (again, type(again)) == (expected, type(expected))


class Sorting(Statement):
    """Stores something else than it was given."""

    def __init__(self, names=()):
        self.names = (*names, "more")


class Elsewhere(Statement):
    """Stores under another name."""

    def __init__(self, names=()):
        self.other = names


def function():
    """Stand for any function."""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (function, "it is <function function at"),
        (Holder(function), "Holder.first is <function"),
        (Holder(second=("a", {"b": [lambda: 1]})), r"Holder.second\[1\]\['b'\]\[0\] is <function"),
        (Volume(windows={"30D"}), r"Volume.windows is \{'30D'\} \(set\)"),
        (Holder(np.arange(2)), r"Holder.first is array\(\[0, 1\]\) \(ndarray\)"),
        (Holder(pd.Series([1])), "Series"),
        (Holder(pd.Timestamp("2024-01-01")), "Holder.first is Timestamp"),
        (Holder(datetime.date(2024, 1, 1)), "Holder.first is datetime.date"),
        (Holder(np.datetime64("2024-01-01")), "Holder.first is"),
        (Holder(1j), r"Holder.first is 1j \(complex\)"),
        (Holder(Holder), r"\(type\)"),
        (Holder("\ud800"), "Holder.first is"),
        (Sorting(("a",)), "does not come back as it was"),
        (Elsewhere(("a",)), "cannot be written down"),
        (Balance(valence=object()), "Balance.valence is <object"),
    ],
)
def test_what_could_not_be_made_again_is_refused(value, words):
    with pytest.raises(UsageError, match=words):
        proven_plain(value, name="it", classes=KNOWN)


def test_two_classes_of_one_name_are_refused():
    own = type("Volume", (Statement,), {})
    with pytest.raises(UsageError, match=r"two classes are called 'Volume'(.|\n)*MyVolume"):
        proven_plain((own(),), name="builders", classes=KNOWN)
    with pytest.raises(UsageError, match="two classes"):
        with_own(KNOWN, [own])
    with pytest.raises(UsageError, match=r"is no class(.|\n)*write Holder, without"):
        with_own(KNOWN, [Holder()])
    assert with_own(KNOWN, [Volume])["Volume"] is Volume


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ({"is": "Holder", "with": {}}, MismatchError, r"'Holder', a class(.|\n)*trust=\[Holder\]"),
        ({"is": "os.system", "with": {}}, MismatchError, "os.system"),
        ({"is": "Volume", "with": {"other": 1}}, MismatchError, "Volume cannot be made again"),
        ({"some": "thing"}, DataError, "damaged"),
    ],
)
def test_damaged_or_foreign_data(data, error, words):
    with pytest.raises(error, match=words):
        from_plain(data, KNOWN)
