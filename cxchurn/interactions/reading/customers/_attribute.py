"""How one column of a customers table is read."""

from __future__ import annotations

from dataclasses import dataclass

from cxchurn.interactions.reading.casts._casts import Cast


@dataclass(frozen=True)
class Attribute:
    """How one column of a customers table is read.

    Parameters
    ----------
    kind : {"number", "text", "time"}
        What it holds.
    read : Cast
        The SQL for its values.
    how : str
        How its text is written, where that was found out; else "".
    formats : tuple of str
        How its times are written, the first that fits a cell first.
    said : bool
        Whether the schema says that it is written so.
    """

    kind: str
    read: Cast
    how: str = ""
    formats: tuple[str, ...] = ("iso",)
    said: bool = False

    def __str__(self) -> str:
        return f"{self.kind}{f', written {self.how}' if self.how else ''}"
