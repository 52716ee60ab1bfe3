"""How lines of text files end: as Unix, Windows or an old Mac ends them, or in several ways at once."""

from __future__ import annotations

import gzip

import pytest

from cxchurn.interactions import Schema, read_interactions, validate_interactions

NOW = "2025-01-01"
SCHEMA = Schema(customer_id="who", timestamp="when", kind_is="purchase", categories=("city",))
TEXT = "who,when,city\nK1,2024-05-01,Z\u00fcrich\nK2,2024-05-02,K\u00f6ln \u20ac\n"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("who,when,what\n1,2024-01-01,a\r\n2,2024-01-02,b\n", ["a", "b"]),
        ("who,when,what\r\n1,2024-01-01,a\n2,2024-01-02,b\r\n", ["a", "b"]),
        ("who,when,what\r\r\n1,2024-01-01,a\r\r\n2,2024-01-02,b\r\r\n", ["a", "b"]),
        # what stands between quotes is no end of a line
        ('who,when,what\r\n1,2024-01-01,"a\nb"\r\n2,2024-01-02,c\r\n', ["a\nb", "c"]),
        ('who,when,what\n1,2024-01-01,"a\rb"\n2,2024-01-02,c\n', ["a\rb", "c"]),
    ],
)
def test_lines_may_end_in_two_ways(tmp_path, text, kinds):
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode())
    log = read_interactions(path, Schema(customer_id="who", timestamp="when", kind="what"), now=NOW)
    assert log.events["kind"].to_pylist() == kinds


def test_a_carriage_return_inside_a_line_is_a_blank_and_said(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(b'who,when,what\n1,2024-01-01,a\rb\n2,2024-01-02,"c\r\nd"\n3,2024-01-03,e\r\r')
    report = validate_interactions(path, Schema(customer_id="who", timestamp="when", kind="what"), now=NOW)
    assert "3 rows read, 3 kept, 0 refused." in str(report)
    assert "log.csv: carriage returns inside its lines were read as blanks (1)." in str(report)


def test_lines_that_end_in_a_carriage_return_alone_are_lines(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(b"customer_id;timestamp;kind\ra;2024-05-01;visit\rb;2024-05-02;call\r")
    log = read_interactions(path, now=NOW)
    assert log.events["kind"].to_pylist() == ["visit", "call"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_lines_may_end_in_a_carriage_return_alone(tmp_path, encoding):
    path = tmp_path / "log.csv"
    rows = 'who,when,city\rK1,2024-05-01,"Z\u00fcrich\nWest"\rK2,2024-05-02,K\u00f6ln\r'
    path.write_bytes(rows.encode(encoding))
    log = read_interactions(path, SCHEMA, now=NOW)
    assert log.events["city"].to_pylist() == ["Z\u00fcrich\nWest", "K\u00f6ln"]
    # but for the last line, where another program ended the file
    path.write_bytes((rows.rstrip("\r") + "\r\n").encode(encoding))
    log = read_interactions(path, SCHEMA, now=NOW)
    assert log.events["city"].to_pylist() == ["Z\u00fcrich\nWest", "K\u00f6ln"]
    # nor is a line twice as long where its end was translated twice
    path.write_bytes(TEXT.replace("\n", "\r\r\n").encode())
    log = read_interactions(path, SCHEMA, now=NOW)
    assert log.events["city"].to_pylist() == ["Z\u00fcrich", "K\u00f6ln \u20ac"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_lines_that_end_in_two_ways_are_lines(tmp_path, encoding, packed):
    """Files that were put together, or to which a program of another system added a line."""
    lines = [
        "customer_id,timestamp,kind,note\r\n",
        'a,2024-01-01,visit,"two\nlines"\r\n',
        "b,2024-01-02,visit,caf\u00e9\n",
        "\n",
    ]
    content = "".join([*lines, "c,2024-01-03,visit,x\r\n"]).encode(encoding)
    path = tmp_path / ("log.csv.gz" if packed else "log.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", categories=("note",))
    log = read_interactions(path, schema, now=NOW)
    assert log.events["customer_id"].to_pylist() == ["a", "b", "c"]
    assert log.events["note"].to_pylist() == ["two\nlines", "caf\u00e9", "x"]
