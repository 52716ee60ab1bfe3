"""Plots draw their table as it is, on axes given or on a new figure of pyplot, and leave nothing behind in batch use."""

from __future__ import annotations

import gc
import io
import itertools
import re
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import same_color, to_hex
from matplotlib.figure import Figure

from cxchurn._core import UsageError
from cxchurn.evaluation import (
    Evaluation,
    calibration_verdict,
    evaluate_predictions,
    lift_curve,
    reliability,
    said_and_came,
)
from cxchurn.explanation import Explanation, importance, waterfall
from cxchurn.report import (
    plot_account,
    plot_beeswarm,
    plot_calibration,
    plot_churn_rate,
    plot_claims,
    plot_description,
    plot_drivers,
    plot_gain,
    plot_lift,
    plot_pulse,
    plot_reliability,
    plot_scores,
    plot_segments,
    plot_touchpoints,
    plot_waterfall,
    score_distribution,
    undisplayed,
)
from cxchurn.report.plots._look import in_percent


@pytest.fixture
def tables(
    evaluation: Evaluation,
    drivers: pd.DataFrame,
    summary: pd.DataFrame,
    explanation: Explanation,
    scores: pd.DataFrame,
    statement: pd.DataFrame,
    ledger: pd.DataFrame,
    beats: pd.DataFrame,
    by_kind_and_month: pd.DataFrame,
) -> dict[Any, pd.DataFrame]:
    return {
        plot_reliability: evaluation.reliability,
        plot_lift: evaluation.lift,
        plot_gain: evaluation.lift,
        plot_calibration: said_and_came(evaluation),
        plot_drivers: drivers,
        plot_churn_rate: summary,
        plot_beeswarm: explanation.by_driver(scale="probability"),
        plot_waterfall: waterfall(explanation, "C-1"),
        plot_scores: score_distribution(scores),
        plot_account: statement,
        plot_touchpoints: ledger,
        plot_pulse: beats,
        plot_description: by_kind_and_month,
        plot_claims: claim_rows(5),
        plot_segments: segment_rows(5),
    }


VERDICTS = ("holds here", "holds in direction, not in size", "does not hold here", "cannot be told")


def claim_rows(number: int) -> pd.DataFrame:
    """Return claims of every verdict; the last one is set beside nobody."""
    difference = [0.05 - 0.01 * k for k in range(number - 1)] + [np.nan]
    return pd.DataFrame(
        {
            "saying": [f"{k}: who is passed on from one person to the next and on leaves us." for k in range(number)],
            "verdict": [VERDICTS[k % 4] for k in range(number)],
            "difference": difference,
            "low": [one - 0.02 for one in difference],
            "high": [one + 0.02 for one in difference],
        }
    )


def segment_rows(number: int) -> pd.DataFrame:
    """Return segments: what can be acted on and what cannot in turn, then no reason, then not at risk."""
    subjects = [f"reason {k} why somebody who has been a customer for long may leave" for k in range(number - 2)]
    return pd.DataFrame(
        {
            "segment": [*subjects, "no reason that can be told", "not at risk"],
            "subject": [*subjects, "", ""],
            "actionable": [k % 2 == 0 for k in range(number - 2)] + [False, False],
            "at_risk": [True] * (number - 1) + [False],
            "customers": [100 - k for k in range(number)],
            "share": [1 / number] * number,
            "probability": [0.3] * number,
        }
    )


NAMES = {
    plot_reliability: "reliability",
    plot_lift: "lift",
    plot_gain: "lift",
    plot_calibration: "said_and_came",
    plot_drivers: "drivers",
    plot_churn_rate: "summary",
    plot_beeswarm: "by_driver",
    plot_waterfall: "waterfall",
    plot_scores: "score_distribution",
    plot_account: "table",
    plot_touchpoints: "table",
    plot_pulse: "table",
    plot_description: "by_kind_and_month",
    plot_claims: "table",
    plot_segments: "table",
}
PLOTS = pytest.mark.parametrize("plot", list(NAMES), ids=lambda plot: plot.__name__)


def _line(ax: Axes, name: str) -> Any:
    return next(line for line in ax.lines if line.get_label() == name)


