"""What a feature set learned: all that it takes to make features, and nothing that it takes to learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxchurn._core import span
from cxchurn.features._builder import Builder
from cxchurn.features._says import Says
from cxchurn.features.fitting._depths import Depths
from cxchurn.features.shared._references import References
from cxchurn.history import Depth, Populations
from cxchurn.interactions import InteractionLog
from cxchurn.panel import ChurnDefinition


class FittedFeatures:
    """The learned part of a `FeatureSet`, which says what the attributes mean; a service loads it without scikit-learn."""

    log: InteractionLog | None = None
    horizon: str
    references: References | None
    lookback: str | None
    dtype: str
    min_customers: int
    builders_: Sequence[Builder]
    says_: list[Says]
    spare_: list[Says]
    known_: dict[str, tuple[str, ...]]
    churn_: ChurnDefinition | None
    populations_: Populations
    depths_: Depths
    references_: References
    timezone_: str
    roles_: tuple[str, ...]
    columns_: tuple[str, ...]
    notes_: tuple[str, ...]
    called_: tuple[str, ...]

    @property
    def depth_(self) -> Depth:
        """How far back an as-of view of these features sees, and where the log it was learned from began."""
        back = None if self.lookback is None else span(self.lookback, name="lookback").microseconds
        return Depth(back, self.depths_.log_start, span(self.horizon, name="horizon").microseconds)

    @property
    def categories_(self) -> dict[str, tuple[str, ...]]:
        """The columns that hold positions in a list of labels, with the lists."""
        return {says.name: says.levels for says in self.says_ if says.levels is not None}

    @property
    def spare_names_(self) -> frozenset[str]:
        """The columns that its builders make and that are left out."""
        return frozenset(says.name for says in self.spare_)

    @property
    def about_(self) -> dict[str, Any]:
        """What was learned that a view knows beside the events, as `as_of` takes it."""
        return {"known": self.known_, "populations": self.populations_, "depth": self.depth_}
