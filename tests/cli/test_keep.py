"""What was trained is kept even where MLflow cannot write it down."""

from __future__ import annotations

import pytest

import cxchurn as cx
from cxchurn.cli._config import OutputPart
from cxchurn.cli.commands._training import Trained, keep


def test_a_store_that_fails_loses_nothing(model, train, test, tmp_path, monkeypatch):
    trained = Trained(model, model, train, test, cx.evaluate(model, test, replicates=20), cx.explain(model, test))

    def failing(*args, **kwargs):
        raise cx.UsageError("the run could not be written down in MLflow: no space", hint="cx.log_saved('a folder')")

    monkeypatch.setattr(cx, "log_run", failing)
    with pytest.raises(cx.UsageError, match=r"no space(.|\n)*cx.log_saved") as caught:
        keep(trained, OutputPart(folder=str(tmp_path)))
    assert f"The model itself is in {tmp_path / 'model'}" in str(caught.value)
    assert cx.load_model(tmp_path / "model").version_ == model.version_
    assert (tmp_path / "report.html").stat().st_size > 0
