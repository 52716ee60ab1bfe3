from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import MismatchError
from cxchurn.history import History, as_of, attribute_labels_before
from cxchurn.interactions import InteractionLog, Schema, known_before, read_interactions

T = np.datetime64("2024-03-10T12:00", "us")
KNOWN = {"customers.plan": ("gold", "basic")}


def log_with(customers: pd.DataFrame | None) -> InteractionLog:
    rows = pd.DataFrame({"customer_id": ["a", "b"], "timestamp": "2024-01-01", "kind": "visit"})
    return read_interactions(
        rows, Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"), customers=customers
    )


def seen_of(log: InteractionLog, who: list[str], at: np.datetime64 = T):
    return as_of(History(log), np.array(who, dtype=object), np.full(len(who), at), known=KNOWN)


@pytest.fixture(scope="module")
def dated() -> InteractionLog:
    # in no order; b is known only from the cut-off on; c has attributes and no interaction
    rows = [
        ("a", "2024-03-10T12:00:00", "new", 9.0, "2024-04-01"),
        ("a", "2024-03-10T11:59:59.999999", "basic", 3.0, "2024-03-09"),
        ("c", "2024-02-01", "secret", None, None),
        ("a", "2024-01-01", "gold", 1.0, "2023-03-11"),
        ("b", "2024-03-10T12:00:00", "gold", 5.0, "2024-01-01"),
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "valid_from", "plan", "seats", "signup"])
    frame[["valid_from", "signup"]] = frame[["valid_from", "signup"]].apply(pd.to_datetime, format="ISO8601")
    return log_with(frame)


def test_dated_attributes_hold_from_after_their_instant(dated):
    who = ["b", "a", "c", "nobody", "a"]
    seen = seen_of(dated, who)
    # a: the row of a microsecond before the cut-off; what holds from the cut-off on is the future
    np.testing.assert_array_equal(seen.attribute("seats"), [np.nan, 3, np.nan, np.nan, 3])
    # codes by what training knew: gold 0, basic 1; "secret" was unknown then
    np.testing.assert_array_equal(seen.attribute("plan"), [np.nan, 1, np.nan, np.nan, 1])
    # 9 March 00:00 to 10 March 12:00
    np.testing.assert_array_equal(seen.attribute("signup"), [np.nan, 1.5, np.nan, np.nan, 1.5])
    earlier = seen_of(dated, ["a"], np.datetime64("2024-01-01T00:00:00.000001", "us"))
    np.testing.assert_array_equal(earlier.attribute("plan"), [0])
    assert np.isnan(seen_of(dated, ["a"], np.datetime64("2024-01-01", "us")).attribute("plan")).all()


def test_dated_attributes_know_no_future(dated):
    who = ["b", "a", "c", "nobody"]
    past = seen_of(known_before(dated, T), who)
    for name in ("plan", "seats", "signup"):
        np.testing.assert_array_equal(seen_of(dated, who).attribute(name), past.attribute(name))
    # of "new" and of b's "gold" nothing was on file before the cut-off
    assert attribute_labels_before(dated, "plan", T) == ("basic", "gold", "secret")
    assert attribute_labels_before(dated, "plan", T, most=1) == ("basic",)


def test_attributes_of_which_nothing_is_left(dated):
    empty = known_before(dated, "2023-01-01")
    for name in ("plan", "seats", "signup"):
        assert np.isnan(seen_of(empty, ["a", "b"]).attribute(name)).all()


def test_attributes_without_a_date_always_hold():
    log = log_with(pd.DataFrame({"customer_id": ["b", "a"], "plan": ["basic", None], "seats": [2, 7]}))
    seen = seen_of(log, ["a", "b", "nobody"], np.datetime64("1971-01-01", "us"))
    np.testing.assert_array_equal(seen.attribute("plan"), [np.nan, 1, np.nan])
    np.testing.assert_array_equal(seen.attribute("seats"), [7, 2, np.nan])
    assert attribute_labels_before(log, "plan", np.datetime64("1971-01-01", "us")) == ("basic",)
    assert attribute_labels_before(log, "seats", T) == ()
    assert attribute_labels_before(log, "region", T) == ()


def test_what_was_learned_in_training_is_handed_on(dated):
    seen = seen_of(dated, ["a"])
    assert seen.known("customers.plan") == ("gold", "basic")
    assert seen.known("kind") == ()
    assert seen.has("kind")
    assert not seen.has("plan")


def test_an_attribute_that_is_not_there(dated):
    with pytest.raises(MismatchError, match=r"no attribute 'plans'") as error:
        seen_of(dated, ["a"]).attribute("plans")
    assert "did you mean 'plan'?" in str(error.value)
    with pytest.raises(MismatchError, match="read without customers="):
        seen_of(log_with(None), ["a"]).attribute("plan")
    assert attribute_labels_before(log_with(None), "plan", T) == ()
