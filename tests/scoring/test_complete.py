from __future__ import annotations

import logging

import pandas as pd
import pytest

from cxchurn._core import MismatchError
from cxchurn.interactions import Source, read_interactions
from cxchurn.model import ChurnModel, TrainingLog, load_model
from cxchurn.panel import make_panel, monthly
from cxchurn.scoring import score
from cxchurn.scoring._complete import check_complete


@pytest.fixture(scope="module")
def parts(company, company_schema):
    """The company's log in two tables: what customers bought, and all else."""
    events = company.interactions
    events = events if isinstance(events, pd.DataFrame) else events.to_pandas()
    bought = events["kind"] == "purchase"
    return [Source(events[bought], company_schema), Source(events[~bought], company_schema)]


@pytest.fixture(scope="module")
def of_two(parts, churn, classifier):
    log = read_interactions(parts)
    panel = make_panel(log, churn, cutoffs=monthly("2024-03-01", "2024-09-01"))
    return ChurnModel(churn, classifier=classifier, folds=2).fit(panel)


@pytest.fixture(scope="module")
def loaded(of_two, tmp_path_factory):
    return load_model(of_two.save(tmp_path_factory.mktemp("complete") / "model"))


def test_a_model_remembers_what_made_up_its_log(of_two, loaded, parts):
    seen = of_two.training_log_
    counts = pd.concat([one.data for one in parts])["kind"].value_counts(normalize=True)
    assert seen.kinds == pytest.approx(counts[counts >= 0.01].to_dict(), rel=0.05)
    assert seen.sources[0] == ("purchase",)
    assert "purchase" not in seen.sources[1]
    assert loaded.training_log_ == seen


def test_a_log_that_lacks_a_source_is_refused_with_a_list(loaded, parts, caplog):
    log = read_interactions(parts[1:])
    with pytest.raises(MismatchError, match=r"source 1 of 2 \(purchase; \d+% of the training log\)"):
        score(loaded, log)
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        scores = score(loaded, log, allow_missing=True)
    assert any("source 1 of 2" in note for note in scores.attrs["notes"])
    assert "source 1 of 2" in caplog.text


def test_a_log_that_lacks_a_frequent_kind_is_refused(loaded, parts):
    gone = next(kind for kind, share in loaded.training_log_.kinds.items() if kind != "purchase" and share >= 0.01)
    rest = parts[1].data[parts[1].data["kind"] != gone]
    log = read_interactions([parts[0], Source(rest, parts[1].schema)])
    with pytest.raises(MismatchError, match=f"the kind '{gone}'"):
        check_complete(loaded, log, 100, allow=False)
    # few customers may well have met with nothing of it
    assert check_complete(loaded, log, 99, allow=False) == []


def test_a_whole_log_is_not_refused_however_it_is_divided(loaded, parts, company_schema):
    whole = pd.concat([one.data for one in parts])
    assert check_complete(loaded, read_interactions(whole, company_schema), 300, allow=False) == []
    assert check_complete(loaded, read_interactions(parts[::-1]), 300, allow=False) == []


def test_a_model_of_an_earlier_version_knows_nothing_of_it(parts):
    assert TrainingLog.from_plain(None).lacking(read_interactions(parts)) == ([], {})
