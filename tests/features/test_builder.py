"""What every builder owes: names, sentences, printing, comparing, cloning."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from cxchurn._core import UsageError
from cxchurn.checks._statements import column_patterns
from cxchurn.features import (
    BUILDERS,
    Attributes,
    Balance,
    Builder,
    Column,
    Effort,
    FeatureSet,
    Loyalty,
    Recency,
    Trend,
    Valence,
    Volume,
    every_family,
    spans,
)
from cxchurn.history import where


class Calls(Builder):
    """How often customers had to call."""

    driver = "calls"

    def __init__(self, *, windows=("30D", "90D")):
        self.windows = windows

    def columns(self, seen):
        for w in spans(self.windows):
            calls = seen.last(w).count(where(kind="call"))
            yield Column(f"calls_count_{w}", calls, says="had {value:#call} in the last {window}", window=w)


@pytest.fixture(scope="module")
def fitted(full_log, churn, november):
    # with the columns too that have to be asked for
    builders = [Loyalty(expires="365D") if isinstance(one, Loyalty) else one for one in every_family(full_log, "60D")]
    return FeatureSet(builders, log=full_log, churn=churn).fit(november)


def test_all_families_are_on_for_a_full_log(fitted):
    assert fitted.families_["on"].all()
    assert {type(builder) for builder in fitted.builders_} == set(BUILDERS)


@pytest.mark.parametrize("cls", BUILDERS)
def test_the_docstring_names_the_columns(cls, fitted):
    names = [says.name for says in fitted.says_ if says.driver == cls.driver]
    patterns = column_patterns(cls)
    assert names
    assert [name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)] == []
    assert [p.pattern for p in patterns if not any(p.fullmatch(name) for name in names)] == []


def test_names_say_driver_and_window(fitted):
    for says in fitted.says_:
        assert re.fullmatch(r"[a-z0-9_]+", says.name)
        assert says.name.startswith(f"{says.driver}_")
        # a standing has one window for all it compares, and so none in its names
        if says.window is not None and says.driver != "standing":
            number, unit = says.window.split(" ")
            assert says.name.endswith(f"_{number}{unit[0]}")


def test_every_column_can_speak(fitted, november):
    features = fitted.transform(november)
    for says in fitted.says_:
        for value in (0.0, 1.0, 2.0, 37.4, -1.3, float("nan"), *features[says.name].iloc[:5]):
            sentence = says.sentence(float(value))
            assert sentence == sentence.strip()
            assert not re.search(r"[{}]|\bnan\b|\b(on|over|asked|touch|said) no time\b|\bNone\b|  ", sentence), sentence


def test_what_is_missing_is_said_in_own_words(fitted, november):
    features = fitted.transform(pd.concat([november, november.assign(customer_id="nobody")]))
    missing = features.columns[features.isna().any()]
    assert len(missing) > 50
    assert [says.name for says in fitted.says_ if says.name in missing and says.missing is None] == []


@pytest.mark.parametrize(
    ("builder", "text"),
    [
        (Recency(), "Recency()"),
        (Recency(stack=5, by=("kind",)), "Recency(stack=5, by=('kind',))"),
        (Volume(windows=("30D",), most=3), "Volume(windows=('30D',), most=3)"),
        (Trend(shrink=2.0), "Trend(shrink=2.0)"),
        (Attributes(("plan",), dates=()), "Attributes(names=('plan',))"),
        (Balance(weight=1.0), "Balance(weight=1.0)"),
        (Balance(valence=Valence(resolved=1.0)), f"Balance(valence={Valence(resolved=1.0)!r})"),
        (Calls(windows=("7D",)), "Calls(windows=('7D',))"),
    ],
)
def test_builders_print_as_typed(builder, text):
    assert repr(builder) == text
    assert eval(text) == builder


@pytest.mark.parametrize("cls", [*BUILDERS, Calls])
def test_builders_compare_and_clone(cls):
    builder = cls()
    copy = clone(builder)
    assert copy is not builder
    assert copy == builder
    assert hash(copy) == hash(builder)
    assert builder != object()
    for name in builder.get_params():
        assert clone(builder).set_params(**{name: ("other",)}) != builder


def test_drivers_are_all_different():
    assert len({cls.driver for cls in BUILDERS}) == len(BUILDERS)


def test_which_roles_are_lacking():
    assert Effort().lacks(["case_id"]) == ()
    assert Effort().lacks(["score"]) == ("transfers|case_id",)
    assert Recency().lacks([]) == ()


@pytest.mark.parametrize(("windows", "words"), [((30,), "bare int"), (("1M",), "unit 'M'"), (("0D",), "no length")])
def test_windows_are_spans(windows, words, log, november):
    with pytest.raises(UsageError, match=words):
        FeatureSet([Volume(windows=windows)], log=log).fit(november)


def test_own_builders_count_like_the_oracle(company, log, november):
    calls = company.interactions.query("kind == 'call'")
    moment = november["cutoff"].iloc[0]
    recent = calls[(calls["known_at"].fillna(calls["timestamp"]) < moment)]
    recent = recent[recent[["timestamp", "known_at"]].max(axis=1) >= moment - pd.Timedelta("90D")]
    expected = november["customer_id"].map(recent["customer_id"].value_counts()).fillna(0.0)
    features = FeatureSet([Calls(windows=("90D",))], log=log).fit_transform(november)
    assert expected.sum() > 0
    np.testing.assert_array_equal(features["calls_count_90d"], expected)


def test_articles(fitted):
    sentences = [text for says in fitted.says_ for text in (says.sentence(1.0), says.sentence(float("nan")))]
    assert any(" an ease score" in sentence for sentence in sentences)
    assert [sentence for sentence in sentences if re.search(r"\b(a [aeio]|an [^aeiou])", sentence)] == []
