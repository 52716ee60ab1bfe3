"""What is written down of a run, as plain data: it can lie in a folder until a server is there again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from cxchurn._core import DataError, write_whole

FILE = "run.json"
# the parts of a folder that holds a run: what goes to the run's artifacts, and the model as MLflow keeps it
ARTIFACTS, MODEL = "artifacts", "model"


@dataclass(frozen=True)
class Measured:
    """One number of a run.

    Parameters
    ----------
    key : str
    value : float
    step : int
        The place of a cut-off, 0 for a number about all.
    at : int or None
        Milliseconds since 1970, where the number is about an instant.
    """

    key: str
    value: float
    step: int = 0
    at: int | None = None


@dataclass(frozen=True)
class Data:
    """What a run learned from or was judged on: its shape, never its rows.

    Parameters
    ----------
    name : str
    digest : str
        A checksum of the content.
    context : str
        ``"training"`` or ``"evaluation"``.
    columns : dict of str to str
        Names and types.
    counts : dict
        Rows and the like.
    """

    name: str
    digest: str
    context: str
    columns: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A run, or a run inside it.

    Parameters
    ----------
    name : str
    params, tags : dict of str to str
    metrics : list of Measured
    data : list of Data
    inside : list of Record
        Trials of a tuning, origins of a backtest.
    about : dict of str to str
        What is said of the model itself: its ``card``, and whose metrics the run has (``judged``).
    own : dict of str to str
        Which of the tags are the user's own: the model has them too.
    """

    name: str
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[Measured] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    inside: list[Record] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    def of_model(self) -> list[Measured]:
        """Return the numbers that the model's own page shows: its own, or those of the same recipe, called so."""
        own = [one for one in self.metrics if "/" not in one.key]
        judged = self.about.get("judged", "itself")
        if judged == "itself":
            return own
        return [replace(one, key=f"same_recipe/{one.key}") for one in own] if judged == "recipe" else []

    def write(self, folder: Path, **asked: Any) -> None:
        """Write the record to a folder, with what else was asked for."""
        text = json.dumps({"record": asdict(self), "asked": asked}, indent=1, ensure_ascii=False)
        write_whole(folder / FILE, lambda file: file.write_text(text + "\n", encoding="utf-8"))

    @classmethod
    def read(cls, folder: Path) -> tuple[Self, dict[str, Any]]:
        """Read a record from a folder, and what else was asked for."""
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls.of(said["record"]), said["asked"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{folder} holds no run that waits to be written down: {FILE} is missing or damaged.",
                allowed="a folder that log_run named in an error",
            ) from error

    @classmethod
    def of(cls, said: dict[str, Any]) -> Self:
        """Make a record of plain data."""
        parts = {
            "metrics": [Measured(**one) for one in said["metrics"]],
            "data": [Data(**one) for one in said["data"]],
            "inside": [cls.of(one) for one in said["inside"]],
        }
        return cls(**{**said, **parts})
