"""One number over another."""

from __future__ import annotations

import numpy as np


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the part over the whole, missing where the whole is not above 0; float64, the shape of both."""
    out = np.empty(whole.shape)
    out.fill(np.nan)
    return np.divide(part, whole, out=out, where=whole > 0)
