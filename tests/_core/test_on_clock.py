"""What a clock shows, for people to read."""

from __future__ import annotations

import numpy as np

from cxchurn._core import iso, on_clock


def test_midnight_on_the_clock_is_a_day_and_not_the_evening_before():
    # 1 July in Berlin begins at 22:00 UTC, 1 January at 23:00
    assert iso(on_clock(np.datetime64("2025-06-30T22:00"), "Europe/Berlin")) == "2025-07-01"
    assert iso(on_clock(np.datetime64("2024-12-31T23:00"), "Europe/Berlin")) == "2025-01-01"
    assert iso(on_clock(np.datetime64("2025-01-01"), "UTC")) == "2025-01-01"
