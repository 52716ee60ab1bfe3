"""How numbers and labels are said, in English or in the language of a file."""

from cxchurn.features.words._label import (
    Label,
    Level,
    WordsByRole,
    currency_of,
    fact,
    forms_of,
    is_fact,
    named,
    with_article,
    words_of,
)
from cxchurn.features.words._language import Forms, Language, english, fields, plural
from cxchurn.features.words._number import Number
from cxchurn.features.words._read import language_of

__all__ = [
    "Forms",
    "Label",
    "Language",
    "Level",
    "Number",
    "WordsByRole",
    "currency_of",
    "english",
    "fact",
    "fields",
    "forms_of",
    "is_fact",
    "language_of",
    "named",
    "plural",
    "with_article",
    "words_of",
]
