from __future__ import annotations

import tomllib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import CxchurnError, DataError
from cxchurn.interactions import Schema, Source, guess_schema, propose_schema, read_interactions

from .interaction_rows import NOW

cells = st.none() | st.text(max_size=6) | st.sampled_from(["2024-01-05", "3/4/2024", "1,5", "7", "yes", "-", "open"])
names = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["customer_id", "created_at", "closed_at", "type", "amount", "status", "end_date", "later", "kind"]
)


@settings(deadline=None, max_examples=60)
@given(
    table=st.dictionaries(names, st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6),
)
def test_whatever_a_table_holds_the_proposal_is_toml(table):
    frame = pd.DataFrame(table, dtype=object)
    try:
        text = propose_schema(frame)
    except CxchurnError:
        return  # such as columns whose names differ in nothing
    assert isinstance(tomllib.loads(text), dict)


def test_a_proposal_reads_at_once_where_nothing_is_left_open(tmp_path):
    data, schema = tmp_path / "orders.csv", tmp_path / "schema.toml"
    data.write_text("cust_id;when;betrag\nA;13.02.2024;1\nB;1.3.2024;2\n")
    schema.write_text(propose_schema(data))
    assert Schema.from_toml(schema) == Schema(
        customer_id="cust_id",
        timestamp="when",
        kind_is="purchase",
        value="betrag",
        delimiter=";",
        time_format="%d.%m.%Y",
    )
    assert read_interactions(data, schema, now=NOW).events["kind"].to_pylist() == ["purchase"] * 2


def test_a_proposal_says_what_is_to_be_decided(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text("customer_id,when,amount\nA,1/2/2024,35\nB,3/4/2024,12\n")
    text = propose_schema(data)
    assert 'kind = "interaction"' in text
    assert "DECIDE: no column says of what kind" in text
    assert '# time_format = "%m/%d/%Y"\n# time_format = "%d/%m/%Y"' in text
    # and nobody reads it either way before it is decided
    with pytest.raises(DataError, match="can be read in several ways"):
        guess_schema(pd.read_csv(data).assign(kind="x"))


def test_several_tables_become_sources_of_one_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"customer_id": ["1"], "timestamp": ["2024-01-01"], "kind": ["buy"]}).to_parquet("orders.parquet")
    pd.DataFrame({"user": ["1"], "day": ["2/13/2024"], "stars": [4]}).to_csv("ratings.csv", index=False)
    text = propose_schema(["orders.parquet", Source("ratings.csv")])
    (tmp_path / "log.toml").write_text(text.replace('# timestamp = "..."', 'timestamp = "day"'))
    log = read_interactions("log.toml", now=NOW)
    assert sorted(log.events["kind"].to_pylist()) == ["buy", "rating"]
    assert [schema.customer_id for schema in log.schemas] == ["customer_id", "user"]


def test_columns_without_a_name_and_empty_ones_are_left_out(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text(",customer_id,timestamp,kind,nothing\n0,a,2024-01-01,x,\n1,b,2024-01-02,x,\n")
    text = propose_schema(data)
    assert "column_1" in text.partition("# Left out:")[2]
    assert guess_schema(data) == Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_what_separates_the_columns_is_found(mark, tmp_path):
    data = tmp_path / "log.csv"
    data.write_text("customer_id,timestamp,kind\na,2024-01-01,x\n".replace(",", mark))
    assert guess_schema(data).delimiter == mark
    assert len(read_interactions(data, now=NOW)) == 1


def test_times_written_in_several_ways_are_said_by_column(tmp_path):
    data = tmp_path / "tickets.csv"
    data.write_text("customer_id,opened_at,closed_at,kind\na,13.1.2024,2024-02-01,x\nb,14.1.2024,2024-02-02,x\n")
    assert guess_schema(data).time_format == {"opened_at": "%d.%m.%Y"}
    assert len(read_interactions(data, now=NOW)) == 4


def test_numbers_that_read_in_two_ways_are_asked_about(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text('customer_id,timestamp,kind,amount\na,2024-01-01,x,"1,234"\n')
    assert '# decimal = ","\n# decimal = "."\n# thousands = ","' in propose_schema(data)
    with pytest.raises(DataError, match="can be read in several ways"):
        guess_schema(data)
