"""Labels coded in the order of their text."""

import numpy as np
import pyarrow as pa
import pytest

from cxchurn.interactions.store import _labels
from cxchurn.interactions.store._hashes import leading_bytes, text_hashes
from cxchurn.interactions.store._labels import in_order, recoded


@pytest.mark.parametrize("begin", ["", "K", "ünd-", "longer than eight signs "])
@pytest.mark.parametrize("ends", ["b|a|", "ab|a\x00|a|aab", "1234567890|123456789|123456788", "€|ä|z"])
def test_texts_stand_in_order_of_their_bytes(begin, ends, monkeypatch):
    monkeypatch.setattr(_labels, "_MANY", 2)
    texts = [begin + end for end in ends.split("|")]
    found = pa.array(["left out", *texts]).slice(1)

    assert found.take(in_order(found)).to_pylist() == sorted(texts, key=str.encode)


def test_pieces_of_labels_and_of_plain_text_are_coded_together():
    # rows: b, missing, a | (no level) missing | c, missing, a, c as text, each row with a level of its own
    codes = np.array([1, -1, 0, -1, 0, 1, 2, 3], dtype=np.int32)
    pieces = [(3, pa.array(["a", "b"])), (1, pa.array([], pa.string())), (4, pa.array(["c", None, "a", "c"]))]

    levels = recoded(codes, pieces)

    assert levels.to_pylist() == ["a", "b", "c"]
    assert codes.tolist() == [1, -1, 0, -1, 2, -1, 0, 2]


@pytest.mark.parametrize("of", [text_hashes, leading_bytes])
def test_some_of_many_texts_have_the_hashes_and_bytes_that_they_have_among_all(of):
    texts = pa.array(["", "a", "longer than eight signs", "ü", "", "last"])

    for start in range(len(texts)):
        assert of(texts.slice(start, 3)).tolist() == of(texts)[start : start + 3].tolist()
