"""Labels coded in the order of their text."""

import pyarrow as pa
import pytest

from cxchurn.interactions.store import _labels
from cxchurn.interactions.store._labels import in_order


@pytest.mark.parametrize("begin", ["", "K", "ünd-", "longer than eight signs "])
@pytest.mark.parametrize("ends", ["b|a|", "ab|a\x00|a|aab", "1234567890|123456789|123456788", "€|ä|z"])
def test_texts_stand_in_order_of_their_bytes(begin, ends, monkeypatch):
    monkeypatch.setattr(_labels, "_MANY", 2)
    texts = [begin + end for end in ends.split("|")]
    found = pa.array(["left out", *texts]).slice(1)

    assert found.take(in_order(found)).to_pylist() == sorted(texts, key=str.encode)
