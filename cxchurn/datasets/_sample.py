"""The sample: a small simulated company that lies in the repository and can be made again anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cxchurn._core import UsageError
from cxchurn.datasets._files import write_simulation
from cxchurn.datasets._simulation import simulate

_IN_CLONE = Path(__file__).parents[2] / "data" / "sample"


class Sample(NamedTuple):
    """The two tables of the sample, to be handed to ``read_interactions``.

    Parameters
    ----------
    interactions, customers : Path
        Parquet files.
    """

    interactions: Path
    customers: Path


def load_sample() -> Sample:
    """Return where the repository's sample lies: 2,000 simulated customers over eighteen months.

    Returns
    -------
    Sample
        The paths ``interactions`` and ``customers``.

    Raises
    ------
    UsageError
        Where the package runs without its repository; `sample_files` makes the same files anywhere.
    """
    sample = Sample(_IN_CLONE / "interactions.parquet", _IN_CLONE / "customers.parquet")
    if not all(path.is_file() for path in sample):
        raise UsageError(
            "The sample lies in the repository, and is not there.", hint="sample_files('data/sample') makes it."
        )
    return sample


def sample_files(folder: str | Path) -> Sample:
    """Make the sample in a folder; its content equals the repository's.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there; files of the same name are replaced.

    Returns
    -------
    Sample
        The paths ``interactions`` and ``customers``; the truth and the schema lie beside them.
    """
    files = write_simulation(simulate(2000, "2023-07-01", "2025-01-01", random_state=0), folder)
    return Sample(files.interactions, files.customers)
