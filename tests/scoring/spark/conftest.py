"""One small Spark session for all tests, and the company's events as rows that come to buckets."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

HERE = Path(__file__).parent
# pyspark's own, on any pandas from 3 on
FILTERS = (
    "ignore:PySpark does not yet fully support pandas:FutureWarning",
    "ignore::ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            for one in FILTERS:
                item.add_marker(pytest.mark.filterwarnings(one))


def why_no_spark() -> str | None:
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (the extra spark)"
    java = os.environ.get("JAVA_HOME")
    found = Path(java, "bin", "java").exists() if java else shutil.which("java") is not None
    return None if found else "there is no Java"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    reason = why_no_spark()
    if reason is not None:
        pytest.skip(reason)
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    # what workers import is what the tests import
    os.environ["PYTHONPATH"] = os.pathsep.join(one for one in sys.path if one)
    settings = {
        # a short life: what a machine's own code would gain is less than compiling it costs
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.sql.session.timeZone": "America/New_York",
    }
    builder = SparkSession.builder.master("local[2]").appName("cxchurn")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def as_rows(frame: Any) -> pa.Table:
    """A frame as Spark would hold it: text as text, times as instants."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.cast(pa.schema([(one.name, _kind(one.type)) for one in table.schema]))


def _kind(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return pa.timestamp("us", tz="UTC") if pa.types.is_timestamp(kind) else kind


@pytest.fixture(scope="session")
def rows(company: Any) -> pa.Table:
    """The company's interactions in columns that Spark has."""
    return as_rows(company.interactions)


@pytest.fixture(scope="session")
def events(spark: Any, rows: pa.Table) -> Any:
    """The same on the cluster, in eight partitions that know nothing of customers."""
    return spark.createDataFrame(rows).repartition(8).cache()
