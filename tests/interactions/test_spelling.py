"""Labels that differ by upper case or blanks alone."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.interactions import Later, Schema, folded, read_interactions
from cxchurn.panel import Inactivity, make_panel

from .interaction_rows import NOW, row
from .typed_tables import by_the_engine

KINDS = ["purchase", "Purchase", "PURCHASE", "phone  call", "Phone call", "visit"]
FRAME = pd.DataFrame([row(f"c{k}", kind=kind, touchpoint=kind[:1] + "Web") for k, kind in enumerate(KINDS)])
SCHEMA = {name: name for name in FRAME.columns}


@pytest.mark.parametrize("memory_limit", [None, "1GB"])
def test_labels_that_differ_by_their_writing_alone_are_said_and_stay(memory_limit, caplog):
    log = read_interactions(FRAME, Schema(**SCHEMA), now=NOW, memory_limit=memory_limit)
    kind, touchpoint = log.validation.notes
    assert "'purchase' (1 rows), 'Purchase' (1 rows), 'PURCHASE' (1 rows)" in kind
    assert "'phone  call' (1 rows), 'Phone call' (1 rows)" in kind
    assert "Schema(ignore_case=True)" in kind
    # pWeb and PWeb, twice each
    assert "'pWeb' (2 rows), 'PWeb' (3 rows)" in touchpoint or "'PWeb' (3 rows), 'pWeb' (2 rows)" in touchpoint
    assert kind in caplog.text


@pytest.mark.parametrize("way", ["csv", "parquet", "frame", "engine"])
def test_they_are_one_label_where_the_schema_asks_for_it(tmp_path, way):
    data: object = FRAME.astype({"timestamp": "datetime64[us]"})
    if way == "csv":
        FRAME.to_csv(data := tmp_path / "e.csv", index=False)
    elif way == "parquet":
        FRAME.to_parquet(data := tmp_path / "e.parquet")
    schema = Schema(**SCHEMA, ignore_case=True, kinds=("Purchase", "phone call", "VISIT"))
    if way == "engine":
        with by_the_engine():
            log = read_interactions(data, schema, now=NOW)
    else:
        log = read_interactions(data, schema, now=NOW)
    assert log.events["kind"].to_pylist() == ["purchase"] * 3 + ["phone call"] * 2 + ["visit"]
    assert not log.validation.notes
    # ids are never folded
    assert log.events["customer_id"].to_pylist() == [f"c{k}" for k in range(6)]


def test_the_kinds_a_schema_says_are_folded_too():
    frame = pd.DataFrame({"c": ["A"], "t": ["2024-01-01"], "done": ["2024-01-02"]})
    schema = Schema(
        customer_id="c",
        timestamp="t",
        kind_is="Service  Call",
        ignore_case=True,
        later=(Later(at="done", kind="Done"),),
    )
    events = read_interactions(frame, schema, now=NOW).events
    assert (events["kind"].to_pylist(), events["customer_id"].to_pylist()) == (["service call", "done"], ["A", "A"])


def test_a_schema_file_may_say_so(tmp_path):
    path = tmp_path / "s.toml"
    schema = Schema(**SCHEMA, ignore_case=True)
    path.write_text(schema.to_toml())
    assert "ignore_case = true" in path.read_text()
    assert Schema.from_toml(path) == schema
    path.write_text(path.read_text().replace("= true", '= "yes"'))
    with pytest.raises(UsageError, match="true or false"):
        Schema.from_toml(path)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=8))
def test_folding_twice_is_folding_once(label):
    assert folded(folded(label)) == folded(label)


def test_labels_that_differ_by_signs_and_ids_of_nobody_are_said(caplog):
    kinds = ["e-mail", "email", "Phone call", "phone_call", "plan 1.0", "plan 10"]
    frame = pd.DataFrame([row(f"c{place}", kind=kind) for place, kind in enumerate(kinds)])
    read_interactions(frame, now=NOW)
    assert "labels that differ by signs between their words" in caplog.text
    assert "'e-mail' (1 rows), 'email' (1 rows); 'phone_call' (1 rows), 'Phone call' (1 rows)." in caplog.text
    caplog.clear()
    others = pd.DataFrame([row(f"c{place}") for place in range(20)])
    read_interactions(pd.concat([others, pd.DataFrame([row("0"), row("Guest")])]), now=NOW)
    assert "the customer 'Guest' has 1 of 22 rows" in caplog.text
    # a customer may well be called 0, but has then about as many rows as others
    assert "the customer '0'" not in caplog.text
    busy = pd.DataFrame([row("0", f"2024-01-01 00:00:{second:02}") for second in range(20)])
    read_interactions(pd.concat([others, busy]), now=NOW)
    assert "the customer '0' has 20 of 40 rows" in caplog.text


def test_kinds_that_are_named_hint_at_the_others(caplog):
    frame = pd.DataFrame([row(f"c{k % 3}", f"2024-0{1 + k}-01", kind) for k, kind in enumerate(KINDS[:3])])
    log = read_interactions(frame, Schema(**{name: name for name in row()}), now=NOW)
    with pytest.raises(UsageError, match=r"Hint: (.|\n)*differ from it by upper case or blanks alone"):
        make_panel(log, Inactivity("10D", kinds=("purchasE",)), cutoffs=["2024-02-10"])
    make_panel(log, Inactivity("10D", kinds=("purchase",)), cutoffs=["2024-02-10"])
    assert "'PURCHASE', 'Purchase' differ from it" in caplog.text
