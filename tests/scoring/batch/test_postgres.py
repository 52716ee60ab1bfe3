"""Scores into a table of a real PostgreSQL on loopback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from uuid import uuid4

import pandas as pd
import pytest

from cxchurn._core import MissingExtraError, UsageError
from cxchurn.scoring import score, score_to

from .conftest import AT


@pytest.fixture
def table(postgres_address) -> str:
    """A place that is not there yet."""
    return f"{postgres_address}#nightly_{uuid4().hex[:8]}"


@pytest.fixture
def ask(postgres_address) -> Iterator[object]:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres_address, autocommit=True) as connection, connection.cursor() as cursor:

        def ask(sql: str) -> list[tuple]:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

        yield ask


def name_of(place: str) -> str:
    return place.partition("#")[2]


@pytest.fixture(scope="module")
def scores(model, log) -> pd.DataFrame:
    return score(model, log, at=AT, reasons=2)


def test_the_table_is_made_and_holds_what_score_says(model, divided, scores, table, ask):
    summary = score_to(model, divided, table, at=AT, reasons=2)
    assert summary.out == table
    columns = ", ".join(f'"{name}"' for name in scores.columns)
    rows = ask(f'SELECT {columns} FROM "{name_of(table)}" ORDER BY customer_id')
    found = pd.DataFrame(rows, columns=scores.columns)
    wanted = scores.sort_values("customer_id", ignore_index=True)
    assert set(found["as_of"]) == {pd.Timestamp(AT, tz="UTC").to_pydatetime()}
    found["as_of"], found["churn_probability"] = wanted["as_of"], found["churn_probability"].astype(float)
    pd.testing.assert_frame_equal(found, wanted, check_exact=True, check_dtype=False)


def test_a_night_again_replaces_itself_and_others_stay(model, log, scores, table, ask):
    for at in ("2024-11-12", AT, AT):
        score_to(model, log, table, at=at)
    counts = ask(f'SELECT as_of, count(*) FROM "{name_of(table)}" GROUP BY 1 ORDER BY 1')
    assert [count for _, count in counts] == [len(scores), counts[1][1]]
    # a run over some customers leaves the rows of the others
    few = sorted(scores["customer_id"])[:5]
    score_to(model, log, table, at=AT, exclude=[c for c in scores["customer_id"] if c not in few])
    assert ask(f'SELECT as_of, count(*) FROM "{name_of(table)}" GROUP BY 1 ORDER BY 1') == counts


def test_a_schema_and_a_name_that_has_to_be_quoted(model, log, postgres_address, ask):
    ask('CREATE SCHEMA IF NOT EXISTS "the ""night"""')
    score_to(model, log, f'{postgres_address}#the "night".Scores of today', at=AT, top=3)
    assert ask('SELECT count(*) FROM "the ""night"""."Scores of today"') == [(3,)]


def test_a_table_with_other_columns_is_refused_and_stays(model, log, table, ask):
    ask(f'CREATE TABLE "{name_of(table)}" (customer_id text, score double precision)')
    with pytest.raises(UsageError, match=r"it lacks churn_probability, .*; it has score too"):
        score_to(model, log, table, at=AT)
    assert ask(f'SELECT count(*) FROM "{name_of(table)}"') == [(0,)]
    ask(f'DROP TABLE "{name_of(table)}"')
    score_to(model, log, table, at=AT)
    ask(f'ALTER TABLE "{name_of(table)}" ALTER COLUMN churn_probability TYPE real')
    with pytest.raises(UsageError, match="churn_probability is real instead of double precision"):
        score_to(model, log, table, at=AT)


def test_what_fails_in_the_middle_changes_nothing(model, log, table, ask, monkeypatch):
    score_to(model, log, table, at=AT)
    before = ask(f'SELECT * FROM "{name_of(table)}" ORDER BY customer_id')
    # a rule of theirs that one new row breaks
    last = max(log.events["customer_id"].unique().to_pylist())
    ask(f"ALTER TABLE \"{name_of(table)}\" ADD CONSTRAINT not_him CHECK (customer_id <> '{last}') NOT VALID")
    with pytest.raises(UsageError, match="not_him") as caught:
        score_to(model, log, table, at=AT, bands="capacity: 1")
    assert "Nothing was changed" in str(caught.value)
    assert ask(f'SELECT * FROM "{name_of(table)}" ORDER BY customer_id') == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_run_that_is_killed_before_the_end_changes_nothing(model, log, table, ask, monkeypatch):
    from cxchurn.scoring.batch import _postgres

    score_to(model, log, table, at=AT)
    before = ask(f'SELECT * FROM "{name_of(table)}" ORDER BY customer_id')
    load = _postgres.InPostgres._load

    def killed(self: object, *given: object) -> None:
        load(self, *given)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(_postgres.InPostgres, "_load", killed)
    child = os.fork()
    if not child:
        score_to(model, log, table, at=AT, bands="capacity: 1")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert ask(f'SELECT * FROM "{name_of(table)}" ORDER BY customer_id') == before


def test_whoever_locks_the_table_is_not_overtaken(model, log, table, postgres_address, ask):
    score_to(model, log, table, at=AT)
    ask(f"SELECT pg_advisory_lock(hashtext('cxchurn \"{name_of(table)}\"'))")
    with pytest.raises(UsageError, match="another run is scoring into"):
        score_to(model, log, table, at=AT)


def test_a_database_that_is_not_there_is_said_without_its_password(model, log):
    with pytest.raises(
        UsageError, match=r"cannot write to postgresql://me@127.0.0.1:1/db[?]password=[*]{3}#t"
    ) as caught:
        score_to(model, log, "postgresql://me:hush-hush@127.0.0.1:1/db?password=hush-hush#t", at=AT)
    assert "hush-hush" not in str(caught.value)


def test_the_extra_is_named(model, log, monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(MissingExtraError, match=r"cxchurn\[postgres\]"):
        score_to(model, log, "postgresql://me@127.0.0.1/db#t", at=AT)


def test_going_on_needs_a_folder(model, divided, table, tmp_path, small_batches, monkeypatch):
    from cxchurn.scoring.batch import _postgres

    with pytest.raises(UsageError, match="say where the finished parts are"):
        score_to(model, divided, table, at=AT, resume=True)

    def down(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_postgres.InPostgres, "write", down)
        with pytest.raises(KeyboardInterrupt):
            score_to(model, divided, table, at=AT, work=tmp_path / "parts")
    summary = score_to(model, divided, table, at=AT, work=tmp_path / "parts", resume=True)
    assert summary.resumed == summary.parts > 3
    assert not (tmp_path / "parts").exists()
