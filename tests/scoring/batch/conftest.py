from __future__ import annotations

from pathlib import Path

import pytest

from cxchurn.interactions import InteractionLog, read_interactions
from cxchurn.scoring.batch import _prepared

AT = "2024-11-05T13:20"


@pytest.fixture(scope="package")
def divided(company, company_schema) -> InteractionLog:
    """The company's log in parts on disk."""
    log = read_interactions(company.interactions, company_schema, customers=company.customers, memory_limit="10MB")
    assert len(log.parts) > 5
    return log


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part of the log is a batch of its own."""
    monkeypatch.setattr(_prepared, "BATCH", 1)


def below(folder: Path) -> set[str]:
    """Everything below a folder, hidden files too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
