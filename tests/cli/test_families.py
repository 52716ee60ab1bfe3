from __future__ import annotations

import pytest

from cxchurn import Inactivity
from cxchurn._core import UsageError
from cxchurn.cli._config import model_of, read_config

FILE = """
[log]
interactions = "log.csv"
[churn]
horizon = "60D"
[cutoffs]
start = "2024-01-01"
test_from = "2024-10-01"
[model]
features = {said}
"""


@pytest.mark.parametrize("said", ['"lean"', '["standard", "Loyalty", "Staff"]'])
def test_families_are_named_in_the_file(said, tmp_path):
    (tmp_path / "train.toml").write_text(FILE.format(said=said), encoding="utf-8")
    model = model_of(Inactivity("60D"), read_config(tmp_path / "train.toml").model)
    assert repr(model.features).replace("'", '"') == said


def test_what_names_no_family_is_refused(tmp_path):
    (tmp_path / "train.toml").write_text(FILE.format(said="[1, 2]"), encoding="utf-8")
    with pytest.raises(UsageError, match="features") as caught:
        read_config(tmp_path / "train.toml")
    assert "a list of texts" in str(caught.value)
