"""An axis of lengths of time says minutes, hours and days, and keeps lines apart that differ by far."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxchurn.report.plots._lengths import in_lengths


def axis(*lines: list[float]) -> tuple[Axes, list[str]]:
    ax = Figure().subplots()
    in_lengths(ax, [np.array(line) for line in lines])
    return ax, [label.get_text() for label in ax.get_yticklabels()]


def test_lengths_that_are_alike_stand_on_an_even_scale_in_one_unit() -> None:
    ax, labels = axis([200.0, np.nan, 240.0], [130.0, 150.0])
    assert ax.get_yscale() == "linear"
    assert labels[:4] == ["0", "1 minute", "2 minutes", "3 minutes"]
    assert axis([1 * 86_400.0, 4 * 86_400.0])[1] == ["0", "1 day", "2 days", "3 days", "4 days", "5 days"]


def test_lengths_that_are_far_apart_stand_on_a_scale_that_multiplies() -> None:
    # a chat answered within a minute beside e-mails answered within half a day: 720 times as long
    ax, labels = axis([50.0, 70.0], [43_000.0, 44_000.0])
    assert ax.get_yscale() == "log"
    assert labels == ["1 minute", "10 minutes", "1 hour", "6 hours", "1 day"]


def test_nothing_waited_or_known_is_drawn_all_the_same() -> None:
    assert axis([0.0, 0.0], [5_000.0])[0].get_yscale() == "linear"
    assert axis([np.nan])[0].get_yscale() == "linear"
