"""Parquet files that are not what they should be, and tables in forms that few write: read, or refused in words."""

import base64

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn import DataError
from cxchurn.interactions import Schema, read_interactions

from .interaction_rows import NOW

SCHEMA = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", value="value")
TABLE = pa.table(
    {
        "customer_id": ["a", "b", "c"],
        "timestamp": pa.array([1_714_557_600] * 3, pa.timestamp("s")),
        "kind": ["visit", "purchase", "visit"],
        "value": [1.0, 2.0, -np.inf],
    }
)
# the byte FF is in no text that is UTF-8
NO_TEXT = pa.Array.from_buffers(
    pa.string(), 3, [None, pa.py_buffer(np.arange(4, dtype=np.int32)), pa.py_buffer(b"a\xffb")]
)


def read(data, schema=SCHEMA, **options):
    return read_interactions(data, schema, now=NOW, on_error="quarantine", **options)


class Keys:
    """Keys of an encrypted file, which nobody here has."""

    def __new__(cls, _):
        encryption = pytest.importorskip("pyarrow.parquet.encryption")

        class Client(encryption.KmsClient):
            def wrap_key(self, key, _):
                return base64.b64encode(key)

            def unwrap_key(self, key, _):
                return base64.b64decode(key)

        return Client()


@pytest.mark.parametrize("plaintext_footer", [True, False])
def test_encrypted_columns_are_refused_in_words(plaintext_footer, tmp_path):
    # asking the library what such a column is ends the process
    encryption = pytest.importorskip("pyarrow.parquet.encryption")
    how = encryption.EncryptionConfiguration(
        footer_key="f", column_keys={"v": ["value"]}, plaintext_footer=plaintext_footer
    )
    properties = encryption.CryptoFactory(Keys).file_encryption_properties(encryption.KmsConnectionConfig(), how)
    with pq.ParquetWriter(tmp_path / "log.parquet", TABLE.schema, encryption_properties=properties) as writer:
        writer.write_table(TABLE)

    with pytest.raises(DataError, match=r"log\.parquet cannot be read: .*encrypted"):
        read(tmp_path / "log.parquet")


def test_a_file_without_groups_of_rows_has_no_rows(tmp_path):
    pq.ParquetWriter(tmp_path / "log.parquet", TABLE.schema).close()

    with pytest.raises(DataError, match="has no rows"):
        read(tmp_path / "log.parquet")


@pytest.mark.parametrize("column", ["customer_id", "kind", "case_id"])
def test_texts_that_are_not_utf8_are_refused_in_words(column, tmp_path):
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", case_id="case_id")
    spoiled = TABLE.append_column("case_id", TABLE["kind"])
    spoiled = spoiled.set_column(spoiled.schema.get_field_index(column), column, NO_TEXT)
    pq.write_table(spoiled, tmp_path / "log.parquet")

    with pytest.raises(DataError, match=r"log\.parquet cannot be read: .*UTF8"):
        read(tmp_path / "log.parquet", schema)
    with pytest.raises(DataError, match=f"the column '{column}' of the table cannot be read: .*UTF8"):
        read(spoiled, schema)


def test_rows_are_set_aside_of_files_with_a_name_twice_that_is_not_used(tmp_path):
    twice = pa.table([*TABLE.columns, TABLE["kind"], TABLE["value"]], names=[*TABLE.column_names, "other", "other"])
    pq.write_table(twice, tmp_path / "log.parquet")

    log = read(tmp_path / "log.parquet")

    assert log.validation.rows_refused == 1
    assert log.refused["other"].to_pylist() == ["visit"]


RUNS = pa.array([2, 3], pa.int32())


@pytest.mark.parametrize("ids", [pa.array(["x", "y"]), pa.array([7, 8]), pa.array(["x", "y"]).dictionary_encode()])
def test_columns_written_as_runs_of_equal_values_are_read_as_if_written_out(ids):
    runs = pa.RunEndEncodedArray.from_arrays(RUNS, ids)
    plain = ids.take(pa.array([0, 0, 1]))
    how = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", case_id="value", value="number")
    log, expected = (
        read(
            TABLE.set_column(0, "customer_id", who).set_column(3, "value", who).append_column("number", TABLE["value"]),
            how,
        )
        for who in (runs, plain)
    )

    assert log.events.equals(expected.events)
    assert log.validation.rows_refused == expected.validation.rows_refused


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (pa.string_view(), "a text of some length", "a text of some length"),
        (pa.binary_view(), b"bytes", b"bytes"),
        (pa.list_(pa.string_view()), ["x"], ["x"]),
        (pa.large_list(pa.binary_view()), [b"x"], [b"x"]),
        (pa.struct([("a", pa.list_(pa.string_view()))]), {"a": ["x"]}, {"a": ["x"]}),
        (pa.map_(pa.string(), pa.string_view(), True), [("k", "x")], [("k", "x")]),
    ],
)
def test_rows_with_views_in_columns_that_are_not_used_are_set_aside(kind, value, expected):
    # the library takes no rows of views, wherever they stand
    log = read(TABLE.append_column("other", pa.array([value, None, value], kind)))

    assert log.refused["other"].to_pylist() == [expected]


def test_a_dictionary_of_dictionaries_is_read_as_the_values_it_stands_for():
    inner = pa.array(["x", "y"]).dictionary_encode()
    outer = pa.DictionaryArray.from_arrays(pa.array([1, 0, 0], pa.int8()), inner)

    log, expected = (read(TABLE.set_column(0, "customer_id", who)) for who in (outer, pa.array(["y", "x", "x"])))

    assert log.ids == "text"
    assert log.events.equals(expected.events)