@PLOTS
def test_a_plot_uses_the_axes_given(plot: Callable[..., Axes], tables: dict[Any, pd.DataFrame]) -> None:
    ax = Figure().subplots()
    assert plot(tables[plot], ax=ax) is ax
    assert ax.get_title(loc="left")
    assert plot(tables[plot]) is not ax


@PLOTS
def test_a_plot_leaves_its_table_alone(plot: Callable[..., Axes], tables: dict[Any, pd.DataFrame]) -> None:
    before = tables[plot].copy()
    plot(tables[plot])
    pd.testing.assert_frame_equal(tables[plot], before)


@PLOTS
@pytest.mark.sampled(3)
def test_words_stay_inside_600_pixels(plot: Callable[..., Axes], tables: dict[Any, pd.DataFrame]) -> None:
    figure: Any = plot(tables[plot]).get_figure(root=True)
    figure.set_dpi(600 / figure.get_figwidth())
    figure.draw_without_rendering()
    inside = figure.get_tightbbox().padded(-0.005)
    assert inside.x0 >= 0
    assert inside.x1 <= figure.get_figwidth()
    assert inside.y0 >= 0
    assert inside.y1 <= figure.get_figheight()


def test_reliability_draws_every_bin_of_every_model(evaluation: Evaluation) -> None:
    ax = plot_reliability(evaluation.reliability)
    for name, rows in evaluation.reliability.groupby("model"):
        assert _line(ax, str(name)).get_xdata() == pytest.approx(rows["mean_probability"].to_numpy())
        assert _line(ax, str(name)).get_ydata() == pytest.approx(rows["observed_rate"].to_numpy())
    assert ax.get_xlim() == ax.get_ylim()


def test_gain_and_lift_draw_those_of_every_model(evaluation: Evaluation) -> None:
    for plot, column in ((plot_gain, "gain"), (plot_lift, "lift")):
        ax = plot(evaluation.lift)
        for name, rows in evaluation.lift.groupby("model"):
            assert _line(ax, str(name)).get_ydata() == pytest.approx(rows[column].to_numpy())


def test_tables_of_one_model_need_no_model_column() -> None:
    y, p = [0, 1, 0, 1], [0.1, 0.4, 0.5, 0.9]
    assert [text.get_text() for text in plot_lift(lift_curve(y, p)).get_legend().texts] == ["model", "at random"]  # type: ignore[union-attr]
    assert _line(plot_reliability(reliability(y, p)), "model").get_xdata() == pytest.approx(p)


def test_drivers_are_drawn_from_the_strongest_down_and_in_their_own_words(drivers: pd.DataFrame) -> None:
    ax = plot_drivers(drivers.iloc[::-1])
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "how long ago they were here",
        "effort & <pain>",
        r"value in \$ and \$",
    ]
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]  # type: ignore[attr-defined]
    assert widths == [[0.3, 0.25, 0.05], [-0.2, -0.05, -0.15]]
    assert ax.yaxis_inverted()


def test_only_the_twelve_strongest_drivers_are_drawn(drivers: pd.DataFrame) -> None:
    many = pd.concat([drivers] * 5, ignore_index=True)
    assert len(plot_drivers(many).get_yticks()) == 12


def test_churn_rate_shades_the_unfinished_cutoff(summary: pd.DataFrame) -> None:
    ax = plot_churn_rate(summary)
    assert ax.lines[0].get_ydata() == pytest.approx([0.2, 0.3, 0.2, np.nan], nan_ok=True)
    # one patch: cut-off number 3, half a step to both sides
    assert [(patch.get_x(), patch.get_width()) for patch in ax.patches] == [(2.5, 1.0)]  # type: ignore[attr-defined]
    assert [text.get_text() for text in ax.texts] == ["unfinished"]
    assert not plot_churn_rate(summary.iloc[:3]).patches


def test_churn_rate_of_many_or_no_cutoffs_has_few_labels(summary: pd.DataFrame) -> None:
    many = pd.concat([summary] * 20, ignore_index=True)
    assert len(plot_churn_rate(many).get_xticks()) == 5
    assert len(plot_churn_rate(summary.iloc[:0]).get_xticks()) == 0
    assert plot_churn_rate(summary.iloc[3:]).get_ylim() == (0, 1)


