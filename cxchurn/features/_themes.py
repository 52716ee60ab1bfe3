"""Themes: what a feature is about, and whether somebody can act on it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from cxchurn._core import UsageError, did_you_mean, listed

if TYPE_CHECKING:
    from cxchurn.features._builder import Builder
    from cxchurn.features._column import Column

RHYTHM, MONEY, EXPERIENCE, PROFILE, COMPARED = THEMES = ("rhythm", "money", "experience", "profile", "compared")

# words in the name of a measure, or of a kind, that say what its numbers are about; in the singular
_PAID = frozenset(
    ("value", "price", "amount", "revenue", "sale", "turnover", "cost", "fee", "charge", "discount", "spend", "spent", "paid",
     "payment", "margin", "tax", "tip")
)  # fmt: skip
# how such words begin in other languages that tables come in, without accents
_PAID_BEGIN = (
    "preis", "betrag", "umsatz", "kosten", "gebuhr", "gebuehr", "rabatt", "prix", "montant", "precio", "importe", "prezzo",
    "importo", "prijs", "bedrag", "korting",
)  # fmt: skip
# the more of it, the worse
_BAD = frozenset(
    ("wait", "waited", "waiting", "awaiting", "queue", "queued", "hold", "pending", "backlog", "transfer",
     "transferred", "handover", "handoff", "reassignment", "reassigned", "forwarded", "rerouted", "reopen", "reopened",
     "resolution", "resolve", "unresolved", "unanswered", "severity", "delay", "delayed", "late", "lateness", "overdue",
     "latency", "error", "failure", "defect", "outage", "downtime", "dispute", "escalation", "escalated", "breach",
     "complaint", "complain", "return", "returned", "refund", "refunded")
)  # fmt: skip
_BAD_BEGIN = (
    "warte", "weiterleit", "weiterverb", "verspat", "verspaet", "verzoger", "verzoeger", "storung", "stoerung", "ausfall",
    "fehler", "beschwerd", "reklam", "retour", "rucksend", "erstatt", "eskal", "attente", "attesa", "espera", "retard",
    "retras", "ritard", "atras", "demora", "transfert", "plainte", "queja", "reclam", "rembours", "reembols", "rimbors",
    "panne", "averia", "guast", "erreur", "wachttijd", "vertraging", "doorverb", "klacht",
)  # fmt: skip
# the more of it, the better
_GOOD = frozenset(
    ("resolved", "sla", "score", "rating", "star", "satisfaction", "nps", "csat", "ces", "sentiment", "tone")
)  # fmt: skip
_GOOD_BEGIN = (
    "zufrieden",
    "bewertung",
    "gelost",
    "geloest",
    "satisf",
    "soddisf",
    "tevreden",
    "valoracion",
    "puntuacion",
)

# drivers whose columns read one and the same thing in several ways (how interactions felt, when we were last in touch): for a
# reason they are one matter; and drivers that are about how much and how lately, whose columns of an experience (transfers
# added up, the last complaint) are about neither
_ONE_MATTER = {
    "moments": "balance",
    "peak_end": "balance",
    "after_sale": "attention",
    "volume": "service",
    "recency": "service",
    "decay": "service",
    "trend": "service",
}


def matter_of(theme: str, driver: str) -> str:
    """Return what one reason can be about: a theme, and of experience one driver, or several that read the same thing.

    Examples
    --------
    >>> matter_of("rhythm", "volume"), matter_of("experience", "effort"), matter_of("experience", "peak_end")
    ('rhythm', 'effort', 'balance')
    >>> matter_of("experience", "volume"), matter_of("experience", "after_sale")  # passed on often, say; not heard from us
    ('service', 'attention')
    """
    return _ONE_MATTER.get(driver, driver) if theme == EXPERIENCE else theme


def theme_of_measure(name: str) -> str:
    """Return what the numbers of a measure are about, by the words in its name; by none of them how much customers do.

    Examples
    --------
    >>> theme_of_measure("wait_s"), theme_of_measure("unit price"), theme_of_measure("minutes")
    ('experience', 'money', 'rhythm')
    >>> theme_of_measure("Weiterleitungen"), theme_of_measure("Preis je Stück"), theme_of_measure("retard (jours)")
    ('experience', 'money', 'experience')
    """
    words = _words(name)
    if _speak(words, _BAD, _BAD_BEGIN) or _speak(words, _GOOD, _GOOD_BEGIN):
        return EXPERIENCE
    return MONEY if _speak(words, _PAID, _PAID_BEGIN) else RHYTHM


def expects_of_measure(name: str) -> int:
    """Return in which direction more of a measure is expected to move the risk: 1 where more is worse, -1 where it is better.

    More of what customers do is better; of what they lived through the words tell; of money, paid or saved, nobody knows.

    Examples
    --------
    >>> expects_of_measure("wait_s"), expects_of_measure("rating"), expects_of_measure("minutes"), expects_of_measure("fee")
    (1, -1, -1, 0)
    """
    if _speak(_words(name), _BAD, _BAD_BEGIN):
        return 1
    return 0 if theme_of_measure(name) == MONEY else -1


def theme_of_kind(label: str) -> str:
    """Return what a kind of interaction is about: one that says by its name that something went wrong is an experience.

    Examples
    --------
    >>> theme_of_kind("complaint"), theme_of_kind("visit")
    ('experience', 'rhythm')
    """
    return EXPERIENCE if _speak(_words(label), _BAD, _BAD_BEGIN) else RHYTHM


def _words(text: str) -> set[str]:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter)
    )
    words = re.split(r"[\W_]+", plain)
    return {*words, *(word.removesuffix("s") for word in words)}


def _speak(words: set[str], known: frozenset[str], beginnings: tuple[str, ...]) -> bool:
    return bool(words & known) or any(word.startswith(beginnings) for word in words)


def theme_of(builder: Builder, column: Column | None = None) -> str:
    """Return the theme of a builder's column, or of the builder.

    A builder that names none is a matter of rhythm where it is shown the customers' own acts (how often and how lately they
    do something), and of experience where it is shown all that happened to them.
    """
    theme = (column.theme if column is not None else None) or builder.theme
    if not theme:
        return EXPERIENCE if builder.sees == "all" else RHYTHM
    if theme not in THEMES:
        where = type(builder).__name__ if column is None else f"the column {column.name!r} of {type(builder).__name__}"
        raise UsageError(
            f"the theme of {where} is {theme!r}.", allowed=listed(THEMES), hint=did_you_mean(str(theme), THEMES)
        )
    return theme


def actionable_of(builder: Builder, theme: str) -> bool:
    """Return whether somebody can act on a builder's columns of a theme: by default where they are about experience."""
    return theme == EXPERIENCE if builder.actionable is None else builder.actionable
