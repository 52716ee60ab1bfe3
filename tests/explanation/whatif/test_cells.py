"""Values of edits: what no log can hold is refused in words, what a log reads otherwise is read so."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.explanation import what_if
from cxchurn.explanation.whatif._cells import cell, check_score

TIME, TEXT = pa.timestamp("us"), pa.string()


@pytest.mark.parametrize(
    ("name", "kind", "value", "held"),
    [
        ("value", pa.float64(), 3, 3),
        ("value", pa.float64(), Decimal("2.5"), 2.5),
        ("value", pa.float64(), float("nan"), None),
        ("value", pa.float64(), None, None),
        ("transfers", pa.float64(), np.float32(2), 2.0),
        ("wait_s", pa.float64(), "5min", 300.0),
        ("duration_s", pa.float64(), "0s", 0.0),
        ("resolved", pa.bool_(), 1, True),
        ("resolved", pa.bool_(), np.False_, False),
        ("case_id", TEXT, 7, "7"),
        ("touchpoint", TEXT, "  ", None),
        ("direction", TEXT, "Inbound", "inbound"),
        ("promised_at", TIME, "2024-10-09", datetime(2024, 10, 9)),
        ("promised_at", TIME, "9999-01-01", datetime(9999, 1, 1)),
        ("timestamp", TIME, datetime(2024, 10, 9, 8), datetime(2024, 10, 9, 8)),
    ],
)
def test_as_the_log_holds_it(name, kind, value, held):
    assert cell(name, kind, value, "UTC") == held


@pytest.mark.parametrize(
    ("name", "kind", "value", "words"),
    [
        ("value", pa.float64(), float("inf"), "value is inf(.|\n)*a number"),
        ("value", pa.float64(), 10**400, "value is 1000"),
        ("value", pa.float64(), "abc", "value is 'abc'"),
        ("value", pa.float64(), True, "value is True"),
        ("value", pa.float64(), Decimal("NaN"), "value is Decimal"),
        ("wait_s", pa.float64(), "5 parsecs", "the unit 'parsecs'"),
        ("wait_s", pa.float64(), [5], r"wait_s is \[5\](.|\n)*5min"),
        ("transfers", pa.float64(), -1, "transfers is -1(.|\n)*0 or more"),
        ("transfers", pa.float64(), 1.5, "transfers is 1.5(.|\n)*a whole number, 0 or more"),
        ("transfers", pa.float64(), Decimal("0.5"), "a whole number"),
        ("sentiment", pa.float64(), 2, "sentiment is 2(.|\n)*-1 to 1"),
        ("resolved", pa.bool_(), "perhaps", "True or False"),
        ("touchpoint", TEXT, 3, "touchpoint is 3(.|\n)*text"),
        ("direction", TEXT, "inbond", "did you mean 'inbound'"),
        ("kind", TEXT, None, "kind is None"),
        ("timestamp", TIME, None, "timestamp"),
        ("timestamp", TIME, "9999-01-01", "a time that has been"),
        ("promised_at", TIME, "soon", "promised_at"),
    ],
)
def test_what_no_log_can_hold(name, kind, value, words):
    with pytest.raises(UsageError, match=words):
        cell(name, kind, value, "UTC")


def test_a_score_is_on_its_scale():
    for row in ({"score": 9999.0}, {"score": 10, "score_type": "NPS"}, {"score": None, "score_type": "csat"}, {}):
        check_score(row)
    with pytest.raises(UsageError, match=r"score is 6, of the scale csat(.|\n)*1 to 5"):
        check_score({"score": 6, "score_type": "csat"})


class TestWhatIf:
    @pytest.fixture(scope="class")
    def who(self, log):
        return log.events["customer_id"][0].as_py()

    @pytest.mark.parametrize(
        ("edits", "words"),
        [
            (None, "an edit is None"),
            ("abc", "an edit is 'abc'"),
            (cx.added("purchase", "2024-10-05", value=float("inf")), "value is inf"),
            (cx.added("purchase", "9999-10-05"), "a time that has been"),
            (cx.added(None, "2024-10-05"), "kind None"),
            (cx.refunded(1, "abc"), "value is .abc."),
            (cx.refunded(1, None), "gives back nothing"),
            (cx.edited(1, kind=None), "kind is None"),
            (cx.edited(1, kind=["call"]), r"kind is \['call'\]"),
            (cx.edited(1, touchpoint=3), "touchpoint is 3"),
            (cx.edited(1, score=9999, score_type="nps"), "of the scale nps(.|\n)*0 to 10"),
            (cx.called_back(1, after="36000000D", kind="purchase"), "leads out of the calendar"),
        ],
    )
    def test_is_refused_in_words(self, model, log, who, edits, words):
        with pytest.raises(UsageError, match=words):
            what_if(model, log, who, edits)

    def test_dates_and_spans_may_be_text(self, model, log, who):
        told = [what_if(model, log, who, cx.edited(1, wait_s=wait)) for wait in ("5min", 300)]
        assert told[0].after == told[1].after or told[0].not_asked
        what_if(model, log, who, cx.edited(1, promised_at="2024-10-09"))
