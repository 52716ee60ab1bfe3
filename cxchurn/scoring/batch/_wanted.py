"""What is wanted of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxchurn._core import UsageError
from cxchurn.features import References
from cxchurn.scoring.batch._bands import BandRule


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is to be said of the customers, beside the probability; for the meaning of each see `cxchurn.score_to`."""

    at: Any = None
    reasons: int = 0
    references: References | str | Path | None = None
    allow_shallow: bool = False
    bands: BandRule | str | None = None
    intervals: float | bool = False
    value: Any = None
    exclude: Any = None
    top: int | None = None
    allow_missing: bool = False

    def __post_init__(self) -> None:
        for name, least in (("reasons", 0), ("top", 1)):
            number = getattr(self, name)
            if number is not None and (type(number) is not int or number < least):
                raise UsageError(f"{name} is {number!r}.", allowed=f"a whole number, {least} or more")
        if self.intervals is not False and not 0 < float(self.level) < 1:
            raise UsageError(
                f"intervals is {self.intervals!r}.", allowed="True, or a number between 0 and 1", hint="intervals=0.9"
            )

    @property
    def rules(self) -> dict[str, Any]:
        """By which rules the list is made, as plain data: what has to be alike where two lists are compared."""
        named = self.value is None or (isinstance(self.value, str) and not Path(self.value).suffix)
        return {
            "bands": "the model's own" if self.bands is None else str(BandRule.read(self.bands)),
            "top": self.top,
            "some left out": self.exclude is not None,
            "value": self.value if named else "a table",
        }

    @property
    def level(self) -> float:
        """The share of intervals that are to hold the true rate."""
        return 0.9 if isinstance(self.intervals, bool) else self.intervals