def test_percentages_say_the_steps_they_stand_at(summary: pd.DataFrame) -> None:
    ax = plot_churn_rate(summary.assign(rate=summary["rate"] / 30))  # steps of a tenth or a quarter of a percent
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]
    said = [float(label.get_text().rstrip("%")) / 100 for label in ax.get_yticklabels()]
    assert said == pytest.approx(ax.get_yticks(), abs=1e-9)


def test_one_class_can_be_drawn() -> None:
    frame = pd.DataFrame({"customer_id": range(30), "group": "a", "churned": 0, "p": np.linspace(0, 0.3, 30)})
    evaluation = evaluate_predictions(frame, ["p"], replicates=20)
    assert np.isnan(_line(plot_lift(evaluation.lift), "p").get_ydata()).all()
    assert _line(plot_reliability(evaluation.reliability), "p").get_ydata().max() == 0


def test_models_differ_in_colour_and_in_line(evaluation: Evaluation) -> None:
    ax = plot_lift(evaluation.lift)
    first, second = _line(ax, "model"), _line(ax, "recency rule")
    assert not same_color(first.get_color(), second.get_color())
    assert first.get_linestyle() != second.get_linestyle()


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


@PLOTS
def test_a_new_figure_is_one_that_notebooks_show(plot: Callable[..., Axes], tables: dict[Any, pd.DataFrame]) -> None:
    ax = plot(tables[plot])
    assert pyplot.gcf() is ax.figure
    plot(tables[plot], ax=Figure().subplots())
    assert pyplot.get_fignums() == [1]


@PLOTS
@pytest.mark.sampled(5)
def test_nothing_is_left_behind_in_batch_use(plot: Callable[..., Axes], tables: dict[Any, pd.DataFrame]) -> None:
    with undisplayed():
        figure = weakref.ref(plot(tables[plot]).figure)
    gc.collect()
    assert (pyplot.get_fignums(), figure()) == ([], None)
    plot(tables[plot])
    assert pyplot.get_fignums() == [1], "afterwards figures are shown again"


@PLOTS
def test_a_result_is_drawn_as_its_table_is(plot: Callable[..., Axes], tables: dict[Any, pd.DataFrame]) -> None:
    table = tables[plot]
    name = NAMES[plot]
    results = [SimpleNamespace(**{name: table}), SimpleNamespace(**{name: lambda **_: table}), pl.from_pandas(table)]
    results = results[1:] if plot is plot_beeswarm else results  # whose result is asked for a scale
    expected = _drawn(plot(table))
    for result in results:
        assert _drawn(plot(result)) == expected


def _drawn(ax: Axes) -> bytes:
    image = io.BytesIO()
    ax.figure.set_layout_engine("none")
    ax.figure.savefig(image, format="rgba", dpi=50)
    return image.getvalue()


def test_results_of_ours_are_drawn(evaluation: Evaluation) -> None:
    assert _drawn(plot_lift(evaluation)) == _drawn(plot_lift(evaluation.lift))
    verdict = calibration_verdict(evaluation)
    assert _drawn(plot_reliability(evaluation)) == _drawn(plot_reliability(evaluation.reliability, says=verdict))
    assert [text.get_text() for text in plot_calibration(evaluation).texts] == [verdict]


def test_an_explanation_is_drawn_as_its_tables_are(explanation: Explanation) -> None:
    assert _drawn(plot_drivers(explanation)) == _drawn(plot_drivers(importance(explanation)))
    assert _drawn(plot_beeswarm(explanation)) == _drawn(plot_beeswarm(explanation.by_driver(scale="probability")))


@pytest.mark.parametrize("given", ["text", None, pd.DataFrame({"a": ["b"]}), SimpleNamespace(lift=3)])
@PLOTS
def test_what_cannot_be_drawn_is_said(plot: Callable[..., Axes], given: Any) -> None:
    with pytest.raises(UsageError, match="nothing to draw here"):
        plot(given)
    assert pyplot.get_fignums() == []


