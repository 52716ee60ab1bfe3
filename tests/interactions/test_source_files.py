from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import read_interactions

from .interaction_rows import NOW

LOG = """[format]
timezone = "Europe/Rome"

[[source]]
data = "orders.csv"

[source.roles]
customer_id = "cust"
timestamp = "day"
value = "sum"

[source.constants]
kind = "purchase"

[[source]]
query = "SELECT *, 'x' AS nothing FROM 'surveys.csv' WHERE stars > 1"

[source.roles]
customer_id = "who"
timestamp = "at"
score = "stars"

[source.constants]
kind = "survey"
score_type = "csat"
touchpoint = "email"
"""


@pytest.fixture(autouse=True)
def tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"cust": ["a", "b"], "day": ["2024-01-01", "2024-01-02"], "sum": [1.5, 2]}).to_csv("orders.csv")
    pd.DataFrame({"who": ["a", "b"], "at": ["2024-02-01", "2024-02-02"], "stars": [1, 5]}).to_csv("surveys.csv")
    (tmp_path / "log.toml").write_text(LOG)
    return tmp_path


def test_a_file_of_sources_is_read_where_a_log_is_read():
    log = read_interactions("log.toml", now=NOW)
    events = log.events.to_pandas().sort_values("timestamp").reset_index(drop=True)
    assert list(events["kind"]) == ["purchase", "purchase", "survey"]
    # one star is left out by the query; midnight in Rome is eleven in the evening before
    assert events.loc[2, ["customer_id", "score", "score_type", "touchpoint"]].tolist() == ["b", 5.0, "csat", "email"]
    assert str(events.loc[2, "timestamp"]) == "2024-02-01 23:00:00"
    assert events["touchpoint"].isna().tolist() == [True, True, False]


def test_a_score_outside_a_constant_scale_is_refused(tables):
    (tables / "log.toml").write_text(
        LOG.replace("WHERE stars > 1", "").replace('"csat"', '"ces"').replace("*,", "* REPLACE (9 AS stars),")
    )
    log = read_interactions("log.toml", on_error="quarantine", now=NOW)
    assert log.validation.broken[0].rule == "score_off_scale"
    assert log.validation.rows_refused == 2


def test_what_a_file_of_sources_may_not_be(tables):
    with pytest.raises(UsageError, match="says itself what its columns mean"):
        read_interactions("log.toml", "log.toml")
    (tables / "one.toml").write_text('[roles]\ncustomer_id = "a"\ntimestamp = "b"\nkind = "c"\n')
    with pytest.raises(UsageError, match="names no data"):
        read_interactions("one.toml")
    with pytest.raises(UsageError, match="is of several tables"):
        read_interactions("orders.csv", "log.toml")
