"""A small simulated company, its log and a model of it, shared by tests and by the examples of docstrings.

An example may use, without making them: ``cx``, ``np``, ``pd``, and the names of `_SHARED`; it runs in an empty folder, in
which a model that it calls "churn-model" has been saved.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path

# before numpy and the like are loaded: idle threads are to sleep on a machine that is shared, not to wait in circles
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import duckdb
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn.datasets import Simulation, simulate
from cxchurn.interactions import InteractionLog, Schema, read_interactions
from cxchurn.interactions.reading import _engine
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import Inactivity, Panel, make_panel, monthly

matplotlib.use("Agg")
if hasattr(os, "register_at_fork"):
    # a child that hangs ends: one that outlives its parent holds the pipes of whoever waits for that, and nothing ends any more
    os.register_at_fork(after_in_child=partial(faulthandler.dump_traceback_later, 300, exit=True))
# how long an example takes is up to the machine, and says nothing about what is tested
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# Examples of a property: what the test asks for in `make prove` and `make stress`, a twelfth of it (and no fewer than these)
# by default. A law that is broken is broken at once or by a rare example: a few find the first kind as well, and each run
# draws others.
_IN_FULL = any(name in os.environ for name in ("CXCHURN_PROVE", "CXCHURN_STRESS", "CXCHURN_STRESS_S"))
_SHARE, _FEWEST = 12, 3
# the one place that holds what a test asks for: hypothesis has no public way to ask for fewer
_ASKED = "_hypothesis_internal_use_settings"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave long proofs out, and have properties tried on fewer examples, unless they are to be proven."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        _apart(items)
    if not _IN_FULL:
        seen: Counter[str] = Counter()
        for item in items:
            test = item.nodeid.partition("[")[0]
            sampled = item.get_closest_marker("sampled")
            if item.get_closest_marker("prove") or (sampled and seen[test] % sampled.args[0]):
                item.add_marker(pytest.mark.skip(reason="takes long: make prove"))
            seen[test] += 1
    tests = {getattr(item, "function", None) for item in items if not _IN_FULL}
    for test in tests:  # a test with parameters is many items, and one function
        asked = getattr(test, _ASKED, None)
        if asked is not None and asked.max_examples > _FEWEST:
            setattr(test, _ASKED, settings(asked, max_examples=max(_FEWEST, asked.max_examples // _SHARE)))


def _apart(items: list[pytest.Item]) -> None:
    """Have a second worker begin with reading, which asks hardly any kernel, while the first compiles them for both.

    Then it goes on with Spark, so that one of two starts it.
    """
    reading, spark, others = [], [], []
    for item in items:
        is_spark, is_reading = (
            item.nodeid.startswith(f"tests/{place}/") for place in ("scoring/spark", "interactions")
        )
        (spark if is_spark else reading if is_reading else others).append(item)
    # each worker of two is given an eighth to begin with
    first = len(items) // 8
    items[:] = [*others[:first], *reading[: first // 2], *spark, *reading[first // 2 :], *others[first:]]


# To start an engine takes longer than to read a few rows. By default readings of a process are connections to one that stays,
# none of which knows what another one holds; in full each reading starts its own, as it does for those who use the package,
# and as it does here in a child, for a file, and where memory is limited.
_started, _process = _engine._connected, os.getpid()


@cache
def _standing() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=_engine._settings(Path(tempfile.gettempdir(), f"engine-{_process}"), None))


@contextmanager
def _connected(database: str | Path | None, settings: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    alone = database is not None or "memory_limit" in settings or os.getpid() != _process
    with _started(database, settings) if alone else closing(_cursor()) as connection:
        yield connection


def _cursor() -> duckdb.DuckDBPyConnection:
    cursor = _standing().cursor()
    try:
        cursor.execute("SELECT 1")
    except duckdb.FatalException:  # an earlier one, after which an engine answers nobody
        _standing.cache_clear()
        return _standing().cursor()
    return cursor


if not _IN_FULL:
    _engine._connected = _connected


@settings(max_examples=1, database=None)
@given(st.just(None))
def _first_property(nothing: None) -> None:
    """Hold for everything."""


def pytest_collection_finish() -> None:
    """Have what stays to the end, such as modules and the tests themselves, looked through for garbage no more."""
    # hypothesis makes its generator at the first property, and then looks for who holds it: who is frozen is not seen
    _first_property()
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()
    _standing.cache_clear()


_ROLES = (
    "customer_id", "timestamp", "kind", "known_at", "touchpoint", "case_id", "direction", "agent", "agent_id", "wait_s",
    "duration_s", "transfers", "resolved", "score", "score_type", "invited", "sentiment", "value", "promised_at",
    "delivered_at",
)  # fmt: skip


@pytest.fixture(scope="session")
def company_schema() -> Schema:
    names = {role: role for role in _ROLES}
    return Schema(**names, measures=("items", "discount"), categories=("product_group",))


@pytest.fixture(scope="session")
def company() -> Simulation:
    """300 customers over seventeen months."""
    return simulate(300, "2023-07-01", "2024-12-01", random_state=1)


@pytest.fixture(scope="session")
def log(company: Simulation, company_schema: Schema) -> InteractionLog:
    return read_interactions(company.interactions, company_schema, customers=company.customers)


@pytest.fixture(scope="session")
def churn() -> Inactivity:
    return Inactivity("60D", active_within="90D")


@pytest.fixture(scope="session")
def whole_panel(log: InteractionLog, churn: Inactivity) -> Panel:
    return make_panel(log, churn, cutoffs=monthly("2023-12-01", "2024-10-01"))


@pytest.fixture(scope="session")
def train_and_test(whole_panel: Panel) -> tuple[Panel, Panel]:
    return whole_panel.split("2024-08-01")


@pytest.fixture(scope="session")
def train(train_and_test: tuple[Panel, Panel]) -> Panel:
    return train_and_test[0]


@pytest.fixture(scope="session")
def test(train_and_test: tuple[Panel, Panel]) -> Panel:
    return train_and_test[1]


@pytest.fixture(scope="session")
def classifier() -> ChurnClassifier:
    return ChurnClassifier(n_estimators=60, learning_rate=0.06)


@pytest.fixture(scope="session")
def model(churn: Inactivity, train: Panel, classifier: ChurnClassifier) -> ChurnModel:
    """The standard families and few trees; never to be changed by a test."""
    return ChurnModel(churn, classifier=classifier, folds=2).fit(train)


@pytest.fixture(scope="session")
def november(log: InteractionLog) -> pd.DataFrame:
    """Every customer of the company as of one instant in the middle of a day."""
    ids = log.events["customer_id"].unique().to_pylist()
    return pd.DataFrame({"customer_id": sorted(ids), "cutoff": pd.Timestamp("2024-11-05T13:20:00")})


@pytest.fixture(scope="session")
def evaluation(model: ChurnModel, test: Panel) -> cx.Evaluation:
    return cx.evaluate(model, test, replicates=20)


@pytest.fixture(scope="session")
def explanation(model: ChurnModel, test: Panel) -> cx.Explanation:
    return cx.explain(model, test)


@pytest.fixture(scope="session")
def scores(model: ChurnModel, log: InteractionLog) -> pd.DataFrame:
    return cx.score(model, log, reasons=3)


# what examples call them, and the fixtures
_SHARED = {name: name for name in ("churn", "evaluation", "explanation", "log", "model", "scores", "test", "train")}
_SHARED["panel"] = "whole_panel"


@pytest.fixture(autouse=True)
def _no_experiment_left() -> Iterator[None]:
    """Take back what mlflow.set_experiment writes into the environment: the next test's store has no such experiment."""
    before = os.environ.get("MLFLOW_EXPERIMENT_ID")
    yield
    if before is None:
        os.environ.pop("MLFLOW_EXPERIMENT_ID", None)


@pytest.fixture(autouse=True)
def _example(request: pytest.FixtureRequest, doctest_namespace: dict) -> Iterator[None]:
    """Give an example the shared names that it mentions (making one costs seconds), and a folder of its own."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
    tmp_path = request.getfixturevalue("tmp_path")
    said = "".join(one.source for one in request.node.dtest.examples)
    doctest_namespace.clear()
    doctest_namespace.update(cx=cx, np=np, pd=pd)
    doctest_namespace.update(
        (name, request.getfixturevalue(fixture)) for name, fixture in _SHARED.items() if re.search(rf"\b{name}\b", said)
    )
    if "churn-model" in said:
        request.getfixturevalue("model").save(tmp_path / "churn-model")
    before = Path.cwd()
    os.chdir(tmp_path)
    yield
    os.chdir(before)
    plt.close("all")
