"""Rows to be made features of, whose ids are missing, of another form, or nobody's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.features import FeatureSet, Volume, vector_of
from cxchurn.history import customers_asked, histories_of
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import panel_from_labels

LARGE = 2**53


def log_of(ids, **options):
    frame = pd.DataFrame({"c": ids, "t": pd.date_range("2024-01-01", periods=len(ids))})
    return read_interactions(frame, Schema(customer_id="c", timestamp="t", kind_is="visit"), **options)


def rows_of(ids):
    return pd.DataFrame({"customer_id": ids, "cutoff": pd.Timestamp("2024-02-01")})


def fitted(log):
    return FeatureSet([Volume(windows=("90D",))], log=log).fit(rows_of(log.events["customer_id"].to_pylist()))


def counts(features, ids):
    return features.transform(rows_of(ids)).iloc[:, 0].tolist()


@pytest.mark.parametrize("ids", [[1, 2, 2], ["1", "2", "2"], ["007", "2", "2"]])
def test_ids_of_every_form_find_their_customer(ids):
    features = fitted(log_of(ids))
    asked = [ids[0], ids[1]]
    expected = [1.0, 2.0]
    forms = [asked, pd.array(asked), pd.Categorical(asked), [f" {one}" for one in asked]]
    if "007" not in ids:
        forms += [[1, 2], [1.0, 2.0], ["1.0", "2.0"], np.array([1, 2], np.int32)]
    for form in forms:
        assert counts(features, form) == expected
        assert features.seen(rows_of(form)).count().tolist() == expected


def test_text_that_is_written_like_a_decimal_number_is_kept_where_the_log_has_it():
    features = fitted(log_of(["1.0", "1.1", "1.1"]))
    assert counts(features, ["1.0", "1.1"]) == [1.0, 2.0]


@pytest.mark.parametrize("ask", ["fit", "transform", "seen"])
@pytest.mark.parametrize(
    ("ids", "error", "words"),
    [
        ([1, None, 2], DataError, "lack the customer_id in 1 of 3 rows"),
        (["1", "NULL", " "], DataError, "lack the customer_id in 2 of 3 rows"),
        ([float(LARGE), 1.0], DataError, "beyond 2**53 in 1 of 2 rows"),
        (["C-1", "C-2"], MismatchError, "those of the log are whole numbers"),
        ([7, 8, 9], MismatchError, "knows none of the customers of the rows (7, 8, 9); its own are like 1"),
    ],
)
def test_rows_that_are_nobodys_are_refused(ask, ids, error, words):
    features = fitted(log_of([1, 2, LARGE + 1]))
    with pytest.raises(error) as found:
        getattr(features, ask)(rows_of(ids))
    assert words in str(found.value)


def test_some_new_customers_are_counted_and_said(caplog):
    features = fitted(log_of([1, 2]))
    assert counts(features, [1, 5, 6, 7]) == [1.0, 0.0, 0.0, 0.0]
    assert "3 of 4 rows among the rows are of customers of whom the log knows nothing, such as 5, 6, 7." in caplog.text
    # a customer of the customers table is no stranger
    caplog.clear()
    log = log_of([1, 2], customers=pd.DataFrame({"customer_id": [1, 5, 6, 7], "plan": list("abcd")}))
    assert counts(fitted(log), [5, 6, 7]) == [0.0, 0.0, 0.0]
    assert "knows nothing" not in caplog.text


def test_one_customer_is_asked_for_in_every_form():
    for ids, forms in (([1, 2], [1, 1.0, "1", np.int32(1), "1.0"]), (["1", "2"], ["1", 1, 1.0, "1.0", " 1"])):
        log = log_of(ids)
        features = fitted(log)
        for form in forms:
            assert vector_of(features, form, log.events.slice(0, 1), "2024-02-01")[0] == 1.0
        for nobody in (None, "NULL", float("nan"), float(LARGE)):
            with pytest.raises(DataError):
                vector_of(features, nobody, log.events.slice(0, 1), "2024-02-01")
        with pytest.raises(UsageError, match="the customer asked about is"):
            vector_of(features, 2, log.events.slice(0, 1), "2024-02-01")


def test_labels_of_every_form_find_their_customer():
    log = log_of(["1", "2", "2"], observed_until="2024-06-01")
    labels = rows_of([1.0, 2.0]).assign(churned=[0, 1])
    assert panel_from_labels(log, labels, horizon="30D").frame["customer_id"].tolist() == ["1", "2"]
    with pytest.raises(DataError, match="1 rows lack the customer_id"):
        panel_from_labels(log, rows_of(["1", "nan"]).assign(churned=[0, 1]), horizon="30D")


def test_whole_numbers_changed_after_the_question_are_asked_anew():
    log, ids = log_of([1, 1, 2]), np.array([1, 2])
    mine = customers_asked(log, ids, what="the rows")
    assert not np.shares_memory(mine, ids)
    with pytest.raises(ValueError, match="read-only"):
        mine[0] = 2
    histories = histories_of(log)
    assert histories.positions(mine) is histories.positions(mine)
    free = mine.copy()
    assert histories.positions(free).tolist() == [0, 1]
    free[:] = 2
    assert histories.positions(free).tolist() == [1, 1]