def test_a_summary_of_another_kind_is_no_churn_rate(evaluation: Evaluation) -> None:
    with pytest.raises(UsageError, match="with the columns model"):
        plot_churn_rate(evaluation)


def test_drawing_in_batch_loads_neither_pyplot_nor_shap_and_the_backend_stays_as_it_is() -> None:
    code = (
        "import sys; import matplotlib; matplotlib.use('svg')\n"
        "from cxchurn.evaluation import lift_curve; from cxchurn.report import plot_lift, undisplayed\n"
        "with undisplayed(): plot_lift(lift_curve([0, 1], [0.1, 0.2]))\n"
        "print([name for name in ('matplotlib.pyplot', 'shap', 'mlflow') if name in sys.modules])\n"
        "plot_lift(lift_curve([0, 1], [0.1, 0.2])); print(matplotlib.get_backend())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_here())
    assert done.stdout.split() == ["[]", "svg"]


def _here() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_a_waterfall_steps_from_the_base_to_the_probability(explanation: Explanation) -> None:
    table = waterfall(explanation, "C-1")
    ax = plot_waterfall(table)
    bars = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches]  # type: ignore[attr-defined]
    expected = [tuple(sorted(row)) for row in table[["begins", "ends"]].to_numpy()]
    assert np.array(bars) == pytest.approx(np.array(expected))
    said = [text.get_text() for text in ax.texts]
    assert said[0] == "27%"  # 1 / (1 + e)
    assert said[-1] == "90%"
    assert all(
        text[0] == ("+" if points > 0 else "−") for text, points in zip(said[1:-1], table["points"][1:-1], strict=True)
    )
    raising = {
        patch.get_hatch() for patch, points in zip(ax.patches[1:-1], table["points"][1:-1], strict=True) if points > 0
    }
    assert raising == {None}, "what lowers is striped, for a print in grey"


def test_a_swarm_has_a_point_for_each_customer_and_driver(explanation: Explanation) -> None:
    wide = explanation.by_driver(scale="probability")
    ax = plot_beeswarm(wide)
    points = [np.asarray(one.get_offsets()) for one in ax.collections]
    order = (100 * wide).abs().mean().sort_values(ascending=False).index
    for place, name in enumerate(order):
        own = np.concatenate(points[2 * place : 2 * place + 2])
        assert np.sort(own[:, 0]) == pytest.approx(np.sort(100 * wide[name].to_numpy()))
        assert np.abs(own[:, 1] - place).max() < 0.5, "nobody stands in another row"


def test_a_swarm_of_many_draws_some_and_says_so() -> None:
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(4000, 3)) / 100, columns=["effort", "value", "mine"])
    ax = plot_beeswarm(wide, most=2)
    assert sum(len(one.get_offsets()) for one in ax.collections) == 2 * 2000
    assert "the 2 that move most of 3" in ax.get_xlabel()
    assert "Of 4,000 customers 2,000 are drawn." in ax.texts[0].get_text().replace("\n", " ")


def test_drivers_in_points_have_intervals(explanation: Explanation) -> None:
    table = importance(explanation)
    ax = plot_drivers(table)
    drawn = [np.asarray(lines.get_segments())[:, :, 0] for lines in ax.collections]  # type: ignore[attr-defined]
    assert drawn[0] == pytest.approx(table[["raises_low", "raises_high"]].to_numpy())
    assert drawn[1] == pytest.approx(table[["lowers_low", "lowers_high"]].to_numpy())
    assert "points of probability" in ax.get_xlabel()


def test_calibration_draws_what_was_said_and_what_came(evaluation: Evaluation) -> None:
    table = said_and_came(evaluation)
    ax = plot_calibration(table)
    assert _line(ax, "said").get_ydata() == pytest.approx(table["said"].to_numpy()[:-1])
    assert ax.lines[0].get_ydata() == pytest.approx(table["came"].to_numpy()[:-1])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2024-10-01", "2024-11-01"]


