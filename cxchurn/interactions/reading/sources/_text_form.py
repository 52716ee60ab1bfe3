"""How text files are written: as a schema says it, or as was found by their first lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cxchurn.interactions.reading.sources._sniffed import sniffed
from cxchurn.interactions.reading.sources._text_files import first_line_of, usual_delimiter


@dataclass(frozen=True)
class TextForm:
    """How text files are written.

    Parameters
    ----------
    columns, delimiter, skip, encoding : optional
        As in a `Schema`.
    said : bool
        Whether a schema says all of it: what it does not say is then as usual. Otherwise what separates the columns, and what
        stands before the header, is found out where it is not as usual.
    """

    columns: tuple[str, ...] | None = None
    delimiter: str | None = None
    skip: int = 0
    encoding: str | None = None
    said: bool = False

    def found(self, file: str) -> TextForm:
        """Return how a file is written of which nothing was said."""
        usual = usual_delimiter(file)
        look = sniffed(file)
        if look is None or (len(first_line_of(file, usual)) >= look.columns and not look.skip):
            return self
        delimiter = None if look.delimiter == usual else look.delimiter
        return replace(self, delimiter=delimiter, skip=look.skip, columns=look.names)

    @property
    def unusual(self) -> dict[str, Any]:
        """What a schema would have to say of it."""
        said = {
            "delimiter": self.delimiter,
            "skip": self.skip or None,
            "columns": self.columns,
            "encoding": self.encoding,
        }
        return {name: value for name, value in said.items() if value is not None}


AS_USUAL = TextForm()
