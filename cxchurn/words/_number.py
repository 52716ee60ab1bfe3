"""Numbers in words: counts, money, shares, lengths of time, moods and differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from cxchurn.words._language import Forms, Language, english

_DAY, _HOUR, _YEAR = 86_400.0, 3_600.0, 365.25 * 86_400.0
# from two years on days say less than years
_SIZES = (("year", 2 * _YEAR, _YEAR), ("day", _DAY, _DAY), ("hour", _HOUR, _HOUR), ("minute", 60.0, 60.0))
# fifths of the scale from -1 to 1
_MOODS = ((-0.6, "very_bad"), (-0.2, "bad"), (0.2, "neither"), (0.6, "good"), (math.inf, "very_good"))
# how far a ratio's logarithm, and a feeling from -1 to 1, has to be from nothing to differ clearly and greatly
_BY_RATIO = ((0.3, "slight"), (0.9, "clear"), (math.inf, "great"))
_BY_FEELING = ((0.15, "slight"), (0.5, "clear"), (math.inf, "great"))
_EXTENTS = ((0.75, "little"), (2.0, "some"), (math.inf, "much"))
# from a thousand million on a word stands for the zeros, which nobody counts
_LARGE = 1e9
# from here on a ratio is so many times, before it a share: "1 times" is no word
IN_TIMES = 1.05
# from here on how many times says nothing more: a ratio so large comes of a usual next to nothing
_MANY_TIMES = 20
# far beyond what is told apart; nothing overflows in another unit
_MOST = 1e30


class Number(float):
    """A number that can be formatted in words.

    =====================  =================================================================================================
    ``#visit``             a count with its noun: ``no visit``, ``1 visit``, ``3 visits``; of times ``once``, ``twice``
    ``count``              the same without its noun: ``3``
    ``number``, nothing    a plain number, never in powers of ten: ``12,300``, ``0.25``
    ``money``              an amount: ``12.50``, ``1,234``
    ``share``              a part of a whole, in percent: ``25%``
    ``portion``            a part of all others: ``85% of``, ``only 5% of``, ``nearly all``
    ``points``             a difference of shares: ``20 percentage points``
    ``days hours seconds`` a length of time in that unit: ``3 days``, ``5 minutes``, ``2.5 years``
    ``when``               how many days ago, below 0 ahead: ``3 days ago``, ``in 3 days``
    ``fold``               so many times as much: ``1.4 times``, ``30%``
    ``times``              the same, below one too: ``0.3 times``
    ``factor``             as ``fold``, for a number that is the logarithm of the ratio
    ``degree``, ``shade``  by how much a ratio (its logarithm), or a feeling, differs: ``slightly``, ``clearly``, ``far``
    ``mood``               a feeling from -1 to 1: ``very bad`` to ``very good``
    ``extent``             how much feeling came together: ``little``, ``some``, ``much``
    =====================  =================================================================================================

    Two words after a format say the sign: ``days longer|shorter`` writes ``3 days longer`` or ``3 days shorter``. Anything else
    is one of Python's own number formats.

    Parameters
    ----------
    value : float
    language : Language, optional
        Default: English.
    nouns : mapping of str to tuple of str, optional
        Further nouns, by what they are called after the ``#``.
    currency : str, optional
        What money is counted in, such as ``"EUR"``.
    """

    language: Language
    nouns: Mapping[str, Forms]

    currency: str | None

    def __new__(
        cls,
        value: float,
        language: Language | None = None,
        nouns: Mapping[str, Forms] | None = None,
        currency: str | None = None,
    ) -> Number:
        """Make the number, which remembers the words to be said in."""
        number = super().__new__(cls, value)
        number.language = english() if language is None else language
        number.nouns = nouns or {}
        number.currency = currency
        return number

    def __format__(self, spec: str) -> str:
        value = min(max(float(self), -_MOST), _MOST)
        if spec.startswith("#"):
            noun = spec[1:]
            return counted(value, noun, self.nouns.get(noun) or self.language.noun(noun), self.language)
        if "|" in spec:
            size, _, signs = spec.partition(" ")
            return f"{Number(abs(self), self.language, self.nouns, self.currency):{size}} {signs.split('|')[self < 0]}"
        words = _FORMATS.get(spec)
        if words is not None:
            text = words(value, self.language)
            return text if spec != "money" or not self.currency else self._in_currency(text)
        return self._in_figures(spec)

    def _in_figures(self, spec: str) -> str:
        """Write the number in one of Python's own formats, with the signs of the language."""
        of_hundred = spec.endswith("%")
        value = 100 * float(self) if of_hundred else float(self)
        whole = spec.endswith(",") and value.is_integer()
        text = format(int(value) if whole else value, f"{spec[:-1]}f" if of_hundred else spec)
        if text[:1] in "+-" and not text.strip("+-0.,"):
            # nothing is neither more nor less than nothing
            text = text[1:]
        text = self.language.figures(text)
        return self.language.word("numbers", "percent").format(text) if of_hundred else text

    def _in_currency(self, text: str) -> str:
        return self.language.word("numbers", "money").format(text, self.currency)


def counted(value: float, noun: str, forms: Forms, language: Language) -> str:
    """Write a count with its noun."""
    if value == 0:
        return language.nothing(forms) or language.word("numbers", "none").format(forms[0])
    number = _countable(value)
    if noun == "time" and number in (1, 2):
        return language.forms("numbers", "times")[int(number) - 1]
    if 0 < value < 0.001:
        return language.word("numbers", "almost_none").format(language.several(forms))
    figures = _short(abs(number)) if abs(number) < _LARGE else ""
    return f"{plain(number, language)} {language.form(forms, figures)}"


