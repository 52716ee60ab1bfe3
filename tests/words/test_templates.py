"""Sentences of a saved model write numbers and do nothing else."""

from __future__ import annotations

import pytest

from cxchurn.words._templates import check_templates


@pytest.mark.parametrize(
    "text",
    [
        "waited {value:seconds} on average in the last {window} (usual: {usual})",
        "had {value:#call} in all",
        "had {value:#plan 2000 visit} in the last {window}",  # a noun of somebody's own
        "spent {value:,.2f}",
        "came {value:days later|earlier}",
        "a brace {{alone}}",
        "nothing to fill in",
        None,
    ],
)
def test_sentences_as_builders_write_them(text):
    check_templates([text])


@pytest.mark.parametrize(
    "text",
    [
        "{value.__class__}",
        "{value[0]}",
        "{0}",
        "{}",
        "{value!r}",
        "{value:>9999999}",
        "{value:.500f}",
        "{value:{window}}",
        "{value",
        "}",
    ],
)
def test_what_would_do_more(text):
    with pytest.raises(ValueError):
        check_templates(["has {value:.0f}", text])


def test_the_standard_families_say_nothing_else(model):
    check_templates(text for one in model.features_.says_ for text in (one.one, one.zero, one.below, one.missing))
