"""Labels in words: quoted where they are no words, and what interactions that bear one are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cxchurn.words._language import Forms, Language, english, plural

# the sections that know labels which many logs have
_SECTIONS = {"kind": "kinds", "touchpoint": "touchpoints", "score_type": "score_types", "measures": "measures"}
# what these are labels of are names, not what interactions bear
_NAMES = ("measures", "customers", "categories")
# a longer one is a text rather than a name, and stands in quotes
_LONGEST = 40

Words = Mapping[str, Forms]
WordsByRole = Mapping[str, Words]


class Label:
    """A label as a part of a sentence.

    ``{label}`` is how it is called, ``{label:quoted}`` the same in quotes, ``{label:one}`` and ``{label:many}`` what one and
    several interactions that bear it are called, ``{label:a}`` one of them with an article. ``{value}`` of a category is how
    its label is called and ``{value:a}`` the noun of a kind with an article; two words, as in ``{value:is|is not}``, are said
    of what is a yes and what is a no.

    Parameters
    ----------
    text : str
        The label.
    role : str
        What it is a label of: a role such as ``"kind"``, a column, ``"measures"`` or ``"customers"`` for the name of one.
    words : mapping of str to tuple of str
        What the schema says of labels of the role: what one and several are called.
    language : Language
    """

    def __init__(self, text: str, role: str, words: Words, language: Language) -> None:
        self.text = text
        self.role = role
        self.words = words
        self.language = language

    @property
    def forms(self) -> Forms:
        """What one and several interactions with the label are called."""
        noun = self._noun()
        if self.role in _NAMES:
            return noun or (self.name, plural(self.name) if self.name[-1:].isalpha() else self.name)
        patterns = self.language.section("interactions")
        if self.role == "score_type":
            return noun or tuple(part.format(self.name) for part in patterns["score_type"])
        if self.role == "kind" and noun is not None:
            return tuple(patterns["named"].format(part) for part in noun)
        if self.role == "touchpoint" and self.text not in self.words and noun is not None:
            return noun
        fact = self._fact()
        if fact is not None and self.role not in _SECTIONS:
            return tuple(part.format(role=self._quote(self.role)) for part in patterns["yes" if fact else "no"])
        name = self._quoted if self.role in ("kind", "touchpoint") and noun is None else self.name
        found = patterns.get(self.role, patterns["other"])
        return tuple(part.format(name, role=self._role) for part in found)

    @property
    def name(self) -> str:
        """How the label is called: as the schema words it, else as it is, quoted where it is no word."""
        noun = self._noun() if self.role != "touchpoint" or self.text in self.words else None
        return named(self.text, self.language) if noun is None else noun[0]

    def __format__(self, spec: str) -> str:
        if "|" in spec:
            return spec.split("|")[not self._fact()]
        if spec == "quoted":
            return self._quoted
        if spec in ("one", "many"):
            return self.forms[0] if spec == "one" else self.language.several(self.forms)
        return with_article(self.forms[0], self.language) if spec == "a" else self.name

    def _noun(self) -> Forms | None:
        if self.text in self.words:
            return self.words[self.text]
        section = _SECTIONS.get(self.role)
        return None if section is None else _known(self.text, self.language.section(section))

    def _fact(self) -> bool | None:
        return fact(self.text, self.language)

    @property
    def _quoted(self) -> str:
        return self._quote(self.words[self.text][0] if self.text in self.words else self.text)

    def _quote(self, text: str) -> str:
        return self.language.word("labels", "quoted").format(" ".join(text.replace("_", " ").split()) or text)

    @property
    def _role(self) -> str:
        return named(self.role, self.language)


class Level(Label):
    """The label of a category's value."""

    def __format__(self, spec: str) -> str:
        if spec == "a":
            noun = self._noun() if self.role == "kind" else None
            return self.name if noun is None else with_article(noun[0], self.language)
        return super().__format__(spec)


def called(text: str, role: str) -> str:
    """Return a label as it can stand for interactions in a sentence: as it is where such have a name, else quoted.

    Examples
    --------
    >>> called("purchase", "kind"), called("opened", "kind")
    ('purchase', '"opened"')
    """
    known = _known(text, english().section(_SECTIONS[role])) is not None
    return text if known else english().word("labels", "quoted").format(text)


def fact(text: str, language: Language) -> bool | None:
    """Return whether a label is a yes or a no; None for any other."""
    low = text.strip().lower()
    for words in (english(), language):
        if low in words.forms("labels", "yes") or low in words.forms("labels", "no"):
            return low in words.forms("labels", "yes")
    return None


def is_fact(text: str) -> bool:
    """Return whether a label is a yes or a no."""
    return fact(text, english()) is not None


def named(text: str, language: Language) -> str:
    """Write a label as part of a sentence: as it is where it is made of words, else quoted."""
    said = " ".join(text.replace("_", " ").split())
    letters = said.replace(" ", "").replace("-", "").replace("'", "")
    hangs = said.rpartition(" ")[2].lower() in language.forms("labels", "dangling")
    if letters.isalpha() and len(said) <= _LONGEST and not hangs and fact(said, language) is None:
        return said
    return language.word("labels", "quoted").format(text.strip() or text)


def with_article(noun: str, language: Language) -> str:
    """Put the article before a noun: ``a visit``, ``an order``."""
    before = language.word("labels", "an_before")
    return language.word("labels", "an" if noun[:1].lower() in tuple(before) else "a").format(noun)


def forms_of(said: str | tuple[str, ...] | list[str]) -> Forms:
    """Return what one and several are called; by the rules of English where only one is said."""
    return (said, plural(said)) if isinstance(said, str) else tuple(said)


def words_of(schemas: Iterable[Any]) -> WordsByRole:
    """Return the labels in words of some schemas, by role; what several say, the first one says."""
    found: dict[str, dict[str, Forms]] = {}
    for schema in schemas:
        for role, labels in (schema.words or {}).items():
            for label, said in labels.items():
                found.setdefault(role, {}).setdefault(label, forms_of(said))
    return found


def currency_of(known: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return what a log's money is counted in, by the labels known; None where it does not say."""
    currencies = known.get("currency", ())
    return currencies[0] if len(currencies) == 1 else None


def _known(text: str, section: Mapping[str, list[str]]) -> Forms | None:
    """Return what a label's interactions are called where its last word is known, such as the call in ``support_call``."""
    parts = text.lower().replace("-", " ").replace("_", " ").split()
    for begins in range(len(parts)):
        key = "_".join(parts[begins:])
        # an e-mail is no mail, nor a web site a site
        found = section.get(key) or section.get("".join(parts[begins:]))
        if found := found or next((forms for forms in section.values() if key in forms), None):
            before = "".join(f"{part} " for part in parts[:begins])
            # what has no letters, such as a number, is nothing to put before a noun
            return tuple(before + form for form in found) if before.replace(" ", "a").isalpha() or not before else None
    return None
