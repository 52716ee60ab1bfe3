"""The files in pipelines/, and what stands in them as a comment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cxchurn as cx
from cxchurn.cli._config import churn_of, read_config
from cxchurn.cli.commands._promoting import promote_config
from cxchurn.cli.commands._reporting import report_config

FOLDER = Path(__file__).parents[2] / "pipelines"
TRAIN = (FOLDER / "train.toml").read_text(encoding="utf-8")
# a comment that holds a key, or the head of a table
KEPT = re.compile(r"^# (?=\[\w+\]$|\w+ = )", re.MULTILINE)


def test_all_are_read() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == ["promote.toml", "report.toml", "score.toml", "train.toml"]
    assert read_config(FOLDER / "train.toml").output.register_as == "churn"
    assert promote_config(FOLDER / "promote.toml", {}, {}).promote.name == "churn"
    assert report_config(FOLDER / "report.toml", {}, {}).report.model == "out/train/model"


@pytest.mark.parametrize(
    ("which", "churn"),
    [
        (
            0,
            cx.Inactivity("60D", gap="7D", active_within="60D", kinds=("purchase",), ended_by=("cancel",)),
        ),
        (1, cx.Cancellation("cancel", horizon="60D", but=("payment failed",))),
    ],
)
def test_what_train_says_of_churn_in_comments_is_understood(which: int, churn: cx.Inactivity, tmp_path: Path) -> None:
    before, *definitions, after = re.split(r"^(?=(?:# )?\[churn\]|\[cutoffs\])", TRAIN, flags=re.MULTILINE)
    (tmp_path / "train.toml").write_text(before + KEPT.sub("", definitions[which]) + after)
    assert churn_of(read_config(tmp_path / "train.toml").churn) == churn
