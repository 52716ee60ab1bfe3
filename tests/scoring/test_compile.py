"""Compiling beforehand leaves nothing to compile."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from cxchurn._core.running import _compiled
from cxchurn.scoring import compile_kernels

# what a service and a night's batch do, told how many forms of kernels it had to compile
WORK = """
import logging, sys
logging.basicConfig(level=logging.INFO, format="%(message)s")
import cxchurn as cx
from cxchurn._core.running._compiled import counts
model = cx.load_model(sys.argv[1])
log = cx.read_interactions(sys.argv[2], model.schemas_[0], customers=sys.argv[3])
cx.score(model, log, at="2024-09-01", reasons=3)
with cx.OnlineScorer(sys.argv[1]) as scorer:
    scorer.warm(log)
    customers = log.events["customer_id"].unique().to_pylist()
    scorer.score(customers[0], "2024-09-01")
    scorer.score_many(customers, "2024-09-01")
print(*counts())
"""


def run(command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def work(model, company, tmp_path):
    model.save(tmp_path / "model")
    company.interactions.to_parquet(tmp_path / "log.parquet")
    company.customers.to_parquet(tmp_path / "customers.parquet")
    return [
        sys.executable,
        "-c",
        WORK,
        *(str(tmp_path / name) for name in ("model", "log.parquet", "customers.parquet")),
    ]


@pytest.mark.prove
def test_after_compiling_another_process_compiles_nothing(work):
    done = compile_kernels()
    # every kernel there is was come to: a new one that the invented company does not need has to be brought to it
    assert done.left == ()
    assert done.folder is None or done.folder.is_dir()
    compiled, found = map(int, run(work).stdout.split())
    assert (compiled, found > 5) == (0, True)


@pytest.mark.prove
def test_it_compiles_everything_into_the_folder_that_is_named(work, tmp_path):
    place = {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    first = run([sys.executable, "-m", "cxchurn", "compile"], **place)
    assert "0 found, in" in first.stdout
    assert f"kept in {tmp_path / 'kernels'}." in first.stdout.replace("\n", " ")
    second = run([sys.executable, "-m", "cxchurn", "compile"], **place)
    assert second.stdout.startswith("0 kernels compiled")
    done = run(work, **place)
    assert done.stdout.split()[0] == "0"
    assert "compiling for this machine" not in done.stderr
    # and without it, the first start says what it is waiting for, once
    done = run(work, NUMBA_CACHE_DIR=str(tmp_path / "nothing"))
    assert int(done.stdout.split()[0]) > 20
    assert (
        done.stderr.count("compiling for this machine, about half a minute for all kernels (at the first start only: ")
        == 1
    )


def test_that_kernels_are_compiled_is_said_again_after_a_while(monkeypatch, caplog):
    clock = [100.0]
    monkeypatch.setattr(_compiled.time, "monotonic", lambda: clock[0])
    telling, kernel = _compiled._Telling(), _compiled.kernels()[0]
    with caplog.at_level("INFO", logger="cxchurn"):
        for seconds in (0.0, 5.0, 6.0, 1.0):
            clock[0] += seconds
            telling.on_start(SimpleNamespace(data={"dispatcher": kernel}))
            telling.on_start(SimpleNamespace(data={"dispatcher": "of another package"}))
    first, again = caplog.messages
    assert first.startswith("compiling for this machine, about half a minute for all kernels (")
    assert again == "still compiling for this machine"
