"""What a guess takes for labels, for ids and for numbers, by names and by how often values come again."""

from __future__ import annotations

import pandas as pd

from cxchurn.interactions import guess_schema, propose_schema, read_interactions

from .interaction_rows import NOW


def frame(rows: int = 400, **columns: object) -> pd.DataFrame:
    """Rows of forty customers, of one kind, with some further columns."""
    days = pd.date_range("2023-01-01 10:00", periods=rows, freq="7h").strftime("%Y-%m-%d %H:%M")
    return pd.DataFrame({"customer_id": [f"C{row % 40}" for row in range(rows)], "at": days, "kind": "visit"} | columns)


def test_ids_of_few_things_are_labels(tmp_path):
    plans = [f"P{row % 4}" for row in range(400)]
    shops = [1 + row % 5 for row in range(400)]
    schema = guess_schema(frame(plan_id=plans, shop_no=shops, device_id=range(400), id_campanha=range(400)))
    assert set(schema.categories) == {"plan_id", "shop_no"}
    assert schema.measures == ()
    # of few rows nothing can be said
    assert guess_schema(frame(40, plan_id=plans[:40])).categories == ()


def test_figures_that_stand_for_places_and_accounts_are_no_amounts():
    zips = [float(49_000 + row % 30) for row in range(400)]
    schema = guess_schema(frame(zip=zips, account=range(7_000_000, 7_000_400), amount=range(400)))
    assert schema.categories == ("zip",)
    assert schema.measures == ()
    assert schema.value == "amount"


def test_numbers_of_rows_that_pandas_wrote_are_left_out(tmp_path):
    numbered = frame(**{"Unnamed: 0": range(400), "Unnamed: 0.1": range(400, 800)})
    schema = guess_schema(numbered)
    assert (schema.measures, schema.categories) == ((), ())
    numbered.drop(columns="kind").to_csv(tmp_path / "log.csv", index=False)
    assert "structures" not in propose_schema(tmp_path / "log.csv")


def test_a_header_among_the_rows_does_not_make_text_of_numbers(tmp_path):
    path = tmp_path / "log.csv"
    fee_rate = [f"{row / 4}" for row in range(400)]
    half = frame(fee_rate=fee_rate).to_csv(index=False)
    path.write_text(half + half.replace("2023-", "2024-"))
    schema = guess_schema(path)
    assert schema.measures == schema.levels == ("fee_rate",)
    log = read_interactions(path, schema, on_error="quarantine", now=NOW)
    assert (len(log.events), log.validation.rows_refused) == (800, 1)
    assert log.events.to_pandas()["fee_rate"].sum() == 2 * sum(map(float, fee_rate))


def test_balances_and_prices_do_not_add_up():
    numbers = [row / 4 for row in range(400)]
    table = frame(balance_amount=numbers, unit_price_usd=numbers, discount=numbers, Saldo=numbers)
    assert set(guess_schema(table).levels) == {"balance_amount", "unit_price_usd", "Saldo"}


def test_an_order_that_is_called_off_is_no_customer_who_leaves():
    days = pd.date_range("2023-01-01 10:00", periods=400, freq="7h")
    orders = frame(
        order_id=range(400), cancelled_at=[day + pd.Timedelta(days=4) if day.day == 3 else None for day in days]
    )
    (later,) = guess_schema(orders).later
    assert (later.at, later.event_kind) == ("cancelled_at", "cancelled")
    (left,) = guess_schema(orders.rename(columns={"order_id": "subscription_id"})).later
    assert left.event_kind == "cancel"


def test_a_time_that_reads_in_no_way_is_to_be_decided(tmp_path):
    path = tmp_path / "log.csv"
    frame(date=[f"2023-W{1 + row % 50:02}" for row in range(400)]).drop(columns="at").to_csv(path, index=False)
    text = propose_schema(path)
    assert "DECIDE: no usual way of writing times fits date, such as '2023-W" in text
    assert '# time_format = "%d %B %Y"' in text
