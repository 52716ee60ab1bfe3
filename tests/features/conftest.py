"""Logs written down event by event, all seen as of one cut-off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxchurn.datasets import Simulation
from cxchurn.features import Builder, FeatureSet
from cxchurn.interactions import YOUNGER, InteractionLog, Schema, read_interactions

CUTOFF = pd.Timestamp("2024-04-01")
TIMES = ("known_at", "promised_at", "delivered_at")


@pytest.fixture(scope="session")
def log_of() -> Callable[..., InteractionLog]:
    """Make a log of events ``{"ago": days before the cut-off, ...}``; who says nothing is customer "a" at a visit."""

    def make(events: list[dict[str, Any]], *, customers: Any = None, **schema: Any) -> InteractionLog:
        rows = [{"customer_id": "a", "kind": "visit", **event} for event in events]
        frame = pd.DataFrame(rows)
        frame["timestamp"] = CUTOFF - pd.to_timedelta(frame.pop("ago"), unit="D").astype("timedelta64[us]")
        further = {*schema.get("measures", ()), *schema.get("categories", ())}
        roles = {name: name for name in frame.columns if name not in further}
        end = CUTOFF + pd.Timedelta("100D")
        return read_interactions(frame, Schema(**roles, **schema), customers=customers, observed_until=end)

    return make


@pytest.fixture(scope="session")
def made(log_of: Callable[..., InteractionLog]) -> Callable[..., dict[str, float]]:
    """Make one customer's features as of the cut-off: what a builder says of a list of events."""

    def make(builder: Builder, events: list[dict[str, Any]], *, who: Any = "a", **log: Any) -> dict[str, float]:
        rows = pd.DataFrame({"customer_id": [who], "cutoff": [CUTOFF]})
        return FeatureSet([builder], min_customers=1, log=log_of(events, **log)).fit_transform(rows).iloc[0].to_dict()

    return make


@pytest.fixture(scope="session")
def made_each(log_of: Callable[..., InteractionLog]) -> Callable[..., list[dict[str, float]]]:
    """Make the features of several customers at once, each with a life of their own, beside some events of others."""

    def make(
        builder: Builder, lives: list[list[dict[str, Any]]], others: list[dict[str, Any]]
    ) -> list[dict[str, float]]:
        who = [f"life {k}" for k in range(len(lives))]
        events = [{**event, "customer_id": one} for one, life in zip(who, lives, strict=True) for event in life]
        rows = pd.DataFrame({"customer_id": who, "cutoff": CUTOFF})
        log = log_of([*others, *events])
        return FeatureSet([builder], min_customers=1, log=log).fit_transform(rows).to_dict("records")

    return make


@pytest.fixture(scope="session")
def tenfold() -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Let nine more customers do what each customer of some events did: tables rest on ten customers alike."""

    def copy(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        more = [{**event, "customer_id": f"{event['customer_id']} {k}"} for event in events for k in range(9)]
        return [*events, *more]

    return copy


@pytest.fixture(scope="session")
def full_interactions(company: Simulation) -> pd.DataFrame:
    """The company's interactions with the roles and kinds that it leaves out, by the places of rows."""
    rows = company.interactions
    emails = rows.loc[rows["kind"] == "email", ["customer_id", "timestamp", "known_at", "direction"]]
    kinds = ("unsubscribe", "signup", "question", "return", "peer_left")
    rare = [emails.iloc[k::9].assign(kind=kind) for k, kind in enumerate(kinds)]
    rare[-1]["direction"] = "outbound"
    rows = pd.concat([rows.astype({"kind": str, "direction": str}), *rare], ignore_index=True)
    sent = np.where(rows["direction"] == "outbound", np.arange(len(rows)) % 8, -1)
    opened = pd.arrays.BooleanArray(np.isin(sent, (1, 5)), sent < 1)
    place, online = np.arange(len(rows)), rows["touchpoint"].isin(["app", "web"])
    steps = np.array(["search", "product", "cart", "error", "checkout", "purchase", "search"], dtype=object)
    return rows.assign(
        opened=opened,
        clicked=pd.arrays.BooleanArray(sent == 5, sent < 2),
        points=np.select([rows["kind"] == "purchase", place % 9 == 0], [10.0, -5.0], np.nan),
        tier=np.where(place % 7 == 0, np.array(["silver", "gold", "bronze"], dtype=object)[place % 3], None),
        session_id=rows["customer_id"].str.cat((place // 40).astype(str), sep=" ").where(online, None),
        step=np.where(online, steps[place % 7], None),
        peer_id=np.where(
            rows["kind"].isin(["referral", "signup", "peer_left"]),
            [f"C-{1 + number % 200:06d}" for number in place],
            None,
        ),
    )


@pytest.fixture(scope="session")
def full_schema(company_schema: Schema) -> Schema:
    further = {role: role for group in YOUNGER for role in group}
    return replace(company_schema, measures=("items",), **further)


@pytest.fixture(scope="session")
def full_log(full_interactions: pd.DataFrame, full_schema: Schema, company: Simulation) -> InteractionLog:
    """A log with every role."""
    return read_interactions(full_interactions, full_schema, customers=company.customers)
