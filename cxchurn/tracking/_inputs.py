"""What a run learned from and was judged on: what the columns are, how many rows, a checksum; no row of it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from cxchurn.evaluation import Evaluation
from cxchurn.interactions import fingerprint
from cxchurn.panel import Panel
from cxchurn.tracking._record import Data

# 64 bits: MLflow takes digests of up to 36 characters
_DIGEST = 16


def of_training(panel: Panel) -> list[Data]:
    """Return the interaction log and the panel that a model learned from."""
    found = fingerprint(panel.log)
    digest = found.pop("sha256")[:_DIGEST]
    columns = {field.name: str(field.type) for field in panel.log.types}
    log = Data("interactions", digest, "training", columns, {**found, "until": str(panel.log.observed_until)})
    return [log, _rows("training panel", "training", panel.frame)]


def of_test(evaluation: Evaluation) -> list[Data]:
    """Return the rows that a model was judged on."""
    own = ["customer_id", "cutoff", "group", "churned", "already_silent"]
    frame = evaluation.predictions
    return [_rows("test panel", "evaluation", frame[[name for name in own if name in frame]])]


def _rows(name: str, context: str, frame: pd.DataFrame) -> Data:
    counts: dict[str, Any] = {
        "rows": len(frame),
        "customers": int(frame["customer_id"].nunique()),
        "churned": int(frame["churned"].sum()),
    }
    if "cutoff" in frame and len(frame):
        counts |= {"first": str(frame["cutoff"].min()), "last": str(frame["cutoff"].max())}
    hashes = pd.util.hash_pandas_object(frame.astype({"customer_id": str}), index=False).to_numpy()
    digest = hashlib.sha256(np.sort(hashes).tobytes()).hexdigest()[:_DIGEST]
    return Data(name, digest, context, {str(column): str(kind) for column, kind in frame.dtypes.items()}, counts)
