"""What a task does, without Spark: buckets of customers give together what one machine gives."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Schema, read_interactions
from cxchurn.interactions.shards import sharding_of
from cxchurn.scoring import score
from cxchurn.scoring.batch import Wanted
from cxchurn.scoring.spark._bucket import SOURCE, Job, as_agreed, handle, struct_of, tables_of
from cxchurn.scoring.spark._tasks import Features, Score

AT = np.datetime64("2024-11-05T13:20:00", "us")
NOW = np.datetime64("2025-06-01", "us")


def arriving(tables: list[pa.Table], order: np.ndarray | None = None, *, size: int = 700) -> list[pa.RecordBatch]:
    """Rows of sources as Spark hands them over: mixed, in batches, each source in a column of structs."""
    total = sum(table.num_rows for table in tables)
    columns = {SOURCE: pa.array(np.repeat(np.arange(len(tables), dtype=np.int8), [len(table) for table in tables]))}
    first = 0
    for place, table in enumerate(tables):
        where = np.full(total, -1)
        where[first : first + len(table)] = np.arange(len(table))
        structs = table.combine_chunks().to_struct_array()
        structs = structs.combine_chunks() if isinstance(structs, pa.ChunkedArray) else structs
        columns[struct_of(place)] = structs.take(pa.array(where, mask=where < 0))
        first += len(table)
    whole = pa.table(columns)
    return (whole if order is None else whole.take(pa.array(order))).to_batches(max_chunksize=size)


def parts_of(table: pa.Table, places: np.ndarray, count: int) -> list[pa.Table]:
    who = pd.factorize(table["customer_id"].to_pandas())[0]
    return [table.filter(pa.array(places[who % places.size] == k)) for k in range(count)]


@pytest.fixture(scope="module")
def job(model, rows, company_schema, log):
    about = sharding_of(["the DataFrame"], [company_schema], [rows.schema], NOW)
    names = list(about.columns[0])
    types = pa.schema([rows.schema.field(name) for name in names])
    return Job(about, Score(model, AT, Wanted(reasons=2)), (types,), customers=log.customers)


def by_customer(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("customer_id", ignore_index=True)


def answered(job: Job, tables: list[pa.Table], orders: list[np.ndarray] | None = None):
    found = [handle(arriving([table], None if orders is None else orders[k]), k, job) for k, table in enumerate(tables)]
    answers = pa.concat_tables([one for one, _ in found if one is not None]).to_pandas()
    return by_customer(answers), reduce(add, (one for _, one in found))


@settings(max_examples=4, deadline=None)
@given(places=st.lists(st.integers(0, 2), min_size=5, max_size=20), seed=st.integers(0, 99))
def test_however_customers_are_divided_and_rows_ordered_scores_are_those_of_one_machine(
    job, model, rows, log, places, seed
) -> None:
    tables = parts_of(rows.select(job.types[0].names), np.array(places), 3)
    random = np.random.default_rng(seed)
    answers, found = answered(job, tables, [random.permutation(len(table)) for table in tables])
    local = by_customer(score(model, log, at=AT, reasons=2))
    answers["as_of"] = answers["as_of"].dt.tz_localize(None)
    pd.testing.assert_frame_equal(answers, local, check_dtype=False, check_exact=True)
    assert found.told.who.counts() == {"ended": 23, "silent too long": 40, "new": 1}
    assert found.report.events == len(log)
    assert as_agreed(job, found) is None


def test_features_of_rows_that_came_along_are_those_of_one_machine(job, model, rows, log, november) -> None:
    asked = november.iloc[::7].reset_index(drop=True)
    who = pa.table({"customer_id": pa.array(asked["customer_id"]), "cutoff": pa.array(asked["cutoff"])})
    task = Features(model.features_.with_log(None))
    both = Job(job.about, task, (job.types[0], who.schema), ("rows",), log.customers)
    answers, found = handle(arriving([rows.select(job.types[0].names), who]), 0, both)
    local = model.features_.with_log(log).transform(asked)
    ours = answers.to_pandas().set_index("customer_id").loc[asked["customer_id"], list(local.columns)]
    np.testing.assert_array_equal(ours.to_numpy(), local.to_numpy())
    assert (found.told.rows, found.told.unknown) == (len(asked), 0)


def test_attributes_that_came_along_are_those_that_were_sent(job, rows, log) -> None:
    from cxchurn.scoring.spark._run import _plain

    own = _plain(log.customers)
    along = Job(
        job.about, job.task, (job.types[0], own.schema), ("customers",), log.customers.over(log.customers.table[:0])
    )
    table = rows.select(job.types[0].names)
    sent, _ = handle(arriving([table]), 0, job)
    come, found = handle(arriving([table, own]), 0, along)
    pd.testing.assert_frame_equal(by_customer(come.to_pandas()), by_customer(sent.to_pandas()), check_exact=True)
    assert found.known.found == found.known.customers == 300


def test_a_bucket_without_rows_has_no_answer_and_no_event(job) -> None:
    answers, found = handle([], 3, job)
    assert answers.num_rows == 0
    assert (found.buckets[0].number, found.buckets[0].events, found.report.events) == (3, 0, 0)


def test_rows_of_sources_are_told_apart() -> None:
    one, two = pa.table({"a": [1, 2, 3]}), pa.table({"b": ["x"], "a": [9]})
    types = [one.schema, two.schema, pa.schema([("c", pa.int8())])]
    found = tables_of(arriving([one, two], np.array([3, 0, 2, 1]), size=2), types)
    assert [table.to_pydict() for table in found] == [{"a": [1, 3, 2]}, {"b": ["x"], "a": [9]}, {"c": []}]


def test_nobody_is_scored_in_a_bucket_of_which_a_row_is_refused_unless_told_to_go_on(job, rows) -> None:
    table = rows.select(job.types[0].names).slice(0, 400)
    twice = pa.concat_tables([table, table.slice(7, 1)])
    from dataclasses import replace

    answers, found = handle(arriving([twice]), 0, replace(job, go_on=False))
    assert answers is None
    assert found.report.sources[0].rows_refused == 1
    answers, found = handle(arriving([twice]), 0, job)
    assert answers.num_rows > 0


def test_an_error_of_ours_is_brought_back_and_not_raised_in_the_task(job, rows) -> None:
    class Failing:
        def __call__(self, log, asked):
            raise DataError("nothing fits", hint="another log")

    from dataclasses import replace

    answers, found = handle(arriving([rows.select(job.types[0].names)]), 0, replace(job, task=Failing()))
    assert answers is None
    assert (found.error.found, found.error.hint) == ("nothing fits", "another log")


def test_whole_numbers_as_ids(model) -> None:
    times = pa.array(np.datetime64("2024-01-01", "us") + np.arange(6).astype("m8[D]"))
    table = pa.table({"id": [5, 5, 7, 7, 7, 8], "at": times, "kind": ["purchase"] * 6})
    schema = Schema(customer_id="id", timestamp="at", kind="kind")
    about = sharding_of(["the DataFrame"], [schema], [table.schema], NOW)
    assert about.ids == "integer"
    from cxchurn.features import FeatureSet, Recency

    log = read_interactions(table, schema, now=NOW)
    asked = pd.DataFrame({"customer_id": [5, 7, 8], "cutoff": pd.Timestamp("2024-01-06T12:00")})
    features = FeatureSet([Recency()], log=log).fit(asked)
    job = Job(about, Features(features.with_log(log), np.datetime64("2024-01-06T12:00", "us")), (table.schema,))
    answers, _ = handle(arriving([table]), 0, job)
    assert answers["customer_id"].to_pylist() == [5, 7, 8]
    np.testing.assert_array_equal(
        answers.to_pandas().iloc[:, 2:].to_numpy(), features.transform(asked).to_numpy(), strict=True
    )
