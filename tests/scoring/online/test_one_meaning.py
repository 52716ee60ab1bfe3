"""One customer asked about alone gets the bits of the batch: whole, in parts, in any order, from plain records.

The default model, and histories of everything at random. 20 by default; ``CXCHURN_STRESS=50`` (``make stress``) takes so many
rounds of 60.
"""

from __future__ import annotations

import dataclasses
import os
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import vector_of
from cxchurn.interactions import InteractionLog, Schema, read_interactions
from cxchurn.model import ChurnModel
from cxchurn.scoring import OnlineScorer, score

from ._batch import said_by_a_batch, said_online, with_schema

ROUNDS = int(os.environ.get("CXCHURN_STRESS", "1"))
# of one round each: enough for every kind of history, and more where they are asked for
CUSTOMERS = 60 if ROUNDS > 1 else 20
BEGIN, END = pd.Timestamp("2024-03-01"), pd.Timestamp("2024-12-01")
KINDS = [
    "purchase",
    "visit",
    "call",
    "chat",
    "email",
    "complaint",
    "survey",
    "delivery",
    "cancel",
    "newsletter",
    "odd kind",
]
NUMBERS = ["wait_s", "duration_s", "transfers", "score", "sentiment", "value", "items", "discount"]
TIMES = ["timestamp", "known_at", "promised_at", "delivered_at"]


@pytest.fixture(scope="module")
def schema(company_schema) -> Schema:
    return dataclasses.replace(company_schema, duplicates="keep")


@pytest.fixture(scope="module")
def default(churn, train, schema) -> ChurnModel:
    return with_schema(ChurnModel(churn).fit(train), schema)


def histories(rng: random.Random) -> list[dict[str, Any]]:
    """Rows of customers of whom some have one event and some hundreds, many of them at the same instant."""
    rows = []
    for number in range(CUSTOMERS):
        days = rng.choice([1, 3, 20, 200])
        latest = END - BEGIN - pd.Timedelta(days=days)
        count = rng.choice([1, 1, 2, 5, 20, 60, 250])
        rows += [event(f"C-{number:06}", BEGIN + rng.random() * latest, days, rng) for _ in range(count)]
    rng.shuffle(rows)
    return rows


def event(who: str, begin: pd.Timestamp, days: int, rng: random.Random) -> dict[str, Any]:
    def maybe(value: Any, share: float = 0.4) -> Any:
        return value if rng.random() < share else None

    # a clock that shows whole hours, so that events meet
    when = (begin + pd.Timedelta(hours=rng.randrange(days * 24))).floor("h")
    asked = maybe(rng.choice([("nps", rng.randrange(11)), ("csat", rng.randrange(1, 6)), ("ces", rng.randrange(1, 8))]))
    promised = maybe(when + pd.Timedelta(hours=rng.randrange(100)))
    return {
        "customer_id": who,
        "timestamp": when,
        "known_at": maybe(when + pd.Timedelta(hours=rng.choice([0, 1, 5, 200]))),
        "kind": rng.choice(KINDS),
        "touchpoint": maybe(rng.choice(["store", "phone", "app", "a new one"])),
        "case_id": maybe(f"T{rng.randrange(9)}"),
        "direction": maybe(rng.choice(["inbound", "outbound"]), 0.8),
        "agent": maybe(rng.choice(["human", "bot"])),
        "agent_id": maybe(f"A{rng.randrange(30)}"),
        "wait_s": maybe(rng.choice([0.0, 0.1, 30.5, 900.0, 1e6])),
        "duration_s": maybe(rng.random() * 1000),
        "transfers": maybe(float(rng.randrange(4))),
        "resolved": maybe(rng.random() < 0.5),
        "score": None if asked is None else maybe(float(asked[1]), 0.8),
        "score_type": None if asked is None else asked[0],
        "invited": None,
        "sentiment": maybe(rng.uniform(-1, 1)),
        "value": maybe(rng.choice([12.5, -3.0, 0.0, 1e-9, 1e9, rng.gauss(0, 100)])),
        "promised_at": promised,
        "delivered_at": None if promised is None else maybe(when + pd.Timedelta(hours=rng.randrange(200))),
        "items": maybe(float(rng.randrange(5))),
        "discount": maybe(rng.random()),
        "product_group": maybe(rng.choice(["food", "toys", "of no training"])),
    }


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    found = pd.DataFrame(rows)
    times = {name: pd.to_datetime(found[name]).astype("datetime64[us]") for name in TIMES}
    return found.assign(**times, **{name: found[name].astype("float64") for name in NUMBERS})


