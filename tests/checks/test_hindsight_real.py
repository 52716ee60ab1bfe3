from __future__ import annotations

from pathlib import Path

import pytest

from cxchurn.checks import check_hindsight
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import Inactivity

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.exists(), reason="the real logs are not beside the repository"),
]

FINAL = ("resolved_at", "closed_at", "closed_code", "resolved_by")
HONEST = ("opened_at", "sys_created_at", "category", "location", "made_sla", "assignment_group", "knowledge", "notify")


def test_the_final_values_of_incidents_are_found_and_nothing_else():
    roles = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind", "case_id": "number"}
    schema = Schema(**roles, measures=("reassignment_count", "priority"), categories=(*FINAL, *HONEST))
    log = read_interactions(DATA / "it_incidents" / "events.parquet", schema, on_error="quarantine")
    table = check_hindsight(log, Inactivity("31D", active_within="31D", kinds=("New",)))
    assert set(table["column"]) == set(FINAL)
    assert set(table["where"]) == {"events"}
