from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.checks import LeakError, check_no_leak, forged_future
from cxchurn.features import Attributes, Builder, Column, Recency
from cxchurn.history import attribute_labels_before
from cxchurn.interactions import InteractionLog, Schema, known_before, read_customers, read_interactions

SCHEMA = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
PEOPLE = [f"c{number:02}" for number in range(40)]
T = "2024-04-01"


def log_with(customers: pd.DataFrame, **about) -> InteractionLog:
    rows = [
        (who, pd.Timestamp("2024-01-01") + pd.Timedelta(days=day), "visit") for who in PEOPLE for day in (0, 60, 120)
    ]
    events = pd.DataFrame(rows, columns=["customer_id", "timestamp", "kind"])
    return read_interactions(events, SCHEMA, customers=read_customers(customers, **about))


def dated(names: dict[str, str] | None = None) -> pd.DataFrame:
    """Two rows a customer: the change comes before the cut-off for the first half, after it for the others."""
    rows = []
    for place, who in enumerate(PEOPLE):
        change = pd.Timestamp("2024-02-01") + pd.Timedelta(days=4 * place)
        rows += [(who, pd.Timestamp("2023-06-01"), change, False, "basic", 1.0 + place)]
        rows += [(who, change, pd.NaT, True, "plus", 2.0 + place)]
    frame = pd.DataFrame(rows, columns=["customer_id", "valid_from", "valid_to", "is_current", "plan", "seats"])
    return frame.assign(until=frame["valid_to"]).rename(columns=names or {})


def test_attributes_of_dated_rows_do_not_know_the_future():
    log = log_with(dated())
    assert list(log.customers.books) == ["is_current", "until"]
    table = check_no_leak(Attributes(("plan", "seats")), log, cutoffs=[T, "2024-02-05", "2024-06-01"])
    assert table["columns"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(("column", "dates"), [("mark", ()), ("until", ("until",))])
def test_a_column_that_tells_what_becomes_of_its_row_is_found_out(column, dates):
    log = log_with(dated({"is_current": "mark"}), attributes=("plan", "seats", column))
    with pytest.raises(LeakError, match=f"attributes_{column}"):
        check_no_leak(Attributes(("plan", column), dates=dates), log, cutoffs=T)
    assert len(check_no_leak(Attributes(("plan", "seats")), log, cutoffs=T)) == 1


class Peeking(Builder):
    """Leaks: reaches round the view for the customer's last row, whenever it begins."""

    driver = "peeking"

    def columns(self, seen):
        attributes = seen._rows.history.attributes
        last = dict(zip(attributes.ids, attributes.offsets[1:] - 1, strict=True))
        rows = np.array([last.get(who, -1) for who in seen.customers], dtype=np.int64)
        yield Column("peeking_seats", attributes.read("seats", rows).values, says="has {value} seats")


class UntilWhen(Builder):
    """Leaks: reaches round the view for the end of the row that holds."""

    driver = "until"

    def columns(self, seen):
        attributes = seen._rows.history.attributes
        rows = attributes.rows(seen.customers, seen._rows.cutoffs)
        ends = np.full(rows.size, np.nan) if attributes.valid_to is None else attributes.valid_to[rows].astype(float)
        yield Column("until_end", np.where(rows >= 0, ends, np.nan), says="{value}")


@pytest.mark.parametrize("builder", [Peeking(), UntilWhen()])
def test_builders_that_reach_round_the_view_are_found_out(builder):
    with pytest.raises(LeakError, match=builder.driver):
        check_no_leak(builder, log_with(dated()), cutoffs=T)


def undated() -> pd.DataFrame:
    logins = [pd.Timestamp("2024-03-01") + pd.Timedelta(days=2 * place) for place in range(40)]
    return pd.DataFrame({"customer_id": PEOPLE, "last_login": logins, "contract_end": "2024-12-31", "plan": "basic"})


def test_an_undated_date_that_lies_ahead_is_a_leak_for_who_asks_for_it():
    # 2 March and every other day: 1 April is the sixteenth, so that 24 of 40 had not come
    log = log_with(undated(), known_ahead=("contract_end",))
    asked = Attributes(("plan", "last_login"), dates=("last_login",))
    with pytest.raises(LeakError, match=r"last_login is left out: .* for 60\.0% of the rows") as error:
        check_no_leak([Recency(), asked], log, cutoffs="2024-04-01T12:00:00")
    assert "known_ahead" in str(error.value)
    assert len(check_no_leak(asked, log, cutoffs="2024-06-01")) == 1
    assert len(check_no_leak(Attributes(("contract_end",), dates=("contract_end",)), log, cutoffs=T)) == 1


def test_the_standard_set_leaves_it_out():
    log = log_with(undated())
    table = check_no_leak(None, log, cutoffs=T, horizon="30D")
    assert (table["columns"] > 20).all()


@pytest.mark.parametrize("at", [T, "2024-02-05", "2024-03-04T07:30:00"])
def test_the_forged_future_of_the_customers_table_shares_its_past(at):
    moment = np.datetime64(at, "us")
    log = log_with(dated({"is_current": "mark"}), attributes=("plan", "seats", "mark", "until"))
    forged = forged_future(log, moment, np.random.default_rng(0))
    now, then = (known_before(one, moment).customers.table for one in (forged, log))
    assert now.equals(then)
    assert attribute_labels_before(forged, "plan", moment) == attribute_labels_before(log, "plan", moment)
    begins = forged.customers.table["valid_from"].to_pandas()
    # everybody has a further row, the first of which begins exactly at the cut-off
    assert (begins >= pd.Timestamp(moment)).sum() == len(PEOPLE)
    assert (begins == pd.Timestamp(moment)).sum() == 1
    assert forged.customers.table["valid_to"].to_pandas().ge(pd.Timestamp(moment)).any()