def _countable(value: float) -> float:
    """Round a number of things that can be counted, of which more than one decimal says nothing, below one more than two."""
    return round(value, 1 if abs(value) >= 1 else 2) if abs(value) >= 0.01 else value


def plain(value: float, language: Language) -> str:
    """Write a number with three figures or so, and never in powers of ten."""
    size = abs(value)
    if 0 < size < 0.001:
        return language.word("numbers", "almost_zero")
    text = _large(size, language) if size >= _LARGE else language.figures(_short(size))
    return language.word("numbers", "minus").format(text) if value < 0 else text


def _short(size: float) -> str:
    if size == round(size):
        return f"{size:,.0f}"
    # two decimals above 1, one above 10, none above 100; below 1 two figures
    decimals = max(0, 2 - int(math.log10(size))) if size >= 1 else 1 - math.floor(math.log10(size))
    text = f"{size:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _large(size: float, language: Language) -> str:
    thousand_millions, words = size / _LARGE, language.forms("numbers", "large")
    for word in words[:-1]:
        if thousand_millions < 1000:
            return f"{language.figures(_short(thousand_millions))} {word}"
        thousand_millions /= 1000
    if thousand_millions >= 1000:
        return language.word("numbers", "more_than").format(f"{language.figures('1,000')} {words[-1]}")
    return f"{language.figures(_short(thousand_millions))} {words[-1]}"


def _money(value: float, language: Language) -> str:
    size = abs(value)
    if size >= 99.995:
        text = plain(float(round(size)), language)
    elif 0 < size < 0.005:
        text = language.word("numbers", "less_than").format(language.figures("0.01"))
    else:
        text = language.figures(f"{size:.2f}".removesuffix(".00"))
    return language.word("numbers", "minus").format(text) if value < 0 else text


def _share(value: float, language: Language) -> str:
    size = abs(value)
    if 0 < size < 0.005:
        return _percent("less_than", "1", language)
    if 0.995 <= size < 1:
        return _percent("more_than", "99", language)
    text = language.word("numbers", "percent").format(plain(float(round(size * 100)), language))
    return language.word("numbers", "minus").format(text) if value < 0 else text


def _percent(key: str, figures: str, language: Language) -> str:
    return language.word("numbers", key).format(language.word("numbers", "percent").format(figures))


def _points(value: float, language: Language) -> str:
    size, forms = abs(value) * 100, language.noun("percentage point")
    if 0 < size < 0.5:
        return language.word("numbers", "less_than").format(f"1 {forms[0]}")
    return counted(float(round(size)), "percentage point", forms, language)


def _length(seconds: float, language: Language) -> str:
    size = abs(seconds)
    text = language.word("spans", "no_time") if size == 0 else _span(size, language)
    return language.word("numbers", "minus").format(text) if seconds < 0 else text


def _span(size: float, language: Language) -> str:
    for unit, least, one in _SIZES:
        if size >= least:
            number = round(size / one, 1) if unit == "year" and size < 10 * one else float(round(size / one))
            return counted(number, unit, language.noun(unit), language)
    whole = float(round(size))
    return counted(whole, "second", language.noun("second"), language) if whole else language.word("spans", "short")


def _when(days: float, language: Language) -> str:
    if days == 0:
        return language.word("spans", "now")
    return language.word("spans", "ago" if days > 0 else "ahead").format(_length(abs(days) * _DAY, language))


def _fold(value: float, language: Language) -> str:
    if value < IN_TIMES:
        return _share(value, language)
    return _so_many_times(value, plain(round(value, 1), language), language)


def _times(value: float, language: Language) -> str:
    # one decimal beside the 2.4 times of the sentence; more only where that would be nothing
    figures = (
        language.figures(f"{value:.1f}") if 0.05 <= value < IN_TIMES else plain(round(value, 1 + (value < 1)), language)
    )
    return _so_many_times(value, figures, language)


def _so_many_times(value: float, figures: str, language: Language) -> str:
    fold = language.word("numbers", "fold")
    if value <= _MANY_TIMES:
        return fold.format(figures)
    return language.word("numbers", "more_than").format(fold.format(_MANY_TIMES))


def _portion(value: float, language: Language) -> str:
    if value >= 0.975 or value < 0.025:
        return language.word("numbers", "nearly_all" if value >= 0.975 else "hardly_any")
    # "longer than 5% of customers" alone would read like much
    return language.word("numbers", "portion" if value >= 0.5 else "portion_few").format(_share(value, language))


def _factor(value: float, language: Language) -> str:
    return _fold(math.exp(min(value, 50.0)), language)


def _first(bounds: tuple[tuple[float, str], ...], value: float) -> str:
    return next(word for bound, word in bounds if value <= bound)


_FORMATS: dict[str, Callable[[float, Language], str]] = {
    "": plain,
    "number": plain,
    "count": lambda value, language: plain(_countable(value), language),
    "money": _money,
    "share": _share,
    "portion": _portion,
    "points": _points,
    "days": lambda value, language: _length(value * _DAY, language),
    "hours": lambda value, language: _length(value * _HOUR, language),
    "seconds": _length,
    "when": _when,
    "fold": _fold,
    "times": _times,
    "factor": _factor,
    "mood": lambda value, language: language.word("moods", _first(_MOODS, value)),
    "degree": lambda value, language: language.word("degrees", _first(_BY_RATIO, abs(value))),
    "shade": lambda value, language: language.word("degrees", _first(_BY_FEELING, abs(value))),
    "extent": lambda value, language: language.word("degrees", _first(_EXTENTS, abs(value))),
}
