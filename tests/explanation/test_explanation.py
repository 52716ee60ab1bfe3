from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import shap

from cxchurn._core import UsageError
from cxchurn.explanation import Explanation, explain, explain_features
from cxchurn.explanation.reasons._probability import on_probability, path_factor
from cxchurn.explanation.reasons._telling import EXPERIENCE, subject_of
from cxchurn.features import THEMES, Says
from cxchurn.model import load_model


@pytest.fixture(scope="module")
def explanation(model, test) -> Explanation:
    return explain(model, test)


class TestAddingUp:
    def test_contributions_sum_to_the_raw_score(self, explanation, model, test):
        raw = model.raw_score(test)
        np.testing.assert_allclose(explanation.raw, raw, rtol=0, atol=1e-9)
        total = explanation.base + explanation.contributions.to_numpy().sum(axis=1)
        np.testing.assert_allclose(total, raw, rtol=0, atol=1e-9)
        np.testing.assert_allclose(explanation.probability, model.predict_proba(test)[:, 1], rtol=0, atol=1e-10)

    @pytest.mark.filterwarnings("ignore:LightGBM binary classifier with TreeExplainer")
    def test_they_are_the_shap_values_of_the_trees(self, explanation, model, test):
        features = model.features_of(test.take(np.arange(30)))
        theirs = shap.TreeExplainer(model.classifier_.booster_).shap_values(features.to_numpy())
        theirs = theirs[1] if isinstance(theirs, list) else theirs
        ours = model.classifier_.contributions(features)[:, :-1]
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
        # what the linear parts of the blend add is each one's own distance from its mean
        weights, matrix = model.blend_.weights, features.to_numpy()
        linear = [weights[name] * part.contributions(matrix)[:, :-1] for name, part in model.blend_.linear.items()]
        blended = explanation.contributions.to_numpy()[:30] / model.calibration_.slope
        np.testing.assert_allclose(blended, weights["trees"] * ours + sum(linear), rtol=0, atol=1e-9)

    def test_drivers_sum_their_columns(self, explanation):
        by_driver = explanation.by_driver()
        assert set(by_driver.columns) == {says.driver for says in explanation.says}
        columns = [name for name in explanation.contributions.columns if name.startswith("effort_")]
        assert len(columns) > 5
        expected = explanation.contributions[columns].sum(axis=1)
        np.testing.assert_allclose(by_driver["effort"], expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(by_driver.sum(axis=1) + explanation.base, explanation.raw, rtol=0, atol=1e-9)

    def test_themes_sum_the_parts_of_drivers_in_them(self, explanation):
        by_theme = explanation.by_theme()
        assert list(by_theme.columns) == [name for name in THEMES if name in {one.theme for one in explanation.says}]
        for theme in by_theme:
            expected = explanation.contributions[[one.name for one in explanation.says if one.theme == theme]].sum(
                axis=1
            )
            np.testing.assert_allclose(by_theme[theme], expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(by_theme.sum(axis=1), explanation.by_driver().sum(axis=1), rtol=0, atol=1e-12)
        moved = explanation.probability - 1 / (1 + np.exp(-explanation.base))
        np.testing.assert_allclose(explanation.by_theme(scale="probability").sum(axis=1), moved, rtol=0, atol=1e-12)
        assert set(explanation.themes()["theme"]) == set(by_theme.columns)
        assert explanation.themes()["share"].sum() == pytest.approx(1.0)

    def test_on_the_probability_scale_they_sum_to_the_probability(self, explanation):
        by_driver = explanation.by_driver(scale="probability")
        start = 1 / (1 + np.exp(-explanation.base))
        np.testing.assert_allclose(by_driver.sum(axis=1) + start, explanation.probability, rtol=0, atol=1e-12)
        assert (np.sign(by_driver) == np.sign(explanation.by_driver())).all(axis=None)

    def test_another_scale_is_no_scale(self, explanation):
        with pytest.raises(UsageError, match=r"'probabilty'(.|\n)*did you mean 'probability'"):
            explanation.by_driver(scale="probabilty")

    def test_after_a_correction_too(self, model, test):
        corrected, plain = (type(model).__new__(type(model)) for _ in range(2))
        corrected.__dict__.update({**model.__dict__, "calibration_": type(model.calibration_)(0.7, -0.4)})
        plain.__dict__.update({**model.__dict__, "calibration_": type(model.calibration_)()})
        explanation = explain(corrected, test.take(np.arange(20)))
        np.testing.assert_allclose(explanation.raw, corrected.raw_score(test)[:20], rtol=0, atol=1e-9)
        assert explanation.base == pytest.approx(0.7 * explain(plain, test.take([0])).base - 0.4)


class TestDrivers:
    def test_table(self, explanation):
        table = explanation.drivers()
        assert list(table.columns) == ["driver", "mean_abs", "share", "raises", "lowers"]
        by_driver = explanation.by_driver()
        assert table["mean_abs"].tolist() == sorted(table["mean_abs"], reverse=True)
        assert table["share"].sum() == pytest.approx(1.0)
        first = table.iloc[0]
        values = by_driver[first["driver"]]
        assert first["mean_abs"] == pytest.approx(values.abs().mean()) == by_driver.abs().mean().max()
        assert first["raises"] - first["lowers"] == pytest.approx(first["mean_abs"])
        assert first["raises"] + first["lowers"] == pytest.approx(values.mean())
        assert (table["raises"] >= 0).all()
        assert (table["lowers"] <= 0).all()

    def test_prints(self, explanation, test):
        drivers = len({says.driver for says in explanation.says})
        assert (
            repr(explanation) == f"Explanation({len(test):,} rows, {len(explanation.says)} features, {drivers} drivers)"
        )


class TestReasons:
    def test_table(self, explanation, test):
        reasons = explanation.reasons(top=2)
        told = ["reason_1", "points_1", "subject_1", "reason_2", "points_2", "subject_2"]
        assert list(reasons.columns) == ["customer_id", "cutoff", "churn_probability", *told]
        assert reasons["customer_id"].tolist() == test.frame["customer_id"].tolist()
        said = reasons[["reason_1", "reason_2"]].to_numpy() != ""
        assert (said == reasons[["points_1", "points_2"]].notna().to_numpy()).all()
        assert (said == (reasons[["subject_1", "subject_2"]] != "").to_numpy()).all()
        assert 0.3 < said.mean() < 1.0
        points = reasons[["points_1", "points_2"]].to_numpy()
        assert (points[said] >= 0.5).all()
        # by weight, but for an experience that goes first
        lighter = said[:, 1] & (points[:, 0] < points[:, 1])
        first = explanation._chosen(1).columns[0]
        assert lighter.any()
        assert {explanation.says[column].theme for column in first[lighter]} == {EXPERIENCE}

    def test_a_reason_weighs_what_its_subject_does(self, explanation):
        """The weight is the theme's own on the probability scale, of experience the matter's part in it."""
        chosen, themes = explanation._chosen(3), explanation.by_theme(scale="probability") * 100
        parts: dict[str, list[str]] = {}
        for says in explanation.says:
            if says.theme == EXPERIENCE:
                parts.setdefault(subject_of(says).matter, []).append(says.name)
        assert len(parts) < len({says.driver for says in explanation.says if says.theme == EXPERIENCE})
        lived = on_probability(
            pd.DataFrame({matter: explanation.contributions[names].sum(axis=1) for matter, names in parts.items()}),
            explanation.base,
            away=explanation.raw - explanation.base,
        )
        for column, points in zip(chosen.columns, chosen.points, strict=True):
            for row in np.flatnonzero(column >= 0):
                says = explanation.says[column[row]]
                matter = subject_of(says).matter
                weight = 100 * lived[matter].iloc[row] if says.theme == EXPERIENCE else themes[says.theme].iloc[row]
                assert points[row] == pytest.approx(weight, rel=1e-9)

    def test_every_reason_speaks_for_itself(self, explanation):
        """No reason twice about one subject, none on the side on which one stays, none as usual."""
        chosen, features = explanation._chosen(4), explanation.features.to_numpy()
        found = 0
        for row in range(len(explanation)):
            told = [int(column) for column in chosen.columns[:, row] if column >= 0]
            subjects = [subject_of(explanation.says[column]) for column in told]
            assert len(set(subjects)) == len(subjects)
            for column in told:
                says, value = explanation.says[column], features[row, column]
                usual = explanation.typical[says.name]
                assert explanation.contributions.iloc[row, column] > 0
                if not np.isnan(value):
                    assert says.sentence(value) != says.sentence(usual)
                    assert says.levels is not None or (value - usual) * says.expects >= 0
                found += 1
        assert found > len(explanation)

    def test_an_experience_that_counts_goes_first(self, explanation):
        chosen, telling = explanation._chosen(3), explanation._telling
        every = explanation._chosen(len(telling.subjects))
        names = [says.theme for says in explanation.says]
        for row in range(len(explanation)):
            tellable = [
                points
                for column, points in zip(every.columns[:, row], every.points[:, row], strict=True)
                if column >= 0 and names[column] == EXPERIENCE
            ]
            if tellable and tellable[0] > 0.1 * explanation_raising(explanation, row) + 1e-9:
                assert names[chosen.columns[0, row]] == EXPERIENCE
                assert chosen.points[0, row] == tellable[0]

    def test_more_reasons_than_subjects(self, explanation):
        subjects = len(explanation._telling.subjects)
        reasons = explanation.reasons(top=subjects + 2)
        assert (reasons[[f"reason_{subjects + 1}", f"reason_{subjects + 2}"]] == "").all(axis=None)
        assert list(explanation.reasons(top=0).columns) == ["customer_id", "cutoff", "churn_probability"]

    def test_sentences_hold_no_place_for_numbers(self, explanation):
        text = explanation.reasons(top=5).filter(regex=r"^reason_\d+$").to_numpy().ravel()
        assert (text != "").mean() > 0.3
        assert [said for said in text if re.search(r"[{}]|\b(nan|None)\b", said)] == []


def explanation_raising(explanation: Explanation, row: int) -> float:
    """What raises a row's risk in all, subject by subject, in points."""
    subjects = [subject_of(says) for says in explanation.says]
    parts = explanation.contributions.iloc[row].groupby([str(one) for one in subjects]).sum()
    away = explanation.raw[row] - explanation.base
    return float(100 * path_factor(np.array([away]), explanation.base)[0] * parts.clip(lower=0).sum())


def by_hand(contributions: list[list[float]], features: list[list[float]]) -> Explanation:
    """Two drivers: calls (two columns) and days (one)."""
    says = [
        Says("calls_count_30d", "calls", "had {value:#call} in the last {window}", window="30 days"),
        Says("calls_count_life", "calls", "had {value:#call} in all"),
        Says("days_last", "days", "was last here {value:days} ago", missing="was never here", missing_tells=True),
    ]
    names = [one.name for one in says]
    rows = pd.DataFrame({"customer_id": range(len(features)), "cutoff": pd.Timestamp("2024-01-01")})
    typical = {"calls_count_30d": 1.0, "calls_count_life": 4.0, "days_last": 12.0}
    frames = (
        pd.DataFrame(np.reshape(data, (-1, 3)).astype(float), columns=names) for data in (features, contributions)
    )
    return Explanation(rows, *frames, -1.0, says, typical)


class TestByHand:
    CONTRIBUTIONS = (
        [0.5, 0.1, 0.3],  # calls 0.6, told by the first; then days
        [0.1, 0.3, 0.9],  # days; then calls, told by the second
        [0.9, -1.0, -0.1],  # calls lower the risk in sum, days too
        [0.0, 0.0, 0.0],
        [-0.2, 0.5, 0.0],  # calls 0.3
    )
    FEATURES = ([3, 9, 2], [1, 4, np.nan], [7, 7, 7], [1, 1, 1], [0, 1, 12])

    def test_reasons(self):
        reasons = by_hand(self.CONTRIBUTIONS, self.FEATURES).reasons(top=2)
        assert reasons[["reason_1", "reason_2"]].to_numpy().tolist() == [
            ["Had 3 calls in the last 30 days (usual: 1 call)", "Was last here 2 days ago (usual: 12 days)"],
            # four calls are as usual, and so is one in the last 30 days: calls are silent
            ["Was never here", ""],
            ["", ""],
            ["", ""],
            # no call in the last 30 days lowers the risk, and as usual are 4 in all
            ["Had 1 call in all (usual: 4 calls)", ""],
        ]
        # two thirds and one third of the way from -1 to -0.1, in points
        moved = 100 * (1 / (1 + np.exp(0.1)) - 1 / (1 + np.e))
        assert reasons.loc[0, ["points_1", "points_2"]].tolist() == pytest.approx([moved * 2 / 3, moved / 3])
        assert reasons.loc[1, ["points_1", "points_2"]].isna().tolist() == [False, True]

    def test_probability_scale(self):
        explanation = by_hand(self.CONTRIBUTIONS, self.FEATURES)
        start = 1 / (1 + np.e)
        shares = explanation.by_driver(scale="probability")
        np.testing.assert_allclose(shares.sum(axis=1), explanation.probability - start, rtol=0, atol=1e-15)
        # the first row: from -1 to -0.1, two thirds of it by calls
        moved = 1 / (1 + np.exp(0.1)) - start
        assert shares.iloc[0].tolist() == pytest.approx([moved * 2 / 3, moved / 3])
        # the last but one moved nowhere
        assert shares.iloc[3].tolist() == [0.0, 0.0]

    def test_opposed_contributions_that_cancel(self):
        for rest in (0.0, 1e-12, 1e-7, 1e-5):
            explanation = by_hand([[2.0, 0.0, -2.0 + rest]], [[1, 1, 1]])
            shares = explanation.by_driver(scale="probability").iloc[0]
            slope = 1 / (1 + np.e) * (1 - 1 / (1 + np.e))
            assert shares.tolist() == pytest.approx([2 * slope, -2 * slope], abs=1e-5)
            moved = explanation.probability[0] - 1 / (1 + np.e)
            assert shares.sum() == pytest.approx(moved, abs=1e-12)

    def test_no_rows(self):
        explanation = by_hand([], [])
        assert len(explanation) == 0
        assert explanation.reasons().shape == (0, 12)
        assert explanation.drivers()["share"].tolist() == [0.0, 0.0]


def test_no_rows_of_a_model(model, test):
    explanation = explain(model, test.take(np.zeros(len(test), dtype=bool)))
    assert explanation.reasons(top=2).shape == (0, 9)
    assert explanation.by_driver().shape == (0, len(explanation.drivers()))


def test_features_that_were_built_already(model, test, explanation):
    rows = test.take(np.arange(10))
    other = explain_features(model, rows.frame, model.features_of(rows))
    pd.testing.assert_frame_equal(other.contributions, explanation.contributions.iloc[:10])


def test_frames_keep_their_index(model, test):
    frame = test.frame.iloc[[5, 3]].set_axis([40, 7])
    other = type(model).__new__(type(model))
    other.__dict__.update({**model.__dict__, "log": test.log})
    explanation = explain(other, frame)
    assert explanation.by_driver().index.tolist() == [40, 7]
    assert explanation.reasons()["customer_id"].tolist() == frame["customer_id"].tolist()


def test_nothing_is_said_of_what_no_log_reaches(model, test):
    frame = test.frame.iloc[:2].assign(cutoff=pd.Timestamp("2090-01-01"))
    with pytest.raises(UsageError, match="cut-offs lie outside the log"):
        explain(model, frame, log=test.log)


def test_shap_draws_it(explanation):
    values = explanation.shap_values
    assert isinstance(values, shap.Explanation)
    assert values.shape == explanation.contributions.shape
    np.testing.assert_array_equal(values.base_values, explanation.base)
    shap.plots.waterfall(values[0], show=False)
    assert len(plt.gcf().axes[0].patches) > 5
    plt.close("all")
    shap.plots.bar(values[:50], show=False)
    most = values[:50].abs.mean(0).values.argmax()
    assert any(values.feature_names[most] in label.get_text() for label in plt.gca().get_yticklabels())
    plt.close("all")


class TestRows:
    def test_a_log_is_no_rows(self, model, log):
        with pytest.raises(UsageError, match=r"a log does not say who(.|\n)*explain_customer\(model, log"):
            explain(model, log)

    def test_rows_without_a_log(self, model, test, log, tmp_path):
        loaded, rows = load_model(model.save(tmp_path / "model")), test.frame.iloc[:3]
        with pytest.raises(UsageError, match=r"without a log(.|\n)*explain\(model, rows, log=log\)"):
            explain(loaded, rows)
        assert len(explain(loaded, rows, log=log)) == 3
