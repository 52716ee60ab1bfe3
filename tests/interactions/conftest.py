from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from cxchurn.interactions import InteractionLog, Schema, read_interactions

from .interaction_rows import NOW


@pytest.fixture
def read():
    """Read rows given as dicts with the canonical names, with exactly the columns they have."""

    def reading(rows: list[dict[str, Any]], schema: Schema | None = None, **options: Any) -> InteractionLog:
        frame = pd.DataFrame(rows)
        if schema is None:
            schema = Schema(**{name: name for name in frame.columns})
        return read_interactions(frame, schema, **{"now": NOW, **options})

    return reading