def on_file(rng: random.Random) -> pd.DataFrame:
    """Rows of what is on file, of which some begin in the middle, and none of some customers."""
    rows = [
        {
            "customer_id": f"C-{number:06}",
            "valid_from": day,
            "plan": rng.choice(["basic", "plus", None]),
            "region": rng.choice(["north", "west", "of no training"]),
            "signup": BEGIN,
            "acquired": rng.choice(["store", "web"]),
            "household": float(rng.randrange(1, 5)),
        }
        for number in range(0, CUSTOMERS, 2)
        for day in rng.sample([BEGIN, BEGIN + pd.Timedelta("90D"), END - pd.Timedelta("20D")], rng.randrange(1, 4))
    ]
    return pd.DataFrame(rows)


def log_of(rows: pd.DataFrame, schema: Schema, customers: pd.DataFrame, **how: Any) -> InteractionLog:
    end = END + pd.Timedelta("60D")
    return read_interactions(rows, schema, customers=customers, observed_until=end, **how)


@pytest.mark.prove
@pytest.mark.parametrize("number", range(ROUNDS))
def test_all_say_the_same(number, default, schema):
    rng = random.Random(number)
    rows, customers = histories(rng), on_file(rng)
    at = BEGIN + pd.Timedelta(hours=24 * 90 + rng.randrange(24 * 180))
    data = frame(rows)
    batch = said_by_a_batch(default, data, schema, at, customers=customers)
    again = data.sample(frac=1, random_state=number)
    assert said_by_a_batch(default, again, schema, at, customers=customers.sample(frac=1, random_state=number)) == batch

    log = log_of(data, schema, customers)
    asked = {"at": at, "reasons": 3, "allow_shallow": True}
    whole = score(default, log, **asked)
    parts = log_of(again, schema, customers, memory_limit="100KB")
    assert len(parts.parts) > 5
    in_parts = score(default, parts, **asked)
    by_customer = ["customer_id"]
    pd.testing.assert_frame_equal(
        whole.sort_values(by_customer, ignore_index=True),
        in_parts.sort_values(by_customer, ignore_index=True),
        check_exact=True,
    )
    check_vectors(default, log, list(batch), at)
    scorer = OnlineScorer(default)
    for row in customers.to_dict("records"):
        scorer.attributes(row.pop("customer_id"), valid_from=row.pop("valid_from"), **row)
    while rows:
        some, rows = rows[:100], rows[100:]
        scorer.update(some if rng.random() < 0.5 else frame(some))
    assert {one.customer_id: said_online(one) for one in scorer.score_many(list(batch), at)} == batch
    for who in rng.sample(list(batch), 10):
        assert said_online(scorer.score(who, at)) == batch[who]
    print(f"\n{len(batch)} histories of {len(log):,} events as of {at}: the same")


def check_vectors(model: ChurnModel, log: InteractionLog, who: list[str], at: pd.Timestamp) -> None:
    features = model.features_.with_log(log)
    asked = pd.DataFrame({"customer_id": who, "cutoff": at})
    wanted = features.transform(asked).to_numpy()
    ids = log.events["customer_id"].to_numpy(zero_copy_only=False)
    for place, one in enumerate(who):
        own = log.events.filter(ids == one)
        order = np.random.default_rng(place).permutation(own.num_rows)
        found = vector_of(features, one, own.take(order), at)
        assert (found.view(np.int64) == wanted[place].view(np.int64)).all(), one
