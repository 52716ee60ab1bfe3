"""Times on file without a zone are of the schema's clock, however they are given."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import CustomerSchema
from cxchurn.scoring.online.store._on_file import Attributes

# midnight in New York on 1 January 2023 is 5 o'clock UTC
FIVE = int(np.datetime64("2023-01-01T05:00", "us").astype(np.int64))
ABOUT = Attributes({"signup": "time"}, frozenset(), "America/New_York", CustomerSchema())


@pytest.mark.parametrize(
    "given",
    [
        "2023-01-01",
        datetime(2023, 1, 1),
        pd.Timestamp("2023-01-01"),
        np.datetime64("2023-01-01"),
        pd.Timestamp("2023-01-01T05:00", tz="UTC"),
        "2023-01-01T05:00:00Z",
    ],
)
def test_a_time_is_read_as_in_a_table(given):
    assert ABOUT.read({"signup": given}) == {"signup": FIVE}


def test_a_number_is_read_as_the_schema_says_that_it_is_written():
    said = CustomerSchema(decimal=",", thousands=".", percent=("load",))
    about = Attributes({"load": "number", "fee": "number"}, frozenset(), "UTC", said)
    assert about.read({"load": "12,5 %", "fee": "1.234,5"}) == {"load": 12.5, "fee": 1234.5}
    assert about.read({"load": 0.0, "fee": 3}) == {"load": 0.0, "fee": 3.0}
    for name, value in (("load", 0.125), ("load", "12,5"), ("fee", "3 %")):
        with pytest.raises(UsageError, match="percent sign" if name == "load" else "a number"):
            about.read({name: value})
