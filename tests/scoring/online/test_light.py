"""A service starts without the libraries that training, reading files and writing reports need, and runs without them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from cxchurn.scoring import OnlineScorer

REPOSITORY = Path(__file__).parents[3]
HEAVY = {
    "duckdb", "joblib", "lightgbm", "matplotlib", "mlflow", "optuna", "pandas", "rich", "shap", "sklearn", "threadpoolctl",
    "typer",
}  # fmt: skip
CODE = """
import json, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ImportError(name + " is not there")
sys.meta_path.insert(0, Absent())
import cxchurn as cx
scorer = cx.OnlineScorer({folder!r}{store})
rows = {rows!r}
assert scorer.update(rows).kept == len(rows)
assert scorer.update(rows[:1]).repeats == 1
scorer.attributes("A", plan="plus", signup="2023-01-01", household=2)
try:
    scorer.update(rows[0] | {{"id": "other", "waited": "long"}})
except cx.DataError as error:
    refused = str(error)
found = scorer.score("A", "2024-06-01").to_dict(), [one.to_dict() for one in scorer.score_events(rows, "2024-06-01")]
names = sorted({{name.partition(".")[0] for name in sys.modules}})
print(json.dumps([found, refused, names]))
"""
ROWS = [
    {
        "id": f"e{k}",
        "who": "A",
        "when": f"2024-05-{k + 1:02}T08:30:00Z",
        "what": "purchase",
        "waited": 5.0,
        "amount": 9.5,
    }
    for k in range(8)
]


def _run(folder: Path, absent: set[str], store: str = "") -> tuple[list, str, set[str]]:
    code = CODE.format(folder=str(folder), absent=absent, rows=ROWS, store=store)
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found, refused, names = json.loads(done.stdout.splitlines()[-1])
    return found, refused, set(names)


def test_a_service_loads_none_of_them_and_answers_alike_without_them(folder, ticket_model, tmp_path):
    found, refused, names = _run(folder, set())
    assert names & HEAVY == set()
    assert "number_unreadable" in refused
    store = f", store='sqlite:///{tmp_path / 'state.db'}'"
    without = _run(folder, HEAVY, store)
    assert without[:2] == (found, refused)
    here = OnlineScorer(ticket_model)
    here.update(ROWS)
    here.attributes("A", plan="plus", signup="2023-01-01", household=2)
    assert found[0] == here.score("A", "2024-06-01").to_dict()
