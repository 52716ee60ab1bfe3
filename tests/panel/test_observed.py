from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import Schema, Source, read_interactions
from cxchurn.panel import Cancellation, Inactivity, make_panel, monthly, observed_end

BASE = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", duplicates="keep")
FOR_30_DAYS = Inactivity("30D")
BUYING = Inactivity("30D", kinds=("purchase",))
LEAVING = Cancellation(horizon="30D")


def daily(kind, until="2024-10-01", *, each="8h", since="2024-01-01"):
    """Events of fifty customers in turn, three a day."""
    times = pd.date_range(since, until, freq=each, inclusive="left")
    return pd.DataFrame({"customer_id": np.arange(len(times)) % 50, "timestamp": times, "kind": kind})


def one(*times, kind="purchase"):
    return pd.DataFrame({"customer_id": 1, "timestamp": pd.to_datetime(list(times)), "kind": kind})


BUY, VISIT = daily("purchase"), daily("visit")
STOPPED = daily("purchase", "2024-07-01")
CANCELS = daily("cancel", "2024-05-01", each="20D")


@pytest.mark.parametrize(
    ("parts", "churn", "until", "why"),
    [
        ([BUY], FOR_30_DAYS, "2024-10-01", "the log ends"),
        ([STOPPED, VISIT], BUYING, "2024-07-01", "purchase events stop arriving on 2024-07-01: 92 empty days have"),
        ([STOPPED, one("2024-09-30")], FOR_30_DAYS, "2024-07-01", "91 empty days, but for 1 late event, have"),
        # everything that is theirs counts, and some of it goes on
        ([STOPPED, VISIT], FOR_30_DAYS, "2024-10-01", "the log ends"),
        # a hole after which things go on as before is no end
        ([STOPPED, daily("purchase", since="2024-08-15")], FOR_30_DAYS, "2024-10-01", "the log ends"),
        # cancellations are rare: the rows beside them show that they would have come
        ([VISIT, CANCELS], LEAVING, "2024-10-01", "the log ends"),
        ([daily("visit", "2024-07-01"), CANCELS, one("2024-09-30", kind="visit")], LEAVING, "2024-07-01", "(with cancel)"),
        # what stops and starts again every summer, or hardly ever happens, does not stop
        ([daily("purchase", each="11D", until="2024-09-01"), VISIT], BUYING, "2024-10-01", "the log ends"),
    ],
    ids=[
        "whole", "a kind that counts", "one stray row", "others go on", "a hole", "rare, and alive", "rare, and all stop",
        "seldom",
    ],
)  # fmt: skip
def test_where_observation_ends(parts, churn, until, why):
    ending = observed_end(read_interactions(pd.concat(parts), BASE), churn)
    assert str(ending.until)[:10] == until
    assert why in ending.why
    assert (ending.probability is None) == (ending.why == "the log ends")


def test_windows_past_the_end_are_refused_counted_and_said():
    log = read_interactions(pd.concat([STOPPED, VISIT]), BASE)
    panel = make_panel(log, BUYING, cutoffs=monthly("2024-03-01", "2024-09-01"))
    # a window that begins on the first of June ends on the first of July, the end
    table = panel.summary.set_index("group")
    assert table["refused"].tolist() == [0, 0, 0, 0, 50, 50, 50]
    assert table["churned"].sum() == 0
    (note,) = [note for note in panel.notes if note.startswith("Outcomes are observed until 2024-07-01")]
    assert "purchase events stop arriving on 2024-07-01" in note
    assert "say observed_until=" in note
    assert "purchase events stop arriving" in " ".join(repr(panel).split())
    with pytest.raises(UsageError) as error:
        make_panel(log, BUYING, cutoffs=["2024-08-01"])
    assert "observation on 2024-07-01 (purchase events stop arriving" in str(error.value)
    assert "load what is missing" in str(error.value)


def test_an_end_that_was_said_is_not_doubted():
    data = pd.concat([STOPPED, VISIT])
    log = read_interactions(data, BASE, observed_until="2024-09-01")
    assert str(observed_end(log, BUYING).until)[:10] == "2024-09-01"
    panel = make_panel(log, BUYING, cutoffs=["2024-08-01"])
    assert panel.y.mean() == 1
    assert not any("stop arriving" in note for note in panel.notes)


def test_what_was_retired_while_others_go_on_is_said():
    panel = make_panel(read_interactions(pd.concat([STOPPED, VISIT]), BASE), FOR_30_DAYS, cutoffs=["2024-08-01"])
    (note,) = [note for note in panel.notes if "stop arriving" in note]
    assert note.startswith("purchase events stop arriving on 2024-07-01: 92 empty days")
    assert note.endswith("others that count go on, so that this is no end.")
    few = read_interactions(pd.concat([VISIT, daily("cancel", "2024-05-01")]), BASE)
    (note,) = observed_end(few, LEAVING).notes
    assert note.startswith("cancel events stop arriving on 2024-05-01")


def test_the_end_of_a_source():
    visits = pa.table(dict(VISIT))
    alone = read_interactions([Source(STOPPED, BASE), Source(visits, BASE)])
    assert str(observed_end(alone, BUYING).until)[:10] == "2024-07-01"
    # the source that carries what counts is complete until then, as was said
    said = read_interactions([Source(STOPPED, BASE, observed_until="2024-08-15"), Source(visits, BASE)])
    ending = observed_end(said, BUYING)
    assert str(ending.until)[:10] == "2024-08-15"
    assert ending.why == "the DataFrame is complete until then, as was said"
    # cancellations come in the source that stops
    leaving = read_interactions([Source(pd.concat([STOPPED, CANCELS]), BASE), Source(visits, BASE)])
    assert observed_end(leaving, LEAVING).why.startswith(
        "the rows of the DataFrame (with cancel) stop arriving on 2024-07-01"
    )
    # a wave of surveys that nobody expects to go on
    wave = daily("survey", "2024-02-01")
    asked = read_interactions([Source(wave, BASE, observed_until="2024-09-01"), Source(visits, BASE)])
    assert str(observed_end(asked, Inactivity("30D", kinds=("survey",))).until)[:10] == "2024-09-01"


def test_a_source_that_comes_late_is_complete_so_long_before_the_end():
    late = Schema(**{**vars(BASE), "arrives": "2D"})
    orders, visits = Source(daily("purchase", "2024-09-29"), late), Source(pa.table(dict(VISIT)), BASE)
    log = read_interactions([orders, visits])
    assert str(log.observed_until)[:10] == "2024-10-01"
    assert str(observed_end(log, BUYING).until)[:10] == "2024-09-29"
    assert observed_end(log, BUYING).why == "the DataFrame comes 2 days late"
    assert str(observed_end(log, Inactivity("30D", kinds=("visit",))).until)[:10] == "2024-10-01"
    # alone, its end is that of what came
    assert str(observed_end(read_interactions([orders]), BUYING).until)[:10] == "2024-09-29"


@pytest.mark.parametrize("memory", [None, "1GB"])
def test_the_end_is_the_same_in_parts_on_disk_and_by_the_days_of_the_zone(memory):
    sydney = Schema(**{**vars(BASE), "timezone": "Australia/Sydney"})
    log = read_interactions(pd.concat([STOPPED, VISIT]), sydney, memory_limit=memory)
    # midnight of the first of July in Sydney
    assert str(observed_end(log, BUYING).until)[:16] == "2024-06-30T14:00"
