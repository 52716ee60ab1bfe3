"""The dated tables: which serves when, what they are called, and the file they are kept in."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.features import References, read_references, write_references
from cxchurn.features.shared._references import references_from_plain, references_to_plain

MADE_FOR = {"churn": "Inactivity('60D')", "labels": "abc", "populations": "Populations()"}


def micro(text: str) -> int:
    return int(np.datetime64(text, "us").astype(np.int64))


def tables(*mondays: str, level: float = 0.5, size: int = 200) -> References:
    """Tables whose number is the day of the month."""
    at = [micro(monday) for monday in mondays]
    dated = {moment: {"count": [level, float(k)]} for k, moment in enumerate(at)}
    return References({"Standing()": dated}, dict.fromkeys(at, size), MADE_FOR)


AUTUMN = tables("2024-09-02", "2024-10-07")


class TestWhichServes:
    @pytest.mark.parametrize(
        ("at", "monday"),
        [
            ("2024-09-01T23:59:59.999999", None),
            ("2024-09-02", "2024-09-02"),
            ("2024-10-06T12:00", "2024-09-02"),
            ("2024-10-07", "2024-10-07"),
            ("2030-01-01", "2024-10-07"),
        ],
    )
    def test_the_newest_made_before(self, at, monday):
        assert AUTUMN.moment(at) == (None if monday is None else micro(monday))
        assert AUTUMN.version(at)[:10] == (monday or "none")

    def test_of_two_sets_the_newest_of_all(self):
        newer = tables("2024-10-07", "2024-10-14", level=0.25)
        both = AUTUMN.updated(newer)
        assert both.version("2024-09-05") == AUTUMN.version("2024-09-05")
        # where both have the week, the given one stands
        assert both.version("2024-10-08") == newer.version("2024-10-08") != AUTUMN.version("2024-10-08")
        assert both.version("2024-11-01") == newer.version("2024-11-01")
        assert AUTUMN.updated(References()) == AUTUMN
        assert tables("2024-09-02", "2024-10-07") == AUTUMN, "neither is changed"


class TestVersion:
    def test_is_of_what_the_week_holds_and_of_nothing_else(self):
        alone = References({"Standing()": {micro("2024-09-02"): {"count": [0.5, 0.0]}}}, {micro("2024-09-02"): 7}, {})
        assert alone.version("2024-09-04") == AUTUMN.version("2024-09-04")
        assert tables("2024-09-02", level=0.5000001).version("2024-09-04") != AUTUMN.version("2024-09-04")
        assert AUTUMN.version("2024-09-04") != tables("2024-09-09").version("2024-09-10")

    def test_none_where_nothing_is_compared(self):
        assert References().version("2024-09-04") == "none"
        assert References({}, {micro("2024-09-02"): 7}, {}).version("2024-09-04") == "none"


class TestNote:
    @pytest.mark.parametrize(
        ("at", "words"),
        [
            ("2024-10-08", None),
            ("2024-11-11", None),  # exactly 5 weeks after 2024-10-07
            ("2024-11-11T00:00:00.000001", "as of 2024-10-07, 5 weeks before"),
            ("2024-12-31", "as of 2024-10-07, 12 weeks before 2024-12-31: refresh"),
            ("2024-09-01", "no reference table from before 2024-09-01"),
        ],
    )
    def test_says_what_is_old(self, at, words):
        note = AUTUMN.note(at)
        assert note is None if words is None else words in note

    def test_nothing_where_nothing_is_compared(self):
        assert References().note("2030-01-01") is None


@pytest.mark.parametrize(
    ("size", "share", "at", "words"),
    [
        (99, 0.5, "2024-10-14", "99 customers to be asked about as of 2024-10-14, the model learned from 200"),
        (100, 0.5, "2024-10-14", None),
        (100, 0.6, "2024-10-14", "100 customers"),
        (0, 0.0, "2024-10-14", None),
        (99, 0.5, "2024-08-05", "99 customers"),  # before the first of the model's own
    ],
)
def test_far_fewer_customers_are_noticed(size, share, at, words):
    few = tables(at, size=size).fewer_than(AUTUMN, share=share)
    assert few is None if words is None else words in few


def test_prints_briefly():
    assert repr(AUTUMN) == "References(2 weeks, 2024-09-02 .. 2024-10-07, 200 customers)"
    assert repr(tables("2024-09-02")) == "References(2024-09-02, 200 customers)"
    assert repr(References()) == "References(none)"


class TestFile:
    def test_comes_back_as_it_was(self, tmp_path):
        file = write_references(AUTUMN, tmp_path / "new" / "tonight.json")
        assert file == tmp_path / "new" / "tonight.json"
        back = read_references(file)
        assert back == AUTUMN
        assert back.version("2024-10-08") == AUTUMN.version("2024-10-08")
        assert file.stat().st_mode & 0o777 == 0o644
        assert pickle.loads(pickle.dumps(back)) == AUTUMN

    def test_a_folder_gets_references_json(self, tmp_path):
        assert write_references(AUTUMN, tmp_path / "scores") == tmp_path / "scores" / "references.json"
        assert read_references(tmp_path / "scores") == AUTUMN

    def test_is_plain_json(self, tmp_path):
        data = json.loads(write_references(AUTUMN, tmp_path).read_text())
        assert sorted(data) == ["crowd", "format", "made_for", "sha256", "tables"]
        assert data["tables"]["Standing()"]["2024-10-07"] == {"count": [0.5, 1.0]}
        assert references_from_plain(references_to_plain(AUTUMN)) == AUTUMN

    def test_an_older_file_is_replaced_or_left_alone(self, tmp_path, monkeypatch):
        file = write_references(AUTUMN, tmp_path)
        write_references(tables("2024-11-04"), tmp_path)
        assert read_references(file) == tables("2024-11-04")

        def stop(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("os.replace", stop)
        with pytest.raises(KeyboardInterrupt):
            write_references(AUTUMN, tmp_path)
        assert read_references(file) == tables("2024-11-04")
        assert [left.name for left in tmp_path.iterdir()] == ["references.json"]

    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            (lambda text: text.replace("0.5", "0.6"), DataError, "checksum does not match"),
            (lambda text: text[: len(text) // 2], DataError, "no JSON"),
            (lambda _: "[]", DataError, "something else"),
            (lambda _: '{"format": 1}', DataError, "checksum"),
            (lambda text: text.replace('"format": 1', '"format": 9'), MismatchError, "another format"),
        ],
    )
    def test_a_damaged_one_is_noticed(self, change, error, words, tmp_path):
        file = write_references(AUTUMN, tmp_path)
        file.write_text(change(file.read_text()))
        with pytest.raises(error, match=words):
            read_references(file)

    def test_one_that_is_not_there(self, tmp_path):
        with pytest.raises(UsageError, match=r"no file(.|\n)*cx\.refresh"):
            read_references(tmp_path / "nowhere.json")

    def test_where_nothing_can_be_written(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(UsageError, match=r"cannot write to(.|\n)*choose a folder"):
            write_references(AUTUMN, tmp_path / "file" / "references.json")