def test_scores_are_counted_by_hand_and_drawn(scores: pd.DataFrame) -> None:
    # to 0.9 in three steps of 0.3: [0, .3) holds .10 and .02, [.3, .6) .50, [.6, .9] .90, .70 and .60; nobody without one
    table = score_distribution(scores, bins=3)
    assert table["customers"].tolist() == [2, 1, 3]
    assert table[["low", "medium", "high"]].to_numpy().tolist() == [[2, 0, 0], [0, 1, 0], [0, 0, 3]]
    assert table["expected"].tolist() == pytest.approx([0.12, 0.5, 2.2])
    ax = plot_scores(table)
    heights = [[bar.get_height() for bar in bars] for bars in ax.containers]  # type: ignore[attr-defined]
    assert heights == [[2, 0, 0], [0, 1, 0], [0, 0, 3]]
    without = plot_scores(score_distribution(scores.drop(columns="band"), bins=3))
    assert [bar.get_height() for bar in without.containers[0]] == [2, 1, 3]  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="nothing to count"):
        score_distribution(pd.DataFrame({"p": [1]}))


@pytest.mark.parametrize("number", [10, 40])
def test_names_of_many_drivers_do_not_overlap(number: int) -> None:
    names = [f"a driver of somebody's own with a rather long name, number {place}" for place in range(number)]
    table = pd.DataFrame({"driver": names, "mean_abs": 1.0, "share": 1 / number, "raises": 0.5, "lowers": -0.5})
    ax = plot_drivers(table, most=number)
    figure: Any = ax.figure
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    tops = sorted((box.y0, box.y1) for box in boxes)
    assert len(tops) == number
    assert all(below[1] <= above[0] + 1 for below, above in itertools.pairwise(tops))


