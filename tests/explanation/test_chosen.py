"""Which reasons a customer gets: what a plain loop finds row by row, whatever the rows stand beside."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cxchurn.explanation import Telling, choose_reasons, sentences
from cxchurn.explanation.reasons._chosen import LEAST, SHARE, WITNESS
from cxchurn.explanation.reasons._probability import path_factor
from cxchurn.explanation.reasons._reasons import points_said, reason, reasons_said
from cxchurn.features import THEMES, Says

NAN = math.nan
TEXTS = (
    "is {value:.0f}",
    "is {value:.1f}",
    "had {value:#call}",
    "felt {value:mood}",
    "was here {value:days} ago",
    "was here {value:when}",
    "is so",
)


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def tells(says: Says, value: float, usual: float, present: float, side: int) -> bool:
    """Whether a value tells why the risk is higher (side 1) or lower (-1): law 8, said once more."""
    if says.silent:
        return False
    if math.isnan(value):
        return side > 0 and says.missing_tells and present > 0.5
    if says.levels is not None:
        return value != usual and says.expects * side >= 0
    if side < 0 and says.expects < 0 and "{value:when}" in says.one and present <= 0.5:
        return False
    lasting = says.theme == "experience" and says.expects > 0 and "{value:days}" in says.one and not says.window
    if side < 0 and lasting and present <= 0.5:
        return False
    least = max(0.1 * abs(usual), 0.01 if "{value:points" in says.one else 0.0)
    if usual - least <= value <= usual + least:
        return False
    if says.expects and (value - usual) * says.expects * side <= 0:
        return False
    if says.expects and says.neutral is not None and (value - says.neutral) * says.expects * side <= 0:
        return False
    amounts = says.amount(value), says.amount(usual)
    return says.sentence(value) != says.sentence(usual) and (None in amounts or amounts[0] != amounts[1])


def is_silence(telling: Telling, values: list[float], column: int) -> bool:
    """Whether a column tells of nothing but how long the customer has done nothing."""
    ago = [
        value
        for says, value in zip(telling.says, values, strict=True)
        if says.theme == "rhythm" and "{value:when}" in says.one and says.expects > 0 and not math.isnan(value)
    ]
    says = telling.says[column]
    felt = says.theme == "experience" and says.driver in ("balance", "moments", "peak_end") and values[column] == 0
    if says.window is not None and (says.theme == "money" or felt):
        return bool(ago) and min(ago) >= float(says.window.split()[0])
    dates = says.theme == "experience" and "{value:when}" in says.one and says.missing_tells
    return dates and bool(ago) and values[column] == min(ago)


def row_by_row(telling: Telling, parts: list[float], base: float, values: list[float], top: int, side: int):
    """The columns that tell and the points, one subject after the other."""
    away = sum(parts)
    factor = (logistic(base + away) - logistic(base)) / away if away else logistic(base) * (1 - logistic(base))
    subjects: dict[tuple, float] = {}
    peaks: dict[tuple, float] = {}
    told: dict[tuple, int] = {}
    for column, says in enumerate(telling.says):
        matter = "balance" if says.driver in ("moments", "peak_end") else says.driver
        subject = (says.theme, matter if says.theme == "experience" else None)
        subjects[subject] = subjects.get(subject, 0.0) + side * parts[column]
        peaks[subject] = max(peaks.get(subject, 0.0), side * parts[column])
        usual, present = telling.typical[says.name], telling.present[says.name]
        strongest = parts[told[subject]] * side if subject in told else 0.0
        if side > 0 and is_silence(telling, values, column):
            continue
        if side * parts[column] > strongest and tells(says, values[column], usual, present, side):
            told[subject] = column
    told = {one: column for one, column in told.items() if side * parts[column] >= WITNESS * peaks[one]}
    points = {subject: 100 * factor * weight for subject, weight in subjects.items()}
    # what lies on the edge to the last digit is not what this is about
    assume(all(abs(weight - LEAST) > 1e-9 for weight in points.values()))
    ranked = sorted(
        (one for one in told if points[one] >= LEAST), key=lambda one: (-points[one], [*subjects].index(one))
    )
    raising = sum(weight for weight in points.values() if weight > 0)
    lived = [one for one in ranked if one[0] == "experience"]
    assume(all(abs(points[one] - SHARE * raising) > 1e-9 for one in lived))
    together = sum(weight for subject, weight in points.items() if subject[0] == "experience")
    assume(abs(together - LEAST) > 1e-9)
    if side > 0 and lived and (points[lived[0]] >= SHARE * raising or together >= LEAST):
        ranked = [lived[0], *(one for one in ranked if one != lived[0])]
    chosen = ranked[:top]
    return [(told[one], side * points[one]) for one in chosen]


QUARTERS = st.integers(-12, 12).map(lambda k: k / 4)
COLUMNS = st.builds(
    Says,
    st.just("n"),
    st.sampled_from(["a", "b", "balance", "moments"]),
    st.sampled_from(TEXTS),
    zero=st.sampled_from([None, "was never"]),
    expects=st.sampled_from([-1, 0, 1]),
    theme=st.sampled_from([*THEMES, "experience", "experience"]),
    neutral=st.sampled_from([None, 0.0, 0.5]),
    missing_tells=st.booleans(),
    silent=st.sampled_from([False, False, False, True]),
    window=st.sampled_from([None, None, "1 day"]),
    levels=st.sampled_from([None, None, None, ("x", "y", "z")]),
)


def values_of(says: Says):
    """Labels, yes and no where no number is said, else numbers."""
    if says.levels:
        return st.integers(0, 2).map(float)
    return QUARTERS if "{" in says.one else st.sampled_from([0.0, 1.0])


@st.composite
def models(draw):
    columns = [
        Says(**{**vars(one), "name": f"c{k}"}) for k, one in enumerate(draw(st.lists(COLUMNS, min_size=1, max_size=9)))
    ]
    typical = {one.name: draw(values_of(one)) for one in columns}
    present = {one.name: draw(st.sampled_from([0.2, 0.9])) for one in columns}
    return Telling(columns, typical, present)


@st.composite
def customers(draw, telling: Telling):
    """Contributions in quarters, which add up exactly in whatever order, so that ties are ties; and values."""
    width = len(telling.says)
    values = [st.one_of(values_of(one), values_of(one), st.just(math.nan)) for one in telling.says]
    row = st.tuples(st.lists(QUARTERS, min_size=width, max_size=width), st.tuples(*values))
    return draw(st.lists(row, max_size=5))


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_law_8(data):
    telling = data.draw(models())
    rows = data.draw(customers(telling))
    base = data.draw(st.sampled_from([-3.0, -1.0, 0.5]))
    top, side = data.draw(st.integers(0, 4)), data.draw(st.sampled_from([1, -1]))
    wanted = [row_by_row(telling, parts, base, values, top, side) for parts, values in rows]

    width = len(telling.says)
    parts = np.array([[*parts, base] for parts, _ in rows]).reshape(-1, width + 1)
    X = np.array([values for _, values in rows], dtype=np.float64).reshape(-1, width)
    raw = base + parts[:, :-1].sum(axis=1)
    together = choose_reasons(telling, raw, parts, X, top, lowers=side < 0)
    assert together.columns.shape == together.points.shape == (top, len(rows))
    for k, row in enumerate(wanted):
        missing = top - len(row)
        assert together.columns[:, k].tolist() == [column for column, _ in row] + [-1] * missing
        points = [points for _, points in row] + [NAN] * missing
        np.testing.assert_allclose(together.points[:, k], points, rtol=1e-9, atol=1e-9)
    # the same bits whatever the rows stand beside, in whatever order they come and however they lie in memory
    order = np.argsort(X[:, 0], kind="stable")
    other = choose_reasons(
        telling, raw[order], np.asfortranarray(parts[order]), np.asfortranarray(X[order]), top, lowers=side < 0
    )
    alone = [choose_reasons(telling, raw[[k]], parts[[k]], X[[k]], top, lowers=side < 0) for k in range(len(rows))]
    for found, name in zip(together, together._fields, strict=True):
        np.testing.assert_array_equal(getattr(other, name), found[:, order])
        for k, one in enumerate(alone):
            np.testing.assert_array_equal(getattr(one, name)[:, 0], found[:, k])


@given(
    usual=st.one_of(QUARTERS, st.floats(-1e6, 1e6)),
    value=st.one_of(QUARTERS, st.floats(-1e6, 1e6)),
    text=st.sampled_from(
        [
            *TEXTS,
            "is {value:.0%}",
            "is {value:factor}",
            "rose by {value:points}",
            "is {value:,.2f}",
            "waited {value:seconds}",
        ]
    ),
    expects=st.sampled_from([-1, 0, 1]),
    neutral=st.sampled_from([None, 0.0]),
)
@settings(max_examples=500, deadline=None)
def test_which_values_tell(usual, value, text, expects, neutral):
    """The limits, found by halving, say of any value what the sentence says."""
    assume(abs(usual) < 500 or "factor" not in text)
    assume(abs(value) < 500 or "factor" not in text)
    says = Says("n", "d", text, expects=expects, neutral=neutral)
    telling = Telling([says], {"n": usual}, {})
    for (above, below, _), side in zip((*telling.raising, *telling.lowering), (1, -1), strict=True):
        found = value >= above or value <= below
        if any(abs(value - edge) <= 1e-11 * max(abs(value), 1e-6) for edge in (above, below)):
            continue
        assert found == tells(says, value, usual, 1.0, side)


@pytest.mark.parametrize(("present", "keeps"), [(0.2, False), (0.8, True)])
def test_what_most_never_lived_through_keeps_nobody(present, keeps):
    """A return 65 days ago, where those few who have returned something did so 30 days ago."""
    says = Says("n", "recency", "last had a return {value:when}", unit="days", expects=-1)
    telling = Telling([says], {"n": 30.0}, {"n": present})
    [[above, _, _]], [[_, below, _]] = telling.lowering, telling.raising
    assert (above <= 65.0) == keeps
    # lately it is a reason to leave, however few have had one
    assert below >= 3.0


@pytest.mark.parametrize(("value", "tells_it"), [(-0.004, False), (-0.012, True)])
def test_a_part_of_a_point_is_no_difference(value, tells_it):
    """Answered by a person less often than before, by less than 1 percentage point: nobody leaves for that."""
    says = Says("n", "human_touch", "more often, by {value:points}", below="less often, by {value:points}", expects=-1)
    assert (value <= Telling([says], {"n": 0.0}, {}).raising[0, 1]) == tells_it


def test_where_it_was_worst_keeps_nobody():
    """Whichever touchpoint it was; a label that is neither good nor bad tells on both sides."""
    says = Says(
        "n", "moments", "had the weakest experience at the touchpoint {value}", levels=("app", "web"), expects=1
    )
    telling = Telling([says], {"n": 0.0}, {})
    assert telling.raising[0, 0] <= 1.0 < telling.lowering[0, 0]
    plain = Says("n", "moments", "was served by {value}", levels=("app", "web"))
    assert Telling([plain], {"n": 0.0}, {}).lowering[0, 0] <= 1.0


@pytest.mark.parametrize(("present", "keeps"), [(0.2, False), (0.8, True)])
def test_what_goes_on_for_less_long_than_usual_keeps_nobody_whom_others_are_spared(present, keeps):
    """A matter open for 3 days, where those few who have one open have waited for 30."""
    says = Says("n", "speed", "has had a matter open for {value:days}", unit="days", expects=1)
    telling = Telling([says], {"n": 30.0}, {"n": present})
    [[_, below, _]], [[above, _, _]] = telling.lowering, telling.raising
    assert (below >= 3.0) == keeps
    assert above <= 90.0
    # how soon it was over is another matter, however few have been through it
    over = Says("n", "recovery", "had a good moment {value:days} after", window="30 days", unit="days", expects=1)
    assert Telling([over], {"n": 30.0}, {"n": present}).lowering[0, 1] >= 3.0


@given(away=st.floats(-60, 60), base=st.floats(-30, 30), shares=st.lists(st.floats(0.01, 1), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_weights_add_up_to_the_change_in_probability(away, base, shares):
    factor = path_factor(np.array([away]), base)[0]
    assert factor > 0
    parts = [share / sum(shares) * away for share in shares]
    change = logistic(base + away) - logistic(base)
    assert sum(part * factor for part in parts) == pytest.approx(change, abs=1e-12)


def test_far_from_everything():
    # from probability 1/2 to 0 over 800: a half in 800 steps; and from 1/2 to 1 over 800
    np.testing.assert_allclose(path_factor(np.array([-800.0, 800.0, 0.0]), 0.0), [0.5 / 800, 0.5 / 800, 0.25])


SERVICE = [
    Says("days", "recency", "was here {value:days} ago", expects=1, theme="rhythm"),
    Says("visits", "volume", "had {value:#visit}", expects=-1, theme="rhythm"),
    Says("spent", "value", "spent {value:.0f}", expects=-1, theme="money"),
    Says("wait", "speed", "waited {value:.0f} s", expects=1),
    Says("mood", "balance", "felt {value:mood}", expects=-1, neutral=0.0),
    Says(
        "good", "moments", "had a good moment {value:days} ago", missing="never had one", expects=1, missing_tells=True
    ),
]
USUAL = {"days": 10.0, "visits": 4.0, "spent": 50.0, "wait": 60.0, "mood": 0.7, "good": 20.0}


@pytest.mark.parametrize(
    ("parts", "values", "told"),
    [
        # what it was like comes first, being a tenth of all and more; rhythm is said once, by its strongest column; then money
        ([0.9, 0.5, 0.4, 0.3, 0.0, 0.0], [40, 1, 10, 300, 0.7, 5], ["wait", "days", "spent"]),
        # 4 visits are as usual: the column that is written otherwise speaks
        ([0.1, 0.9, 0.0, 0.0, 0.0, 0.0], [40, 4, 50, 60, 0.7, 20], ["days"]),
        # 64 s are as usual too, nearly
        ([0.0, 0.0, 0.0, 0.9, 0.0, 0.0], [10, 4, 50, 64, 0.7, 20], []),
        # a shorter wait than usual raises the risk, but is no reason to leave: the subject is silent
        ([0.0, 0.0, 0.0, 0.9, 0.0, 0.0], [10, 4, 50, 20, 0.7, 20], []),
        # worse than usual, and still good: no reason
        ([0.0, 0.0, 0.0, 0.0, 0.9, 0.0], [10, 4, 50, 60, 0.3, 20], []),
        ([0.0, 0.0, 0.0, 0.0, 0.9, 0.0], [10, 4, 50, 60, -0.3, 20], ["mood"]),
        # never to have had a good moment is a reason where most have had one
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.9], [10, 4, 50, 60, 0.7, NAN], ["good"]),
        # 0.3 in log-odds of 4.0 are little of all that raises the risk, and still what is known of why it is higher
        ([3.0, 0.0, 0.7, 0.3, 0.0, 0.0], [40, 4, 10, 300, 0.7, 5], ["wait", "days", "spent"]),
        # where good experience outweighs it, it is too little to go before money
        ([3.0, 0.0, 0.7, 0.3, -0.3, 0.0], [40, 4, 10, 300, 0.9, 5], ["days", "spent", "wait"]),
        # the only one that could speak of rhythm moves next to nothing of it
        ([0.9, 0.05, 0.0, 0.0, 0.0, 0.0], [10, 1, 50, 60, 0.7, 20], []),
        # whatever lowers the risk lowers no reason's rank, and is none
        ([-2.0, 0.0, 0.4, 0.3, 0.0, 0.0], [3, 4, 10, 300, 0.7, 5], ["wait", "spent"]),
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [40, 1, 10, 300, -0.7, 90], []),
    ],
)
def test_what_a_service_manager_is_told(parts, values, told):
    telling = Telling(SERVICE, USUAL, {})
    found = choose_reasons(
        telling, np.array([sum(parts) - 1.0]), np.array([[*parts, -1.0]]), np.array([values], dtype=np.float64), 3
    )
    assert [SERVICE[column].name for column in found.columns[:, 0] if column >= 0] == told


SILENCE = [
    Says("days", "recency", "was last active {value:when}", unit="days", expects=1, theme="rhythm"),
    Says("spent", "value", "spent {value:money} in the last {window}", window="60 days", expects=-1, theme="money"),
    Says("all", "value", "spent {value:money} in all", expects=-1, theme="money"),
    Says("good", "moments", "last had a good moment {value:when}", unit="days", expects=1, missing_tells=True),
    Says("mood", "balance", "felt {value:mood}", expects=-1, neutral=0.0),
    Says("glad", "balance", "had {value:extent} reason to be glad", zero="had no reason", window="30 days", expects=-1),
    Says("word", "attention", "has not heard from us since a purchase {value:when}", unit="days", expects=1),
]


@pytest.mark.parametrize(
    ("parts", "values", "told"),
    [
        # the last thing they did went well, 48 days ago: that is how long they have been silent, and no bad experience
        ([0.9, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0], [48, 80, 200, 48.0, 0.5, 1.0, 5], ["days"]),
        # another column of the subject speaks in its place
        ([0.9, 0.0, 0.0, 0.5, 0.2, 0.0, 0.0], [48, 80, 200, 48.0, -0.5, 1.0, 5], ["mood", "days"]),
        # they were here since, and it did not go well
        ([0.9, 0.0, 0.0, 0.5, 0.2, 0.0, 0.0], [40, 80, 200, 48.0, -0.5, 1.0, 5], ["good", "days"]),
        # nothing was spent in 60 days in which nothing was done: what they spent in all is another matter
        ([0.9, 0.5, 0.3, 0.0, 0.0, 0.0, 0.0], [60, 0, 20, 5.0, 0.5, 1.0, 5], ["days", "all"]),
        ([0.9, 0.5, 0.3, 0.0, 0.0, 0.0, 0.0], [59, 0, 20, 5.0, 0.5, 1.0, 5], ["days", "spent"]),
        # that nobody wrote to them since is what can be mended
        ([0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5], [48, 80, 200, 5.0, 0.5, 1.0, 48], ["word", "days"]),
        # what nobody felt in 30 days in which nothing was done, nobody missed; had they been here, they would have
        ([0.9, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0], [48, 80, 200, 5.0, 0.5, 0.0, 5], ["days"]),
        ([0.9, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0], [20, 80, 200, 5.0, 0.5, 0.0, 5], ["glad", "days"]),
        # who is not known to have done anything has no silence
        ([0.0, 0.5, 0.3, 0.5, 0.0, 0.0, 0.0], [NAN, 0, 20, 48.0, 0.5, 1.0, 5], ["good", "spent"]),
    ],
)
def test_a_silence_is_told_once(parts, values, told):
    usual = {"days": 9.0, "spent": 90.0, "all": 300.0, "good": 13.0, "mood": 0.5, "glad": 1.0, "word": 5.0}
    telling = Telling(SILENCE, usual, {})
    raw, rows, X = np.array([sum(parts) - 1.0]), np.array([[*parts, -1.0]]), np.array([values], dtype=np.float64)
    found = choose_reasons(telling, raw, rows, X, 3)
    assert [SILENCE[column].name for column in found.columns[:, 0] if column >= 0] == told


def test_that_the_last_contact_went_well_keeps():
    telling = Telling(SILENCE, {"days": 9.0, "good": 13.0}, {})
    parts, X = np.array([[-0.9, 0, 0, -0.5, 0, 0, 0, -1.0]]), np.array([[3.0, 80, 200, 3.0, 0.5, 1.0, 5]])
    found = choose_reasons(telling, np.array([-2.4]), parts, X, 3, lowers=True)
    assert [SILENCE[column].name for column in found.columns[:, 0] if column >= 0] == ["days", "good"]


@pytest.mark.parametrize(
    ("wait", "mood", "told"),
    [
        # of 3.0 + 0.7 + wait: a tenth is 0.411, and 0.412 is more than it, whatever else was good
        (0.42, -0.42, ["wait", "days"]),
        (0.40, -0.40, ["days", "spent"]),
        # 3.7 raise the risk from 26.9 % to 93.8 %, at 18 points each: 0.02 more than was good are a third of a point
        (0.40, -0.38, ["days", "spent"]),
        # and 0.04 are two thirds
        (0.40, -0.36, ["wait", "days"]),
    ],
)
def test_an_experience_that_counts_comes_first(wait, mood, told):
    parts = [3.0, 0.0, 0.7, wait, mood, 0.0]
    telling = Telling(SERVICE, USUAL, {})
    values = np.array([[40.0, 4, 10, 300, 0.7, 5]])
    found = choose_reasons(telling, np.array([sum(parts) - 1.0]), np.array([[*parts, -1.0]]), values, 2)
    assert [SERVICE[column].name for column in found.columns[:, 0]] == told
    assert (found.points[0, 0] < found.points[1, 0]) == (told[0] == "wait")


def test_what_lowers_the_risk():
    parts = [-0.9, 0.4, -0.4, -0.3, 0.0, 0.0]
    values = np.array([[3.0, 9, 90, 300, 0.9, 5]])  # 300 s of waiting lower no risk
    telling = Telling(SERVICE, USUAL, {})
    found = choose_reasons(telling, np.array([sum(parts)]), np.array([[*parts, 0.0]]), values, 3, lowers=True)
    assert found.columns[:, 0].tolist() == [0, 2, -1]
    assert (found.points[:2, 0] < 0).all()


def test_nobody_and_nothing():
    telling = Telling(SERVICE, USUAL, {})
    nobody = choose_reasons(telling, np.empty(0), np.empty((0, 7)), np.empty((0, 6)), 2)
    assert nobody.columns.shape == nobody.points.shape == (2, 0)
    nothing = choose_reasons(Telling([], {}, {}), np.zeros(4), np.zeros((4, 1)), np.empty((4, 0)), 2)
    assert nothing.columns.tolist() == [[-1] * 4] * 2
    unknown = Telling(SERVICE[:1], {}, {})
    assert choose_reasons(unknown, np.ones(1), np.ones((1, 2)), np.ones((1, 1)), 1).columns.tolist() == [[-1]]


def test_the_same_number_is_said_the_same_and_a_missing_one_too():
    says = [
        Says("n", "effort", "had {value:#contact}", zero="had none", missing="has no record"),
        Says("m", "x", "is {value}"),
    ]
    features = np.array([[0.0, 1], [2, 1], [NAN, 1], [2, 1], [1, 1], [-0.0, 1], [NAN, 2]])
    columns = np.array([0, 0, 0, 0, 0, 0, 1])
    telling = Telling(says, {"n": 1.0}, {})
    found = sentences(columns, features, telling).tolist()
    assert found == [reason(telling, c, row[c]) for c, row in zip(columns.tolist(), features, strict=True)]
    assert found[:3] == ["Had none (usual: 1 contact)", "Had 2 contacts (usual: 1 contact)", "Has no record"]
    assert sentences(np.array([-1, 0]), features[:2], telling).tolist() == ["", found[1]]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        *(
            (0.5, "+0.5 points"),
            (1.0, "+1.0 points"),
            (1.449, "+1.4 points"),
            (-0.6, "-0.6 points"),
            (1.949, "+1.9 points"),
        ),
        *((1.95, "+2 points"), (2.49, "+2 points"), (2.5, "+3 points"), (-2.5, "-3 points"), (1234.0, "+1,234 points")),
    ],
)
def test_points_in_words(points, said):
    assert points_said(points) == said


def test_reasons_of_a_row_of_scores():
    row = {"reason_1": "Waited", "points_1": 3.2, "reason_2": "", "points_2": NAN, "reason_3": None}
    assert reasons_said(row) == ["Waited (+3 points)"]
    assert reasons_said({"reason_1": "Waited"}) == ["Waited"]
    assert reasons_said({"customer_id": "C-1"}) == []
