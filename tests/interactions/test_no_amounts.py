"""Numbers that are no amounts: places, telephone numbers, parts of a date, codes; and amounts whose sign is not in them."""

from __future__ import annotations

import logging
import re

import pandas as pd
import pytest

from cxchurn.interactions import guess_schema, propose_schema, read_interactions

LOG = {"customer_id": "integer", "timestamp": "time", "kind": "text"}
DAYS = [f"2024-05-{day:02}" for day in range(1, 5)]


def log(**columns):
    return pd.DataFrame({"customer_id": [1, 2, 1, 2], "timestamp": DAYS, "kind": "call", **columns})


def proposed(folder):
    """Return a proposal without the breaks of its lines."""
    return re.sub(r"\n#? +", " ", propose_schema(folder / "log.csv"))


@pytest.mark.parametrize(
    ("column", "values", "why"),
    [
        ("lat", [52.1, 48.2, 47.3, 52.1], "a place on the map"),
        ("pickupLongitude", [13.1, 8.2, -7.3, 9.0], "a place on the map"),
        ("Längengrad", [13.1, 8.2, -7.3, 9.0], "a place on the map"),
        ("caller_phone_2", [4917012345, 4917012346, 4917012347, 4917012348], "a telephone number"),
        ("birth_year", [1980, 1990, 2001, 1975], "a part of a date"),
        ("dayOfWeek", [0, 6, 3, 2], "a part of a date"),
        ("hour", [0, 23, 12, 5], "a part of a date"),
        # by what they hold these are amounts
        ("hour", [130, 7, 99, 205], None),
        ("year", [3, 12, 7, 5], None),
        ("mobile", [3, 0, 7, 5], None),
        # and these by their names
        ("flat", [1.5, 2.5, 3.5, 9.0], None),
        ("spend_month", [1, 7, 12, 2], None),
        ("mean", [4, 5, 6, 7], None),
    ],
)
def test_numbers_that_are_no_amounts_are_no_measures(column, values, why, tmp_path):
    frame = log(**{column: values})
    frame.to_csv(tmp_path / "log.csv", index=False)
    for data in (frame, tmp_path / "log.csv"):
        assert guess_schema(data).measures == ((column,) if why is None else ())
    assert why is None or f"{why[:1].upper()}{why[1:]}" in proposed(tmp_path).partition("Left out:")[2]


@pytest.mark.parametrize("column", ["store_zip", "PostalCode", "MCC", "product_class", "ean", "segment"])
def test_numbers_that_stand_for_something_are_labels(column):
    found = guess_schema({**LOG, column: "integer"}, distinct={column: 4})
    assert (found.measures, found.categories) == ((), (column,))


@pytest.mark.parametrize(
    ("said", "amounts", "doubtful"),
    [
        (["debit", "credit", "debit", "credit"], [5, 7, 9, 2], True),
        (["sale", "sale", "Card refund", "sale"], [5, 7, 9, 2], True),
        # the sign is there, or nothing that it could be of
        (["sale", "sale", "refund", "sale"], [5, 7, -9, 2], False),
        (["sale", "sale", "refund", "sale"], [5, 7, 0, 2], False),
        (["sale", "order", "sale", "gift"], [5, 7, 9, 2], False),
    ],
)
def test_a_guess_asks_of_amounts_without_a_sign_which_way_they_went(said, amounts, doubtful, tmp_path, caplog):
    frame = log(booking=said, amount=amounts)
    frame.to_csv(tmp_path / "log.csv", index=False)
    assert ("DECIDE: amount is never below 0, also where booking says" in proposed(tmp_path)) == doubtful
    with caplog.at_level(logging.WARNING):
        assert len(read_interactions(frame)) == 4
    assert ("Make sure: amount is never below 0" in caplog.text) == doubtful
