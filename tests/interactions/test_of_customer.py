"""What says the same in all rows of a customer is no time of a row, and no sum of what came later is known in each of them."""

from __future__ import annotations

import pandas as pd
import pytest

from cxchurn.interactions import guess_schema, propose_schema


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    """Four orders of each of forty customers, with what the shop says of them today beside each."""
    rows = []
    for customer in range(40):
        joined = pd.Timestamp("2023-03-01 09:00") + pd.Timedelta(days=customer)
        for order in range(4):
            placed = joined + pd.Timedelta(days=7 + order * (11 + customer), hours=customer % 5)
            rows.append(
                {
                    "Kunde seit": joined.strftime("%d.%m.%Y %H:%M"),
                    "Kundennummer": f"K{customer:03}",
                    "Bestelldatum": placed.strftime("%d.%m.%Y %H:%M"),
                    "Betrag": f"{20 + order},50",
                    "Gesamtumsatz": f"{100 + customer},00",
                    "Anzahl": str(1 + customer % 7),
                    "Region": ("Nord", "Süd", "West")[customer % 3],
                    "Zahlart": ("Karte", "Rechnung")[order % 2],
                }
            )
    return pd.DataFrame(rows)


def test_the_time_of_a_row_is_no_time_of_the_customer(orders, tmp_path):
    orders.to_csv(tmp_path / "orders.csv", index=False)
    schema = guess_schema(orders.assign(kind="purchase"))
    assert schema.timestamp == "Bestelldatum"
    assert schema.later == ()
    # two columns are called like money, and one of them is what the customer has spent in all
    assert schema.value == "Betrag"
    assert "Gesamtumsatz" not in schema.measures
    assert {"Region", "Zahlart"} <= set(schema.categories)


def test_a_proposal_says_what_is_the_same_for_a_customer(orders, tmp_path):
    orders.to_csv(tmp_path / "orders.csv", index=False)
    text = " ".join(propose_schema(tmp_path / "orders.csv").replace("#", " ").split())
    for column in ("Kunde seit", "Gesamtumsatz", "Anzahl"):
        left = text[text.index(f"- {column}: ") :]
        assert "It is the same in all rows of a customer" in left[:300]
    assert 'the same in all rows of a customer: take it out if it may have changed since "Region"' in text


def test_lines_of_one_order_are_no_proof(orders):
    # one order a customer: the lines of an order say the same time and the same total
    lines = pd.concat([orders.drop_duplicates("Kundennummer")] * 4).sort_values("Kundennummer")
    schema = guess_schema(lines.drop(columns=["Kunde seit"]).assign(kind="purchase"))
    assert schema.timestamp == "Bestelldatum"
    assert "Anzahl" in (*schema.measures, *schema.categories)
