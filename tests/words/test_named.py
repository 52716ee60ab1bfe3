"""Whatever is added to the package is called something in the pages that people read."""

from __future__ import annotations

import pytest

from cxchurn.evaluation import METRICS
from cxchurn.features import BUILDERS
from cxchurn.words import spoken


@pytest.mark.parametrize("driver", [builder.driver for builder in BUILDERS])
def test_a_family_has_words(driver: str) -> None:
    assert driver in spoken().section("drivers"), "name it in [drivers] of cxchurn/words/en_pages.toml"


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_has_words(metric: str) -> None:
    assert metric in spoken().section("evaluation"), "name it in [evaluation] of cxchurn/words/en_pages.toml"
