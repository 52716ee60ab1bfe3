"""A proof that no two rows of a source share an id: by 64 bits of each, in memory or in files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxchurn.interactions.store._batch import ID
from cxchurn.interactions.store._dividing import Folder, said_of_disk
from cxchurn.interactions.store._hashes import mixed
from cxchurn.interactions.store._repeats import twice
from cxchurn.interactions.store._threads import in_turn
from cxchurn.interactions.store._written import Written


class Once:
    """Takes in the ids of a source's rows, in memory, and says whether one of them may be there twice.

    Attributes
    ----------
    size : int
        How many ids there are.
    """

    def __init__(self) -> None:
        self.size = 0
        self._bits: list[np.ndarray] = []

    def add(self, ids: Sequence[np.ndarray]) -> None:
        """Add ids, as 64 bits each; arrays of uint64."""
        self.size += sum(bits.size for bits in ids)
        self._bits += ids

    def may_repeat(self) -> bool:
        """Whether one id may be there twice; False is a proof."""
        return bool(twice(np.concatenate([np.empty(0, np.uint64), *self._bits])).size)

    def close(self) -> None:
        """Forget them."""
        self._bits = []


class OnceOnDisk:
    """The same, in as many parts on disk as a log is divided into: an id is in one of them, whoever its customer is.

    Parameters
    ----------
    folder : Folder
        Where the log goes.

    Attributes
    ----------
    size : int
        How many ids there are.
    """

    def __init__(self, folder: Folder) -> None:
        self.size = 0
        self._parts = folder.parts
        self._file = folder.path / "ids"
        with said_of_disk():
            self._written = Written(self._file)
        self._starts: list[np.ndarray] = []

    def add(self, ids: Sequence[np.ndarray]) -> None:
        """Add ids, as 64 bits each; arrays of uint64."""
        for bits in ids:
            self._write(bits)

    def _write(self, bits: np.ndarray) -> None:
        self.size += bits.size
        part = (mixed(bits) % np.uint64(self._parts)).astype(np.uint16)
        starts = np.concatenate([[0], np.cumsum(np.bincount(part, minlength=self._parts))])
        with said_of_disk():
            self._written.write(bits[np.argsort(part, kind="stable")].view(np.int64), starts)
        self._starts.append(starts)

    def may_repeat(self) -> bool:
        """Whether one id may be there twice; False is a proof."""
        return any(in_turn(self._part_may_repeat, range(self._parts)))

    def _part_may_repeat(self, part: int) -> bool:
        found = np.sort(np.asarray(self._written.read(part, ID, self._starts)))
        return bool((found[1:] == found[:-1]).any())

    def close(self) -> None:
        """Remove the files."""
        self._written.close()
        self._file.unlink(missing_ok=True)
        self._file.with_suffix(".text").unlink(missing_ok=True)