def _grey(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_bars_differ_in_a_grey_print(drivers: pd.DataFrame, scores: pd.DataFrame) -> None:
    ax = plot_drivers(drivers)
    hatches = [bars[0].get_hatch() for bars in ax.containers]  # type: ignore[attr-defined]
    assert hatches[0] != hatches[1]
    bands = [bars[0] for bars in plot_scores(score_distribution(scores)).containers]  # type: ignore[attr-defined]
    looks = [(bar.get_hatch(), round(_grey(to_hex(bar.get_facecolor())), 1)) for bar in bands]
    assert len({hatch for hatch, _ in looks}) == len(looks)


def test_an_account_moves_from_just_before_to_just_after_each_interaction(statement: pd.DataFrame) -> None:
    ax = plot_account(statement)
    risk = [0.10, 0.08, 0.14, 0.25, 0.30, np.nan, 0.40, 0.33]
    assert ax.lines[0].get_ydata() == pytest.approx(risk, nan_ok=True)
    marks = {line.get_label(): list(line.get_ydata()) for line in ax.lines[1:]}  # type: ignore[arg-type]
    assert marks["went badly"] == [0.25]
    assert marks["went well"] == [0.33]
    assert marks["neither, or not known"] == pytest.approx([0.08, np.nan], nan_ok=True)
    # named are those whose experience moved the risk by half a point at least
    assert [text.get_text() for text in ax.texts[:2]] == [r"call \$ +12.0", "call -3.0"]


def test_the_names_in_an_account_stay_legible_where_lines_run_through_them(statement: pd.DataFrame) -> None:
    ax = plot_account(statement)
    assert all(text.get_path_effects() for text in ax.texts[:2])
    assert all(line.get_zorder() < ax.texts[0].get_zorder() for line in ax.collections)
    # each day with its month and year, in figures that every language reads
    ax.figure.canvas.draw()
    assert all(re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", label.get_text()) for label in ax.get_xticklabels())


@pytest.mark.parametrize(
    ("most", "shown"),
    [(0.4, ["0%", "10%", "20%", "30%", "40%"]), (0.01, ["0.00%", "0.25%", "0.50%", "0.75%", "1.00%"])],
)
def test_percentages_have_the_decimals_that_their_steps_need(most: float, shown: list[str]) -> None:
    ax = Figure().subplots()
    ax.set_yticks(np.linspace(0, most, 5))
    in_percent(ax.yaxis)
    assert [label.get_text() for label in ax.get_yticklabels()] == shown


def test_scores_have_to_be_counted_before_they_are_drawn(scores: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match=r"count them first: plot_scores\(score_distribution\(scores\)\)"):
        plot_scores(scores)


def test_an_account_begins_and_ends_with_the_risk_of_its_span(statement: pd.DataFrame) -> None:
    span = {"since": np.datetime64("2024-09-20", "us"), "at": np.datetime64("2024-12-31", "us")}
    ax = plot_account(SimpleNamespace(table=statement, opening=0.05, closing=0.67, **span))
    line = ax.lines[0]
    assert np.asarray(line.get_ydata())[[0, 1, -2, -1]] == pytest.approx([0.05, 0.10, 0.33, 0.67])
    assert np.asarray(line.get_xdata(orig=True))[[0, -1]].tolist() == [span["since"].item(), span["at"].item()]
    assert ax.get_ylim()[1] > 0.67
    # 22:00 in UTC is midnight in Berlin in September, 23:00 is in December
    early = {"since": span["since"] - np.timedelta64(2, "h"), "at": span["at"] - np.timedelta64(1, "h")}
    berlin = SimpleNamespace(table=statement, opening=0.05, closing=0.67, timezone="Europe/Berlin", **early)
    shown = np.asarray(plot_account(berlin).lines[0].get_xdata(orig=True))
    assert shown[[0, -1]].tolist() == [span["since"].item(), span["at"].item()]
    # the first interaction, at midnight in UTC
    assert shown[1] - np.datetime64("2024-10-01") == np.timedelta64(2, "h")


def test_touchpoints_are_drawn_from_the_costliest_down(ledger: pd.DataFrame) -> None:
    ax = plot_touchpoints(ledger)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["complaint & <b>, phone", "survey", "visit, web"]
    assert [bar.get_width() for bar in ax.patches] == [5.0, 0.1, -2.0]  # type: ignore[attr-defined]
    drawn = np.asarray(ax.collections[0].get_segments())[:, :, 0]  # type: ignore[attr-defined]
    assert drawn == pytest.approx(np.array([[3.5, 6.5], [-0.2, 0.4], [-3.0, -1.0]]))
    assert [text.get_text() for text in ax.texts[:3]] == ["80", "15", "1,200"]
    money = plot_touchpoints(ledger, money=True)
    assert [bar.get_width() for bar in money.patches] == [900.0, 2.0, -10.0]  # type: ignore[attr-defined]
    some = plot_touchpoints(ledger, most=2)
    assert [bar.get_width() for bar in some.patches] == [5.0, -2.0]  # type: ignore[attr-defined]
    assert "2 of 3" in some.get_xlabel()


def test_contacts_without_a_touchpoint_are_called_as_the_table_calls_them(ledger: pd.DataFrame) -> None:
    names = ["(none)", "chat", "web"]
    alone = plot_touchpoints(ledger.assign(touchpoint=names).drop(columns="kind"))
    assert sorted(label.get_text() for label in alone.get_yticklabels()) == names
    both = plot_touchpoints(ledger.assign(touchpoint=names, kind=["refund", "chat", "chat"]))
    assert sorted(label.get_text() for label in both.get_yticklabels()) == ["chat", "chat, web", "refund"]


def test_a_pulse_draws_each_touchpoint_and_rings_what_moved(beats: pd.DataFrame) -> None:
    ax = plot_pulse(beats)
    assert _line(ax, "phone").get_ydata() == pytest.approx([10, 12, 30])
    assert _line(ax, "web").get_ydata() == pytest.approx([5, 6, 7])
    rings = [line for line in ax.lines if line.get_markersize() > 10]
    assert [list(ring.get_ydata()) for ring in rings] == [[30], [7]]  # type: ignore[arg-type]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2024-08", "2024-09", "2024-10"]
    waits = plot_pulse(beats, "wait_s")
    assert _line(waits, "phone").get_ydata() == pytest.approx([60, 90])
    with pytest.raises(UsageError, match="no measure 'waits'"):
        plot_pulse(beats, "waits")


def test_a_pulse_shows_pale_what_too_few_customers_tell(beats: pd.DataFrame) -> None:
    ax = plot_pulse(beats.assign(low=beats["low"].where(beats["value"] != 12)))
    assert _line(ax, "phone").get_ydata() == pytest.approx([10, np.nan, 30], nan_ok=True)
    pale = [line for line in ax.lines if line.get_alpha()]
    assert [list(line.get_ydata()) for line in pale] == [[12]]  # type: ignore[arg-type]
    says = "Ringed: moved beyond noise. Pale: too few customers for an interval."
    assert ax.texts[-1].get_text().replace("\n", " ") == says


@pytest.mark.parametrize(
    ("groups", "says"), [(6, ""), (7, " 1 smaller group is left out."), (8, " 2 smaller groups are left out.")]
)
def test_a_pulse_says_how_many_groups_are_left_out(beats: pd.DataFrame, groups: int, says: str) -> None:
    web = beats[beats["touchpoint"] == "web"]
    many = pd.concat([web.assign(touchpoint=f"t{place}") for place in range(groups)], ignore_index=True)
    assert plot_pulse(many).texts[-1].get_text().replace("\n", " ") == f"Ringed: moved beyond noise.{says}"


def test_a_description_draws_every_month_and_stripes_those_held_in_part(by_kind_and_month: pd.DataFrame) -> None:
    ax = plot_description(by_kind_and_month)
    # no visit in July, and nothing at all in June
    assert _line(ax, "visit").get_ydata().tolist() == [3, 0, 0, 4]
    assert _line(ax, "call").get_ydata().tolist() == [1, 0, 2, 9]
    assert _line(plot_description(by_kind_and_month, "customers"), "call").get_ydata().tolist() == [1, 0, 2, 5]
    assert not ax.patches
    held = pd.DataFrame({"month": ["2024-05", "2024-07", "2024-08"], "whole": [False, True, True]})
    ax = plot_description(SimpleNamespace(by_kind_and_month=by_kind_and_month, by_month=held), most=1)
    assert [(patch.get_x(), patch.get_width()) for patch in ax.patches] == [(-0.5, 1.0)]  # type: ignore[attr-defined]
    assert ax.texts[0].get_text() == "Striped: months that the log holds in part. 1 rarer kind is left out."
    assert [line.get_label() for line in ax.lines] == ["call"]


def test_a_description_counts_rows_or_customers(by_kind_and_month: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="count is 'events'"):
        plot_description(by_kind_and_month, "events")


@pytest.mark.parametrize("number", [2, 30])
def test_claims_are_drawn_beside_like_customers_whatever_their_number(number: int) -> None:
    table = claim_rows(number)
    ax = plot_claims(table)
    drawn = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "None"]
    assert drawn == pytest.approx((100 * table["difference"]).iloc[:-1].tolist())
    assert "1 that cannot be set beside like customers is left out" in ax.texts[-1].get_text().replace("\n", " ")


def test_claims_that_nobody_is_compared_in_are_an_empty_picture() -> None:
    ax = plot_claims(claim_rows(1))
    assert not [*ax.collections, *ax.lines]
    assert not ax.axison


@pytest.mark.parametrize(("number", "drawn"), [(3, 2), (30, 12)])
def test_segments_are_drawn_by_their_customers_without_those_not_at_risk(number: int, drawn: int) -> None:
    ax = plot_segments(segment_rows(number))
    assert sorted(bar.get_width() for bar in ax.patches) == sorted(100 - k for k in range(drawn))
    assert "not at risk" not in [label.get_text() for label in ax.get_yticklabels()]
    assert ("12 largest of 29" in ax.get_xlabel()) == (number == 30)


def test_claims_of_what_came_to_nobody_are_left_out() -> None:
    rows = claim_rows(3)
    rows.loc[1, ["difference", "low", "high"]] = 0.0
    ax = plot_claims(rows, ax=Figure().subplots())
    assert [label.get_text()[:1] for label in ax.get_yticklabels()] == ["0"]
    assert " 2 that cannot be set beside like customers are left out." in ax.texts[-1].get_text().replace("\n", " ")
