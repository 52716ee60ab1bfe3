from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxchurn.datasets import Simulation
from cxchurn.features import small
from cxchurn.interactions import InteractionLog, Schema, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import Inactivity, make_panel, monthly


@pytest.fixture(scope="session")
def rows(company: Simulation) -> pd.DataFrame:
    """Interactions with ids."""
    return company.interactions.assign(event=[f"E-{k}" for k in range(len(company.interactions))])


@pytest.fixture(scope="session")
def named(company_schema: Schema) -> Schema:
    return Schema(**{**vars(company_schema), "event_id": "event"})


@pytest.fixture(scope="session")
def named_log(rows: pd.DataFrame, named: Schema) -> InteractionLog:
    return read_interactions(rows, named)


@pytest.fixture(scope="session")
def named_model(named_log: InteractionLog) -> ChurnModel:
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(named_log, churn, cutoffs=monthly("2023-12-01", "2024-08-01"))
    classifier = ChurnClassifier(n_estimators=20, learning_rate=0.1)
    return ChurnModel(churn, features=small(named_log), classifier=classifier, folds=2).fit(panel)


@pytest.fixture(scope="session")
def folder(named_model: ChurnModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "churn-model"
    named_model.save(path)
    return path
