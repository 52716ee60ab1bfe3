"""The words that everything is said in that people read: English, or the language of a file."""

from cxchurn.words._label import (
    Label,
    Level,
    WordsByRole,
    called,
    currency_of,
    fact,
    forms_of,
    is_fact,
    named,
    with_article,
    words_of,
)
from cxchurn.words._language import Forms, Language, english, fields, plural
from cxchurn.words._number import IN_TIMES, Number
from cxchurn.words._printed import Printed
from cxchurn.words._read import language_of
from cxchurn.words._said import (
    Phrase,
    Together,
    as_spoken,
    either,
    language_in,
    more,
    said,
    said_span,
    some_of,
    speaking,
    spoken,
    written,
)
from cxchurn.words._templates import check_templates
from cxchurn.words._values import counted_values, value_phrase, value_words

__all__ = [
    "IN_TIMES",
    "Forms",
    "Label",
    "Language",
    "Level",
    "Number",
    "Phrase",
    "Printed",
    "Together",
    "WordsByRole",
    "as_spoken",
    "called",
    "check_templates",
    "counted_values",
    "currency_of",
    "either",
    "english",
    "fact",
    "fields",
    "forms_of",
    "is_fact",
    "language_in",
    "language_of",
    "more",
    "named",
    "plural",
    "said",
    "said_span",
    "some_of",
    "speaking",
    "spoken",
    "value_phrase",
    "value_words",
    "with_article",
    "words_of",
    "written",
]
