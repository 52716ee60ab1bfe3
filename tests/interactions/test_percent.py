"""Numbers with a percent sign: what the schema says of a column holds in every row, whatever the row comes in."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Schema, guess_schema, propose_schema, read_interactions
from cxchurn.interactions.rows._reading import RowReader

from .interaction_rows import NOW
from .typed_tables import by_the_engine

BASE = {"customer_id": "who", "timestamp": "at", "kind_is": "call", "measures": ("load",)}
BARE, SIGNED = Schema(**BASE), Schema(**BASE, percent=("load",))
# what cells say, and the number that each is with the sign, and without
CELLS = {"85 %": (85.0, None), "0.5%": (0.5, None), "(3 %)": (-3.0, None), "0.85": (None, 0.85), "-2": (None, -2.0)}
CELLS |= {"0": (0.0, 0.0), "0 %": (0.0, 0.0), "many": (None, None), "": ("", "")}


def numbers(data, schema):
    """Return the number of each row by its customer, "" for none; no row that was refused."""
    events = read_interactions(data, schema, now=NOW, on_error="quarantine").events
    values = ["" if value is None else value for value in events["load"].to_pylist()]
    return dict(zip(events["customer_id"].to_pylist(), values, strict=True))


def by_row(rows, schema):
    """Return the same of rows that a service reads one by one."""
    read = [(row["who"], RowReader(schema).read([row])[0]) for row in rows]
    return {who: one.events[0].values.get("load", "") for who, one in read if not one.refused}


def written(folder, frame, schema):
    """Return the same content in all ways that it comes in: text, typed files, frames, files apart, a schema in a file."""
    frame.to_csv(folder / "all.csv", index=False)
    (folder / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")))
    pq.write_table(pa.Table.from_pandas(frame), folder / "all.parquet")
    (folder / "apart").mkdir(exist_ok=True)
    for place in range(len(frame)):
        frame[place : place + 1].to_csv(folder / "apart" / f"{place:02}.csv", index=False)
    (folder / "schema.toml").write_text(schema.to_toml())
    files = [folder / "all.csv", folder / "all.jsonl", folder / "all.parquet", str(folder / "apart" / "*.csv")]
    return [*((file, folder / "schema.toml") for file in files), (frame, schema), (pa.Table.from_pandas(frame), schema)]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=9), st.booleans())
def test_a_number_is_what_its_column_is_said_to_be_wherever_it_comes_from(tmp_path_factory, cells, signed):
    # of a log of which every row is refused nothing is left
    schema, cells = SIGNED if signed else BARE, [*cells, "0"]
    expected = {f"K{k}": CELLS[cell][not signed] for k, cell in enumerate(cells)}
    expected = {who: value for who, value in expected.items() if value is not None}
    frame = pd.DataFrame({"who": [f"K{k}" for k in range(len(cells))], "at": "2024-05-01", "load": cells}, dtype=object)
    ways = written(tmp_path_factory.mktemp("ways"), frame, schema)
    assert [numbers(data, said) for data, said in ways] == [expected] * len(ways)
    with by_the_engine():
        assert numbers(frame, schema) == expected
    assert by_row(frame.to_dict("records"), schema) == expected


@pytest.mark.parametrize("kind", ["float64", "float32", "Int64", "boolean", "object"])
def test_numbers_that_are_no_text_have_no_sign(kind):
    values = [0, 1, None]
    frame = pd.DataFrame({"who": ["K0", "K1", "K2"], "at": "2024-05-01", "load": pd.array(values, dtype=kind)})
    assert numbers(frame, SIGNED) == {"K0": 0.0, "K2": ""}
    assert numbers(frame, BARE) == {"K0": 0.0, "K1": 1.0, "K2": ""}
    assert by_row(frame.to_dict("records"), SIGNED) == {"K0": 0.0, "K2": ""}


@pytest.mark.parametrize(
    ("cells", "percent", "said"),
    [
        (["85 %", "7%"], (), "the numbers of load carry a percent sign: say Schema(percent=('load',), ...)"),
        (["8,5 %", "7%"], (), "say Schema(percent=('load',), decimal=',', ...)"),
        (["85 %", "0.07"], (), "some numbers of load carry a percent sign and some do not"),
        (["85 %", "0.07"], ("load",), "some numbers of load carry a percent sign and some do not"),
        (["85", "0.07"], ("load",), "has no percent sign, which the schema says of the column"),
    ],
)
def test_numbers_that_are_written_otherwise_than_said_are_refused_with_what_to_write(cells, percent, said):
    frame = pd.DataFrame({"who": ["K0", "K1"], "at": "2024-05-01", "load": cells})
    with pytest.raises(DataError) as error:
        read_interactions(frame, Schema(**BASE, percent=percent), now=NOW)
    assert said in " ".join(str(error.value).replace("The numbers", "the numbers").replace("Some", "some").split())


def test_a_guess_says_which_columns_carry_the_sign(tmp_path):
    columns = {"customer_id": ["a", "b", "a"], "timestamp": ["2024-05-01", "2024-05-02", "2024-05-03"]}
    columns |= {"kind": "call", "load": ["85 %", "7 %", "0"], "seats": [3, 4, 5]}
    frame = pd.DataFrame(columns)
    frame.to_csv(tmp_path / "log.csv", index=False)
    for data in (frame, tmp_path / "log.csv"):
        assert guess_schema(data).percent == ("load",)
    assert 'percent = ["load"]' in propose_schema(tmp_path / "log.csv")
    frame.assign(load=["85 %", "0.07", "0"]).to_csv(tmp_path / "log.csv", index=False)
    assert "# DECIDE: some numbers of load carry a percent sign" in propose_schema(tmp_path / "log.csv")
    with pytest.raises(DataError, match="can be read in several ways"):
        read_interactions(tmp_path / "log.csv")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"percent": ("lod",)}, "percent names 'lod': did you mean 'load'?"),
        ({"percent": "load"}, r"percent is the text 'load': write percent=\('load',\)"),
        ({"percent": ("off",), "discount": "off"}, "which is the discount: say discount_unit = 'percent'"),
    ],
)
def test_what_is_said_of_percents_has_to_be_of_a_column_of_numbers(schema, message):
    with pytest.raises(UsageError, match=message):
        read_interactions(pd.DataFrame(), Schema(**BASE, **schema), now=NOW)


def test_discounts_that_count_percents_may_carry_the_sign():
    frame = pd.DataFrame({"who": ["K0", "K1"], "at": "2024-05-01", "load": 1, "off": ["20 %", "7"]})
    events = read_interactions(frame, Schema(**BASE, discount="off", discount_unit="percent"), now=NOW).events
    assert events["discount"].to_pylist() == pytest.approx([0.2, 0.07])
    with pytest.raises(DataError, match="percent sign"):
        read_interactions(frame, Schema(**BASE, discount="off"), now=NOW)
