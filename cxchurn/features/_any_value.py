"""Any value of a column, as it stands where what the column means is said without one."""

from __future__ import annotations

from collections.abc import Mapping

from cxchurn.words import Forms, Language


class AnyValue:
    """Any value, said as the format would say one: ``n days``, ``n visits``, ``good or bad``.

    Parameters
    ----------
    language : Language
    nouns : mapping of str to tuple of str
        Further nouns, by what they are called after the ``#``.
    """

    def __init__(self, language: Language, nouns: Mapping[str, Forms]) -> None:
        self._language = language
        self._nouns = nouns

    def __format__(self, spec: str) -> str:
        words = self._language.section("any_value")
        if spec.startswith("#"):
            forms = self._nouns.get(spec[1:]) or self._language.noun(spec[1:])
            return str(words["count"]).format(self._language.several(forms))
        size, _, signs = spec.partition(" ")
        if "|" in size:
            return str(words["either"]).format(*spec.split("|"))
        if "|" in signs:
            return f"{self:{size}} {words['either'].format(*signs.split('|'))}"
        return str(words.get(size, words["number"]))
