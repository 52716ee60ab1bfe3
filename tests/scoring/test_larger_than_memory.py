"""A log in parts on disk gives what the same log in memory gives, bit for bit, from panel to scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import FeatureSet, Prior, standard
from cxchurn.interactions import InteractionLog, known_before, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import Cancellation, Inactivity, after_first, make_panel, monthly, panel_from_labels
from cxchurn.scoring import score


@pytest.fixture(scope="module", params=["text", pytest.param("integer", marks=pytest.mark.prove)])
def logs(request, company, company_schema) -> tuple[InteractionLog, InteractionLog]:
    """The same log in memory and in parts."""
    interactions, customers = company.interactions, company.customers
    if request.param == "integer":
        number = {name: 7 * i for i, name in enumerate(sorted(customers["customer_id"].unique())[::-1])}
        interactions = interactions.assign(customer_id=interactions["customer_id"].map(number))
        customers = customers.assign(customer_id=customers["customer_id"].map(number))
    read = [
        read_interactions(interactions, company_schema, customers=customers, memory_limit=limit)
        for limit in (None, "20MB")
    ]
    assert read[0].parts is None
    assert len(read[1].parts) > 3
    return read[0], read[1]


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize(
    "churn",
    [Inactivity("60D", active_within="90D"), Inactivity("30D", kinds=("purchase",)), Cancellation(horizon="60D")],
)
@pytest.mark.parametrize("cutoffs", [monthly("2024-01-01", "2024-06-01"), after_first("20D", "200D")])
@pytest.mark.sampled(4)
def test_the_panel_is_the_same(logs, churn, cutoffs):
    one, other = (make_panel(log, churn, cutoffs=cutoffs) for log in logs)
    same(one.frame, other.frame)
    same(one.summary, other.summary)
    labels = one.frame[["customer_id", "cutoff", "churned"]]
    same(
        panel_from_labels(logs[1], labels, horizon="60D").frame, panel_from_labels(logs[0], labels, horizon="60D").frame
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.prove
def test_the_features_are_the_same(logs, dtype):
    churn = Inactivity("60D", active_within="90D")
    rows = make_panel(logs[0], churn, cutoffs=monthly("2024-02-01", "2024-04-01")).frame
    builders = [*standard(logs[0]), Prior(attributes=("plan",))]
    fitted = [FeatureSet(builders, log=log, churn=churn, dtype=dtype).fit(rows) for log in logs]
    one, other = (features.transform(rows) for features in fitted)
    assert set(one.dtypes) == {np.dtype(dtype)}
    assert one.to_numpy().tobytes() == other.to_numpy().tobytes()
    assert fitted[0].references_ == fitted[1].references_
    assert fitted[0].known_ == fitted[1].known_
    parts = list(fitted[1].transform_parts(rows))
    assert len(parts) > 3
    same(pd.concat(parts).sort_index(), one)


def test_training_and_scores_are_the_same(logs):
    churn = Inactivity("60D", active_within="90D")
    one, other = (
        ChurnModel(churn, folds=2, classifier=ChurnClassifier(n_estimators=8)).fit(
            make_panel(log, churn, cutoffs=monthly("2024-01-01", "2024-06-01"))
        )
        for log in logs
    )
    assert one.version_ == other.version_
    same(score(one, logs[0], reasons=2), score(one, logs[1], reasons=2))
    earlier = [known_before(log, "2024-09-01T10:00") for log in logs]
    same(*(score(one, log, at="2024-08-15", reasons=1) for log in earlier))


def test_what_a_model_asks_for_is_all_it_needs(logs, company, company_schema):
    churn = Inactivity("60D", active_within="90D")
    rows = make_panel(logs[0], churn, cutoffs=["2024-04-01"]).frame
    builders = [builder for builder in standard(logs[0]) if builder.driver in ("recency", "effort", "standing")]
    features = FeatureSet(builders, log=logs[0], churn=churn).fit(rows)
    assert "agent_id" not in features.columns_
    if logs[0].ids == "text":
        few = read_interactions(
            company.interactions, company_schema, customers=company.customers, only=features.columns_
        )
        assert set(few.types.names) < set(logs[0].types.names)
        assert churn.eligible(features.with_log(few).seen(rows)).all()
        same(features.with_log(few).transform(rows), features.transform(rows))
