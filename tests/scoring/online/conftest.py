from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxchurn.interactions import InteractionLog, Later, Schema, read_interactions
from cxchurn.model import ChurnModel
from cxchurn.panel import Inactivity, make_panel, monthly

AT = "2024-11-05T13:20"


@pytest.fixture(scope="session")
def tickets_schema() -> Schema:
    """The company's interactions in a user's own columns; what a survey said and how a matter ended come days later."""
    return Schema(
        customer_id="who",
        timestamp="when",
        kind="what",
        touchpoint="channel",
        case_id="ticket",
        direction="direction",
        agent="answered_by",
        wait_s="waited",
        transfers="transfers",
        resolved="solved",
        score="rating",
        score_type="survey",
        value="amount",
        measures=("items",),
        categories=("product_group",),
        later=(
            Later(at="closed_at", columns=("resolved",)),
            Later(at="answered_at", columns=("score", "score_type"), kind="survey_answer"),
        ),
        event_id="id",
    )


@pytest.fixture(scope="session")
def tickets(company) -> pd.DataFrame:
    """Rows as the user has them; each with an id."""
    names = {
        "customer_id": "who", "timestamp": "when", "kind": "what", "touchpoint": "channel", "case_id": "ticket",
        "agent": "answered_by", "wait_s": "waited", "resolved": "solved", "score": "rating", "score_type": "survey",
        "value": "amount",
    }  # fmt: skip
    own = [*names, "direction", "transfers", "items", "product_group"]
    rows = company.interactions[own].rename(columns=names).reset_index(drop=True)
    late = pd.to_timedelta(rows.index % 5 + 1, unit="D")
    rows["closed_at"] = (rows["when"] + late).where(rows["solved"].fillna(False).astype(bool))
    rows["solved"] = rows["solved"].where(rows["closed_at"].notna())
    rows["answered_at"] = (rows["when"] + late).where(rows["rating"].notna())
    rows["survey"] = rows["survey"].where(rows["rating"].notna())
    rows["id"] = [f"e{k}" for k in rows.index]
    return rows


@pytest.fixture(scope="session")
def ticket_log(tickets, tickets_schema, company) -> InteractionLog:
    return read_interactions(tickets, tickets_schema, customers=company.customers)


@pytest.fixture(scope="session")
def ticket_model(ticket_log, classifier) -> ChurnModel:
    """The default model, the standard families, on events some of which became known later; few trees."""
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(ticket_log, churn, cutoffs=monthly("2023-12-01", "2024-10-01"))
    return ChurnModel(churn, classifier=classifier, folds=2).fit(panel)


@pytest.fixture(scope="session")
def folder(ticket_model, tmp_path_factory) -> Path:
    return ticket_model.save(tmp_path_factory.mktemp("online") / "model")
