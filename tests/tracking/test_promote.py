"""Promotion by evidence: on outcomes that neither model has learned from, by a named rule, or not, with the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import INTERNAL_ERROR, MlflowException

from cxchurn._core import MismatchError, UsageError
from cxchurn.evaluation import evaluate_predictions
from cxchurn.features import Activity, Recency, Volume
from cxchurn.model import ChurnClassifier, ChurnModel, as_each_night
from cxchurn.model.fitted._example import Example
from cxchurn.panel import Inactivity, make_panel, monthly
from cxchurn.tracking import log_run, promote

REPLICATES = 60
pytestmark = pytest.mark.usefixtures("packed_once")


def fitted(log, churn, first: str, last: str, *, features=None, **how) -> ChurnModel:
    features = [Recency(by=()), Activity(), Volume()] if features is None else features
    classifier = ChurnClassifier(n_estimators=15)
    panel = make_panel(log, churn, cutoffs=monthly(first, last))
    return ChurnModel(churn, features=features, classifier=classifier, folds=2, **how).fit(panel)


@pytest.fixture(scope="module")
def early(log, churn) -> ChurnModel:
    """Outcomes known to it end on 2024-04-30."""
    return fitted(log, churn, "2023-11-01", "2024-03-01")


@pytest.fixture(scope="module")
def fresh(log, churn) -> ChurnModel:
    """The same recipe; outcomes known to it end on 2024-06-30."""
    return fitted(log, churn, "2023-11-01", "2024-05-01")


@pytest.fixture(scope="module")
def latest(log, churn) -> ChurnModel:
    """The same recipe, of everything: nothing is known after what it has learned."""
    return fitted(log, churn, "2023-11-01", "2024-10-01")


@pytest.fixture(scope="module")
def poor(log, churn) -> ChurnModel:
    """Another recipe, which is worse."""
    shifted = fitted(log, churn, "2023-11-01", "2024-05-01", features=[Recency(by=())])
    shifted.calibration_ = type(shifted.calibration_)(slope=0.3, shift=1.0)
    shifted.example_ = Example.of(shifted, log, at=shifted.learned_from_.last)
    return shifted


@pytest.fixture
def registry(tmp_path, monkeypatch, store_at):
    """A store in which versions are made of models, in their order."""
    monkeypatch.chdir(tmp_path)
    uri = store_at(tmp_path / "m.db")

    def register(champion: ChurnModel | None, challenger: ChurnModel) -> str:
        if champion is not None:
            log_run(champion, register_as="churn", alias="champion", tracking_uri=uri)
        log_run(challenger, register_as="churn", alias="challenger", tracking_uri=uri)
        return uri

    return register


def champion_of(uri: str) -> str:
    return str(MlflowClient(uri).get_model_version_by_alias("churn", "champion").version)


def test_the_first_is_the_champion(registry, log, early):
    uri = registry(None, early)
    found = promote("churn", log=log, tracking_uri=uri)
    assert (found.promoted, found.challenger, found.champion) == (True, "1", None)
    assert champion_of(uri) == "1"
    with pytest.raises(UsageError, match="version 1 of 'churn' is 'champion' already"):
        promote("churn", log=log, tracking_uri=uri)


def test_fresher_and_not_worse_on_what_neither_has_learned(registry, log, churn, early, fresh):
    uri = registry(early, fresh)
    found = promote("churn", log=log, tracking_uri=uri, replicates=REPLICATES, margin=0.05)
    assert (found.rule, found.compared) == ("not worse", "fits")
    # after 2024-06-30, when the later one's last outcome was known, up to 60 days before the end
    first = found.evaluation.predictions["cutoff"].min()
    assert first == pd.Timestamp("2024-06-30")
    assert found.evaluation.predictions["cutoff"].max() + pd.Timedelta("60D") <= pd.Timestamp(log.observed_until)
    row = found.differences.query("metric == 'log_loss' and cutoff == 'pooled'").iloc[0]
    assert found.promoted
    assert row["high"] < 0.05
    assert champion_of(uri) == "2"
    tag = MlflowClient(uri).get_model_version("churn", "2").tags["cxchurn.promotion"]
    assert tag == str(found)
    # the same comparison, made by hand
    panel = make_panel(log, churn, cutoffs=list(np.unique(found.evaluation.predictions["cutoff"])))
    said = {
        name: as_each_night(model, panel)[0].predict_proba(panel)[:, 1]
        for name, model in (("challenger", fresh), ("champion", early))
    }
    again = evaluate_predictions(panel.frame.assign(**said), list(said), replicates=REPLICATES)
    pd.testing.assert_frame_equal(found.differences, again.differences)


def test_too_fresh_to_be_judged_its_recipe_is(registry, log, early, latest):
    uri = registry(early, latest)
    found = promote("churn", log=log, tracking_uri=uri, replicates=REPLICATES, margin=0.05)
    assert found.compared == "recipe"
    assert "fitted on what was known on 2024-05-01, not the challenger's own fit" in found.why
    assert found.promoted
    assert champion_of(uri) == "2"


def test_a_worse_one_stays_challenger(registry, log, early, poor):
    uri = registry(early, poor)
    found = promote("churn", log=log, tracking_uri=uri, replicates=REPLICATES)
    assert (found.promoted, found.rule) == (False, "better")
    assert "it is not shown to be better" in found.why
    assert found.matures is None, "waiting does not make it better"
    assert champion_of(uri) == "1"
    assert promote("churn", log=log, tracking_uri=uri, replicates=REPLICATES, rule="not worse").promoted is False
    assert champion_of(uri) == "1"


def test_not_narrow_enough_says_when(registry, log, early, fresh):
    uri = registry(early, fresh)
    asked = {"log": log, "tracking_uri": uri, "replicates": REPLICATES, "at": "2024-10-10"}
    first = promote("churn", **asked, margin=0.9)
    row = first.differences.query("metric == 'log_loss' and cutoff == 'pooled'").iloc[0]
    difference, high = row["difference"], row["high"]
    assert first.promoted
    MlflowClient(uri).set_registered_model_alias("churn", "champion", "1")
    # a margin between what was found and the end of its interval: half the interval's upper arm has to go
    margin = (max(difference, 0.0) + high) / 2
    found = promote("churn", **asked, margin=margin)
    assert (found.promoted, champion_of(uri)) == (False, "1")
    # an interval narrows with the square root of the cut-offs it rests on, and those come about once a month
    cutoffs = np.unique(found.evaluation.predictions["cutoff"])
    more = np.ceil((((high - difference) / (margin - difference)) ** 2 - 1) * len(cutoffs))
    gap = np.median(np.diff(np.array(sorted(fresh.learned_from_.checksums), dtype="datetime64[us]")))
    assert found.matures == str((cutoffs[-1] + more * gap + np.timedelta64(60, "D")).astype("datetime64[D]"))
    assert f"one may know on {found.matures}" in found.why.replace("\n", " ")


def test_nothing_known_yet_says_when(registry, log, fresh, latest):
    uri = registry(fresh, latest)
    found = promote("churn", log=log, tracking_uri=uri, at="2024-07-15")
    assert (found.promoted, found.compared) == (False, None)
    # the champion learned until 2024-06-30; sixty days later an outcome after it is known
    assert found.matures == "2024-08-29"
    assert "No outcome is known yet after 2024-06-30" in found.why


def test_an_older_one_is_not_fresher(registry, log, early, fresh):
    uri = registry(fresh, early)
    found = promote("churn", log=log, tracking_uri=uri)
    assert not found.promoted
    assert "has to have learned from later cut-offs" in found.why


def test_two_questions_have_no_better_answer(registry, log, early):
    uri = registry(early, fitted(log, Inactivity("30D", active_within="90D"), "2023-11-01", "2024-05-01"))
    with pytest.raises(MismatchError, match="which is better cannot be said"):
        promote("churn", log=log, tracking_uri=uri)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"rule": "best"}, "rule is 'best'"),
        ({"margin": -1}, "margin is -1"),
        ({"margin": "2%"}, "margin is '2%'"),
        ({"challenger": "nobody"}, "has the alias 'nobody'"),
    ],
)
@pytest.mark.sampled(2)
def test_what_is_asked_is_checked(registry, log, early, said, message):
    uri = registry(None, early)
    with pytest.raises(UsageError, match=message):
        promote("churn", log=log, tracking_uri=uri, **said)


def test_moved_meanwhile(registry, log, early, fresh, monkeypatch):
    uri = registry(early, fresh)
    original = MlflowClient.set_model_version_tag

    def meanwhile(client, *args, **kwargs):
        client.set_registered_model_alias("churn", "champion", "2")
        return original(client, *args, **kwargs)

    monkeypatch.setattr(MlflowClient, "set_model_version_tag", meanwhile)
    with pytest.raises(UsageError, match="was moved while the models were compared"):
        promote("churn", log=log, tracking_uri=uri, replicates=REPLICATES, margin=0.05)


def test_a_registry_that_does_not_answer_is_no_missing_champion(registry, log, early, fresh, monkeypatch):
    uri = registry(early, fresh)
    original = MlflowClient.get_model_version_by_alias

    def away(client, name, alias):
        if alias == "champion":
            raise MlflowException("the database went away", INTERNAL_ERROR)
        return original(client, name, alias)

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "get_model_version_by_alias", away)
        with pytest.raises(
            UsageError, match="does not say which version of 'churn' is 'champion': the database went away"
        ):
            promote("churn", log=log, tracking_uri=uri, replicates=REPLICATES)
    assert champion_of(uri) == "1"


def test_as_plain_data(registry, log, early, fresh, tmp_path: Path):
    found = promote("churn", log=log, tracking_uri=registry(early, fresh), replicates=REPLICATES, margin=0.05)
    said = found.to_dict()
    assert said["promoted"] is True
    assert set(said["differences"]["log_loss"]) == {"difference", "low", "high"}
