from __future__ import annotations

import pytest

from cxchurn._core import UsageError
from cxchurn.features import BUILDERS, THEMES, Builder, Column, FeatureSet, Says, every_family, theme_of
from cxchurn.features._themes import expects_of_measure, theme_of_kind, theme_of_measure


class Calls(Builder):
    """How often customers had to call."""

    driver = "calls"

    def columns(self, seen):
        yield Column("calls_count", seen.count(), says="had {value:#call}")


class OwnCalls(Calls):
    sees = "own"


class Misnamed(Calls):
    theme = "rythm"


def column(theme: str | None = None) -> Column:
    return Column("c", None, says="is {value}", theme=theme)


@pytest.mark.parametrize(
    ("builder", "own", "theme"),
    [
        # a builder that says nothing: what happened to customers is experience, their own acts are rhythm
        (Calls(), None, "experience"),
        (OwnCalls(), None, "rhythm"),
        # a column's own theme goes before its builder's
        (OwnCalls(), "money", "money"),
    ],
)
def test_whose_theme(builder, own, theme):
    assert theme_of(builder, column(own)) == theme


def test_a_theme_that_there_is_not():
    with pytest.raises(UsageError, match=r"the theme of Misnamed is 'rythm'(.|\n)*rhythm"):
        theme_of(Misnamed())
    with pytest.raises(UsageError, match=r"the column 'c' of Calls is 'monney'(.|\n)*money"):
        theme_of(Calls(), column("monney"))


@pytest.mark.parametrize(
    ("name", "theme"),
    [
        ("wait_s", "experience"),
        ("Average Waits", "experience"),
        ("nps", "experience"),
        ("UnitPrice", "rhythm"),  # one word: nobody knows where it is to be cut
        ("unit-price", "money"),
        ("discounts", "money"),
        ("items", "rhythm"),
        ("later", "rhythm"),  # no word of it is "late"
        # the work of service, as other tables and other languages call it
        *(
            (name, "experience")
            for name in ("queue_minutes", "On hold", "handovers", "Awaiting User Info", "SLA breach")
        ),
        *(
            (name, "experience")
            for name in ("Wartezeit (Min.)", "Weiterleitungen", "Verspätung", "Temps d'attente", "retrasos")
        ),
        *((name, "experience") for name in ("Zufriedenheit (1-5)", "Bewertungen")),
        *((name, "money") for name in ("Betrag (EUR)", "montant", "Gebühren")),
        *((name, "rhythm") for name in ("Wartungen", "Logins", "household", "Haushalt", "Vertragsmonate", "pages")),
    ],
)
def test_what_a_measure_is_about(name, theme):
    assert theme_of_measure(name) == theme


@pytest.mark.parametrize(
    ("name", "expects"),
    [
        *(("wait_s", 1), ("reassignment_count", 1), ("hours_to_resolve", 1)),
        *(("Wartezeit", 1), ("Weiterleitungen", 1), ("plaintes", 1)),
        *(("rating", -1), ("made_sla", -1), ("minutes", -1), ("Zufriedenheit", -1)),
        *(("discount", 0), ("unit price", 0)),
    ],
)
def test_which_way_a_measure_is_expected_to_go(name, expects):
    assert expects_of_measure(name) == expects


@pytest.mark.parametrize(
    ("kind", "theme"),
    [("complaint", "experience"), ("Returns", "experience"), ("payment", "rhythm"), ("Resolved", "rhythm")],
)
def test_what_a_kind_is_about(kind, theme):
    assert theme_of_kind(kind) == theme


def test_every_builder_names_its_theme():
    assert {builder.theme for builder in BUILDERS} == set(THEMES)


def test_themes_of_the_catalogue(log, november):
    """Spot checks of columns that are about something else than their builder."""
    table = FeatureSet(every_family(log, "60D"), log=log).fit(november).catalogue().set_index("name")
    assert set(table["theme"]) == set(THEMES)
    expected = {
        "activity_days_last": "rhythm",
        "activity_days_first": "profile",
        "activity_value_sum": "money",
        "recency_days_first": "profile",
        "recency_days_last_kind_complaint": "experience",
        "recency_days_last_kind_visit": "rhythm",
        "volume_count_kind_complaint_60d": "experience",
        "volume_count_60d": "rhythm",
        "volume_items_mean_60d": "rhythm",
        "volume_discount_sum_60d": "money",
        "value_sum_60d": "money",
        "value_days_last": "rhythm",
        "refunds_sum_60d": "experience",
        "journey_run": "rhythm",
        "journey_dead_end": "experience",
        "attention_inbound_share_60d": "rhythm",
        "attention_waiting": "experience",
        "disruption_activity_60d": "rhythm",
        "disruption_wait_60d": "experience",
        "standing_days_last": "rhythm",
        "standing_days_first": "profile",
        "standing_spent": "money",
        "prior_recency_depth": "compared",
    }
    assert table.loc[list(expected), "theme"].to_dict() == expected
    # what was an experience somebody can act on, how often or who somebody is nobody can
    assert (table["actionable"] == (table["theme"] == "experience")).all()


def test_what_a_column_says_comes_back_from_plain_data():
    said = Says("n", "d", "is {value}", theme="money", actionable=True, neutral=0.0, missing_tells=True)
    assert Says.from_dict(said.to_dict()) == said
    assert Says.from_dict(Says("n", "d", "is {value}").to_dict()) == Says("n", "d", "is {value}")
