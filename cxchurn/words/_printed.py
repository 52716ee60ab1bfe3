"""Results that print as text and, in a notebook, as tables, in the language that they speak."""

from __future__ import annotations

from abc import abstractmethod

from cxchurn.words._language import Language
from cxchurn.words._said import speaking


class Printed:
    """A result that says itself: in its own language, else in the one that is spoken around it."""

    # a field or a property of the result
    language: Language | None

    @abstractmethod
    def _text(self) -> str:
        """Return the result in lines of 80 letters."""

    @abstractmethod
    def _html(self) -> str:
        """Return the result for a notebook."""

    def __str__(self) -> str:
        with speaking(self.language):
            return self._text()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        with speaking(self.language):
            return self._html()
