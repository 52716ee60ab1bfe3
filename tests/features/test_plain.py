from __future__ import annotations

import json

import numpy as np
import pytest

from cxchurn._core import MismatchError
from cxchurn.features import (
    Balance,
    Builder,
    Column,
    FeatureSet,
    Recency,
    Valence,
    Volume,
    features_from_plain,
    features_to_plain,
    standard,
)
from cxchurn.history import where


class Calls(Builder):
    """How often customers ever called."""

    driver = "calls"

    def columns(self, seen):
        yield Column("calls_count_life", seen.count(where(kind="call")), says="has had {value:#call} in all")


def _again(features: FeatureSet, **builders) -> FeatureSet:
    return features_from_plain(json.loads(json.dumps(features_to_plain(features), allow_nan=False)), **builders)


def test_the_standard_set_comes_back_bit_for_bit(log, november):
    features = FeatureSet(standard(log, "60D"), log=log).fit(november)
    again = _again(features)
    assert again.log is None
    assert again.builders_ == features.builders_
    assert again.says_ == features.says_
    assert again.known_ == features.known_
    assert again.families_.equals(features.families_)
    made, remade = features.transform(november), again.with_log(log).transform(november)
    assert list(made.columns) == list(remade.columns)
    np.testing.assert_array_equal(made.to_numpy().view(np.int64), remade.to_numpy().view(np.int64))
    assert features_to_plain(again) == features_to_plain(features)


def test_parameters_come_back(log, november):
    builders = [
        Balance(valence=Valence(kinds=(("call", -0.25),), resolved=0.75), half_lives=["20D"], weight=np.float64(1.5)),
        Recency(stack=np.int64(2), by=()),
        Volume(windows=[], detail=("30D",), most=2),
    ]
    again = _again(FeatureSet(builders, log=log).fit(november))
    assert again.builders_ == builders
    assert [type(one.half_lives) for one in (builders[0], again.builders_[0])] == [list, list]
    assert (type(again.builders_[0].weight), type(again.builders_[1].stack)) == (float, int)


def test_own_builders_have_to_be_brought(log, november):
    features = FeatureSet([Calls()], log=log).fit(november)
    with pytest.raises(MismatchError, match=r"'Calls'(.|\n)*trust=\[Calls\]"):
        _again(features)
    again = _again(features, builders=[Calls]).with_log(log)
    assert again.transform(november).equals(features.transform(november))
