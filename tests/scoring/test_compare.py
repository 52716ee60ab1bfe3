"""What changed between two nights: counted by hand on a small table, then on the company."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import in_zone
from cxchurn.scoring import compare_scores, score, score_to, write_scores

NOT = "not eligible"


def night(at: str, rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "churn_probability", "band", "reason_1", "not_asked"])
    about = {"Had": "rhythm", "Wai": "effort", "": ""}
    frame["subject_1"] = [about[reason[:3]] for reason in frame["reason_1"]]
    frame["expected_loss"] = frame["churn_probability"] * 100
    return frame.assign(as_of=pd.Timestamp(at), model_version="m1", references_version="r1")


@pytest.fixture
def monday() -> pd.DataFrame:
    return night(
        "2025-01-06",
        [
            ("a", 0.10, "low", "Had 1 contact in the last 30 days (usual: none)", ""),
            ("b", 0.40, "high", "Waited 3 hours", ""),
            ("c", 0.20, "medium", "Waited 2 days", ""),
            ("d", 0.15, "medium", "", ""),
            ("e", 0.30, "medium", "Waited 1 day", ""),
            ("f", None, NOT, "", "ended"),
            ("g", None, NOT, "", "silent too long"),
        ],
    )


@pytest.fixture
def tuesday() -> pd.DataFrame:
    return night(
        "2025-01-07",
        [
            ("a", 0.35, "high", "Had 4 contacts in the last 30 days (usual: none)", ""),
            ("b", 0.12, "low", "Had 2 contacts in the last 30 days", ""),
            ("c", 0.22, "medium", "Waited 3 days", ""),
            ("e", None, NOT, "", "ended"),
            ("f", 0.05, "low", "", ""),
            ("g", None, NOT, "", "silent too long"),
            ("h", 0.50, "high", "Waited 5 hours", ""),
        ],
    )


def test_every_customer_has_one_change(monday, tuesday):
    found = compare_scores(monday, tuesday)
    changes = found.customers.set_index("customer_id")["change"].to_dict()
    assert changes == {
        "a": "band up",
        "b": "band down",
        "c": "same band",
        "d": "gone",
        "e": "no longer asked about",
        "f": "asked about again",
        "g": "not asked about",
        "h": "new",
    }
    assert found.counts() == dict.fromkeys(
        [
            *("band up", "band down", "asked about again", "no longer asked about"),
            *("new", "gone", "same band", "not asked about"),
        ],
        1,
    )
    row = found.customers.set_index("customer_id").loc["a"]
    assert row["probability_change"] == pytest.approx(0.25)
    assert (row["band_before"], row["band_now"]) == ("low", "high")
    # of those asked about both times (a, b, c) only b's first reason is about another matter
    assert found.customers.loc[found.customers["reason_moved"], "customer_id"].tolist() == ["b"]


def test_the_whole(monday, tuesday):
    table = compare_scores(monday, tuesday).summary.set_index("what")
    assert table.loc["customers"].tolist() == [7, 7, 0]
    assert table.loc["asked about"].tolist() == [5, 5, 0]
    # (10 + 40 + 20 + 15 + 30) / 5 = 23 %; (35 + 12 + 22 + 5 + 50) / 5 = 24.8 %
    assert table.loc["mean probability"].tolist() == pytest.approx([0.23, 0.248, 0.018])
    assert table.loc["high"].tolist() == [1, 2, 1]
    assert table.loc["medium"].tolist() == [3, 1, -2]
    assert table.loc["low"].tolist() == [1, 2, 1]
    assert table.loc["expected loss"].tolist() == pytest.approx([115, 124, 9])


def test_reasons_come_and_go(monday, tuesday):
    table = compare_scores(monday, tuesday).reasons.set_index("subject")
    # of five asked about each time: effort 3 (b, c, e), then 2 (c, h); rhythm 1 (a), then 2 (a, b)
    assert table.loc["effort", ["before", "now"]].tolist() == [3, 2]
    assert table.loc["rhythm", ["before", "now"]].tolist() == [1, 2]
    assert table.loc["effort", "share_change"] == pytest.approx(-0.2)


def test_sentences_that_differ_may_be_about_one_subject(monday, tuesday):
    # a's reason stays about the rhythm, in whatever words; b's goes from how hard it was to the rhythm
    other = tuesday.assign(reason_1=lambda f: f["reason_1"].str.replace("Had", "Hatte"))
    found = compare_scores(monday, other).customers.set_index("customer_id")
    assert found.loc["a", ["subject_before", "subject_now"]].tolist() == ["rhythm", "rhythm"]
    assert found.index[found["reason_moved"]].tolist() == ["b"]


def test_reasons_that_do_not_say_what_they_are_about_are_not_compared(monday, tuesday):
    found = compare_scores(monday.drop(columns="subject_1"), tuesday)
    assert "reason_moved" not in found.customers
    assert {"reason_before", "reason_now"} <= set(found.customers)
    assert found.reasons.empty
    assert found.notes == (
        "before does not say what its reasons are about (subject_1): whether they moved is not known",
    )
    assert json.loads(found.to_json())["reasons_moved"] is None


def test_a_probability_changes_by_points(monday, tuesday):
    (line,) = (line for line in str(compare_scores(monday, tuesday)).splitlines() if "mean probability" in line)
    assert line.split() == ["mean", "probability", "23.00%", "24.80%", "+1.80", "points"]


def test_no_change_has_no_sign(monday):
    lines = str(
        compare_scores(monday, monday.assign(churn_probability=lambda f: f["churn_probability"] - 1e-9))
    ).splitlines()
    changes = {line.split("  ")[1]: line.split()[-2:] for line in lines[4:10]}
    assert changes["customers"][-1] == changes["high"][-1] == "0"
    assert changes["mean probability"] == ["0.00", "points"]


def test_it_is_said_in_words(monday, tuesday):
    found = compare_scores(monday, tuesday.assign(model_version="m2"))
    text = str(found)
    assert "note: by another model: m1, now m2" in text
    assert "a: 10% -> 35% (low -> high): Had 4 contacts" in text
    assert "60.0% -> 40.0%  how hard it was" in text
    assert max(map(len, text.splitlines())) <= 80
    said = json.loads(found.to_json())
    assert said["changes"]["band up"] == 1
    assert said["reasons_moved"] == 1
    assert repr(found) == "ScoreComparison(2025-01-06 .. 2025-01-07: 1 band up, 1 band down)"


def test_cutoffs_are_printed_on_the_clock_of_the_log(monday, tuesday):
    # midnight in Berlin, in winter, is 23:00 of the day before in UTC
    nights = [one.assign(as_of=one["as_of"] - pd.Timedelta("1h")) for one in (monday, tuesday)]
    assert str(compare_scores(*nights)).startswith("Scores as of 2025-01-05T23:00:00 and 2025-01-06T23:00:00 (UTC)")
    nights[1].attrs["timezone"] = "Europe/Berlin"
    found = compare_scores(*nights)
    assert str(found).startswith("Scores as of 2025-01-06 and 2025-01-07 (Europe/Berlin)")
    said = json.loads(found.to_json())
    assert [said[name] for name in ("now", "timezone")] == ["2025-01-06T23:00:00", "Europe/Berlin"]
    unknown = compare_scores(nights[0].drop(columns="as_of"), nights[1])
    assert str(unknown).startswith("Scores as of ? and 2025-01-07 (Europe/Berlin)")


def test_files_and_frames_say_the_zone_of_the_log(model, log, tmp_path):
    berlin = in_zone(log, "Europe/Berlin")
    frames = [score(model, berlin, at=at) for at in ("2024-11-05", "2024-11-12")]
    places = [tmp_path / f"{at}.parquet" for at in ("2024-11-05", "2024-11-12")]
    for place in places:
        summary = score_to(model, berlin, place, at=place.stem)
        assert (summary.as_of[10:], summary.day) == ("T23:00:00", place.stem)
        assert f"as of {place.stem}, by" in repr(summary)
        assert f"known before {place.stem}," in summary.says
    for nights in (frames, places):
        assert str(compare_scores(*nights)).startswith("Scores as of 2024-11-05 and 2024-11-12 (Europe/Berlin)")
    texts = [place.with_suffix(".csv") for place in places]
    for text in texts:
        score_to(model, berlin, text, at=text.stem)
    assert str(compare_scores(*texts)).startswith("Scores as of 2024-11-05 and 2024-11-12 (UTC+01:00)")
    # text beside frames, whose instants have no zone of their own
    assert str(compare_scores(frames[0], texts[1])).startswith("Scores as of 2024-11-05 and 2024-11-12 (UTC+01:00)")
    assert str(compare_scores(texts[0], frames[1])).startswith("Scores as of 2024-11-05 and 2024-11-12 (Europe/Berlin)")


def test_a_night_may_lie_in_several_files(monday, tuesday, tmp_path):
    folder = tmp_path / "night=2025-01-07T000000Z"
    folder.mkdir()
    for number, some in enumerate((tuesday.iloc[:1], tuesday.iloc[1:])):
        some.to_parquet(folder / f"part-0000{number}-some-name.snappy.parquet", index=False)
    pd.testing.assert_frame_equal(compare_scores(monday, folder).customers, compare_scores(monday, tuesday).customers)


def test_it_says_how_many_are_not_shown(monday):
    low, high = (
        night(at, [(f"c{k}", p + k / 100, band, f"Had {k}" if k % 2 else "", "") for k in range(12)])
        for at, p, band in (("2025-01-06", 0.1, "low"), ("2025-01-07", 0.6, "high"))
    )
    lines = str(compare_scores(low, high)).splitlines()
    at = lines.index("New at risk: 5 of 12, by how far the risk moved")
    assert [line[:3] for line in lines[at + 1 :]].count("  c") == 5
    # of five or fewer all are shown, and nothing is said
    assert "New at risk" in str(compare_scores(low.head(5), high.head(5))).splitlines()
    back = compare_scores(low.assign(band="high"), high.assign(band="low"))
    assert "Left the risk: 5 of 12, by how far the risk moved" in str(back)
    of_each = high.assign(subject_1=[f"s{k}" for k in range(12)])
    assert "by what came or went most: 5 of 12" in str(compare_scores(low.assign(subject_1="s0"), of_each))


def test_the_same_night_twice_has_no_change(monday):
    found = compare_scores(monday, monday)
    assert set(found.customers["change"]) == {"same band", "not asked about"}
    assert not found.customers["reason_moved"].any()
    assert (found.summary["change"] == 0).all()


def test_files_of_any_kind_say_the_same(model, log, tmp_path):
    nights = tmp_path / "nights"
    frames = {at: score(model, log, at=at, reasons=1) for at in ("2024-11-05", "2024-11-12")}
    for at, frame in frames.items():
        score_to(model, log, nights, at=at, reasons=1, partitioned=True)
        write_scores(frame, tmp_path / f"{at}.csv")
        write_scores(frame, tmp_path / f"{at}.parquet")
    wanted = compare_scores(*frames.values())
    assert wanted.counts()["band up"] > 0
    places = [[nights / f"night={at}T000000Z" for at in frames]]
    places += [[tmp_path / f"{at}.{ending}" for at in frames] for ending in ("csv", "parquet")]
    for place in places:
        found = compare_scores(*place)
        assert (found.before, found.now) == ("2024-11-05", "2024-11-12")
        pd.testing.assert_frame_equal(found.customers, wanted.customers, check_dtype=False)
        pd.testing.assert_frame_equal(found.summary, wanted.summary)
        pd.testing.assert_frame_equal(found.reasons, wanted.reasons, check_dtype=False)


def ruled(frame: pd.DataFrame, **rules: object) -> pd.DataFrame:
    frame = frame.copy()
    frame.attrs["rules"] = {"bands": "the model's own", "top": None, "some left out": False, "value": None, **rules}
    return frame


UNLIKE = [
    (lambda f: f.assign(model_version="m2"), "by another model: m1, now m2"),
    (lambda f: f.assign(references_version="r2"), "by other references: r1, now r2"),
    (lambda f: f.drop(columns="as_of"), "now does not say as of when it is"),
    (lambda f: f.assign(as_of=pd.Timestamp("2025-01-06")), "both are as of the same instant"),
    (lambda f: f.drop(columns="reason_1"), "now has no reasons"),
    (lambda f: f[f["band"] != NOT], "now lists nobody who is not asked about"),
    # on Monday the highest low was 10 %, and the lowest medium 15 %
    (
        lambda f: f.replace({"band": {"low": "medium"}}),
        "medium is cut at another probability (from 15.0%, now from 5.0%)",
    ),
    (
        lambda f: f.replace({"band": {"low": "high", "high": "low"}}),
        "high follows the probability in one of them alone",
    ),
]


@pytest.mark.parametrize(("change", "said"), UNLIKE, ids=[said[:24] for _, said in UNLIKE])
def test_what_makes_two_nights_unlike_is_said(change, said, monday, tuesday):
    assert not compare_scores(monday, tuesday).notes
    notes = compare_scores(monday, change(tuesday)).notes
    assert any(said in note for note in notes), notes


RULED = [
    ({"bands": "capacity: 500"}, "bands by another rule: the model's own, now capacity: 500"),
    ({"top": 500}, "now lists the first 500 alone (top)"),
    ({"some left out": True}, "now leaves some customers out (exclude)"),
    ({"value": "ltv"}, "values of another kind: none, now ltv"),
]


@pytest.mark.parametrize(("rules", "said"), RULED)
def test_other_rules_are_said_where_the_nights_say_theirs(rules, said, monday, tuesday):
    assert not compare_scores(ruled(monday), ruled(tuesday)).notes
    if "top" not in rules:
        assert not compare_scores(ruled(monday, **rules), ruled(tuesday, **rules)).notes
    (note,) = compare_scores(ruled(monday), ruled(tuesday, **rules)).notes
    assert note.startswith(said)


def test_rules_are_in_files_and_frames(model, log, tmp_path):
    at = {"now": "2024-11-12", "before": "2024-11-05"}
    frames = {side: score(model, log, at=day) for side, day in at.items()}
    score_to(model, log, tmp_path / "first.parquet", at=at["before"], bands="capacity: 20, 40", top=50)
    score_to(model, log, tmp_path / "first.csv", at=at["before"], bands="capacity: 20, 40", top=50)
    found = compare_scores(tmp_path / "first.parquet", frames["now"]).notes
    assert "bands by another rule: capacity: 20, 40, now the model's own" in found
    assert any(note.startswith("before lists the first 50 alone (top)") for note in found)
    assert any(
        "lists nobody who is not asked about" in n for n in compare_scores(tmp_path / "first.csv", frames["now"]).notes
    )
    assert not compare_scores(frames["before"], frames["now"]).notes


def test_two_nights_in_one_table_are_none(monday, tuesday):
    both = pd.concat([monday[monday["customer_id"] != "a"], tuesday[tuesday["customer_id"] == "a"]])
    with pytest.raises(DataError, match="now has 2 nights: 2025-01-06"):
        compare_scores(monday, both)


def test_what_cannot_be_compared_is_said(monday, tuesday, tmp_path):
    with pytest.raises(UsageError, match="later than"):
        compare_scores(tuesday, monday)
    with pytest.raises(UsageError, match="now lacks band"):
        compare_scores(monday, tuesday.drop(columns="band"))
    with pytest.raises(DataError, match="1 customers twice, such as 'a'"):
        compare_scores(pd.concat([monday, monday.head(1)]), tuesday)
    with pytest.raises(UsageError, match="there is no file"):
        compare_scores(tmp_path / "no.parquet", tuesday)
    with pytest.raises(UsageError, match="holds no scores of one night"):
        compare_scores(tmp_path, tuesday)
    with pytest.raises(UsageError, match="now is a int"):
        compare_scores(monday, 3)
