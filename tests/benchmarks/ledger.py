"""Whether probabilities hold just after interactions, and what the ledger says: python tests/benchmarks/ledger.py [task ...].

With ``--tables`` the ledgers alone, which are written into RESULTS.md.

For the sample and the real logs that are there: a model that has seen its cut-offs alone is asked at later months' firsts (or
the task's own test cut-offs) and just after later interactions; beside it one that was trained just after interactions as
well. Then the ledger of the test time; of the sample, whose company is simulated, also beside what each interaction truly did.
Prints tables in Markdown.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from engine.results import table, write_section

import cxchurn as cx
from cxchurn._core import clustered_mean
from cxchurn.evaluation import calibration_error, log_loss, roc_auc
from cxchurn.explanation import contacts_words

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from tasks import TASKS, Task

MOST = 10_000
# the logs whose ledgers stand in RESULTS.md: purchases alone have little to be followed
WRITTEN = ("sample", "incidents_31", "retail_91")
# the simulator's drivers that are experiences, and their half-life in days, about
LIVED = (
    "effort",
    "speed",
    "balance",
    "overdrawn",
    "basics",
    "moments",
    "human_touch",
    "recovery",
    "after_sale",
    "feedback",
)
LIVED += ("attention", "word_of_mouth")
FADES = 70
SAMPLE = "2023-11-01", "2024-03-01", "2024-05-01"  # first and last training cut-off, first test cut-off


def sample() -> tuple[cx.InteractionLog, cx.Inactivity, object, object, tuple[str, str]]:
    """Return the sample's log, definition, training and test cut-offs, and the time that is tested."""
    files = cx.load_sample()
    log = cx.read_interactions(
        files.interactions, files.interactions.with_name("schema.toml"), customers=files.customers
    )
    churn = cx.Inactivity("60D", active_within="60D")
    first, last, test = SAMPLE
    return log, churn, cx.monthly(first, last), cx.monthly(test), (test, "2024-11-02")


def of_task(task: Task) -> tuple[cx.InteractionLog, object, object, object, tuple[str, str]]:
    """Return the same of a real log; the time that is tested is that from the first to the last test cut-off."""
    return task.log(), task.churn, list(task.train), list(task.test), (task.test[0], task.test[-1])


def share(log: cx.InteractionLog) -> float:
    """Return which share of a log's interactions is looked at, some ten thousand on either side."""
    return min(1.0, 3 * MOST / len(log))


def trained(log: cx.InteractionLog, churn: object, cutoffs: object, before: str) -> cx.ChurnModel:
    """Train on cut-offs whose outcomes were known before the tested time."""
    panel = cx.make_panel(log, churn, cutoffs=cutoffs)
    return cx.ChurnModel(panel.definition).fit(panel.known_at(np.datetime64(before)).take(_finished(panel, before)))


def _finished(panel: cx.Panel, before: str) -> np.ndarray:
    return panel.cutoffs + panel.definition.reach <= np.datetime64(before)


def line(name: str, model: cx.ChurnModel, panel: cx.Panel) -> dict[str, str]:
    """Return one row: what was said and what came, with the 95 % interval of what came by customer."""
    said, came = model.predict_proba(panel)[:, 1], panel.y.astype(float)
    low, high = came_between(came, panel.frame["customer_id"])
    raw = model.raw_score(panel)
    off, least, most = (level(raw, rate) for rate in (came.mean(), low, high))
    noise = np.sqrt(2 / np.pi * said.mean() * (1 - said.mean()) * 10 / len(said))
    return {
        "asked": name,
        "rows": f"{len(panel):,}",
        "said": f"{said.mean():.1%}",
        "came": f"{came.mean():.1%} [{low:.1%}, {high:.1%}]",
        "too high by, log-odds": f"{-off:+.2f} [{-most:+.2f}, {-least:+.2f}]",
        "calibration error": f"{calibration_error(came, said):.3f} (chance {noise:.3f})",
        "AUC": f"{roc_auc(came, said):.3f}",
        "log loss": f"{log_loss(came, said):.4f}",
    }


def level(raw: np.ndarray, rate: float) -> float:
    """Return what has to be added to log-odds, that they say a rate on average."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if (1 / (1 + np.exp(-raw - middle))).mean() > rate else (middle, high)
    return low


def came_between(came: np.ndarray, customers: pd.Series) -> tuple[float, float]:
    """Return the 95 % interval of a churn rate, by customer."""
    _, low, high = clustered_mean(came, customers.astype(str))
    return max(0.0, float(low)), float(high)


def by_last_contact(model: cx.ChurnModel, panel: cx.Panel) -> Iterator[dict[str, str]]:
    """Yield what was said and what came by the kind of the interaction just before, all brought to the level that came."""
    raw = model.raw_score(panel)
    said = 1 / (1 + np.exp(-raw - level(raw, panel.y.mean())))
    frame = panel.frame.assign(said=said)
    for kind, rows in frame.groupby(last_kind(panel)):
        if len(rows) >= 200:
            yield {"last": str(kind), **line_of(rows)}


def line_of(rows: pd.DataFrame) -> dict[str, str]:
    """Return what was said and what came of some rows."""
    came = rows["churned"].to_numpy(dtype=float)
    low, high = came_between(came, rows["customer_id"])
    sure = "" if low <= rows["said"].mean() <= high else " *"
    told = f"{came.mean():.1%} [{low:.1%}, {high:.1%}]{sure}"
    return {"rows": f"{len(rows):,}", "said": f"{rows['said'].mean():.1%}", "came": told}


def last_kind(panel: cx.Panel) -> np.ndarray:
    """Return the kind of the interaction that became known one microsecond before each cut-off."""
    from cxchurn.history import happenings

    at, who = panel.cutoffs, panel.frame["customer_id"].to_numpy()
    ids = who[np.unique(who.astype(str), return_index=True)[1]]
    found = happenings(panel.log, ids, np.full(ids.size, at.min() - 1), np.full(ids.size, at.max()), columns=("kind",))
    found["customer_id"] = ids[found["row"]]
    found["cutoff"] = found["known_at"] + pd.Timedelta(1, "us")
    kinds = found.groupby(["customer_id", "cutoff"])["kind"].agg(lambda one: "+".join(sorted(set(one))))
    return pd.MultiIndex.from_arrays([who, at]).map(kinds).to_numpy()


def beside_truth(ledger: cx.Ledger, log: cx.InteractionLog) -> Iterator[dict[str, str]]:
    """Yield what interactions that were alone on their day were said to have done, and what they truly did, by kind.

    Both by what the contact was like, in log-odds: of 60 days without activity as the model says it, of leaving on a day as the
    simulator knows it, from one midnight to the next and without what fades in between.
    """
    company = cx.simulate(2000, "2023-07-01", "2025-01-01", random_state=0)
    rows = alone(ledger, log)
    rows["true"] = true_change(company, rows)
    every = float(np.corrcoef(rows["experience"], rows["true"])[0, 1])
    yield truth_line("all", rows) | {"correlation": f"{every:.2f}"}
    for kind, some in rows.groupby("kind"):
        for name, part in (("went well", some[some["valence"] > 0]), ("did not", some[some["valence"] <= 0])):
            if len(part) >= 40:
                correlation = float(np.corrcoef(part["experience"], part["true"])[0, 1])
                yield truth_line(f"{kind}, {name}", part) | {"correlation": f"{correlation:.2f}"}


def truth_line(name: str, rows: pd.DataFrame) -> dict[str, str]:
    """Return what was said and what was true, with 95 % intervals by customer."""
    told = {"contacts": name, "rows": f"{len(rows):,}"}
    for column, said in (("experience", "said"), ("true", "true")):
        mean, low, high = clustered_mean(rows[column].to_numpy(), rows["customer_id"].astype(str))
        told[said] = f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]"
    return told


def alone(ledger: cx.Ledger, log: cx.InteractionLog) -> pd.DataFrame:
    """Return the interactions of which a customer had one alone on a day, known within a day."""
    rows = ledger.interactions.assign(day=ledger.interactions["timestamp"].dt.floor("D"))
    every = log.events.select(["customer_id", "timestamp"]).to_pandas()
    every = every.assign(customer_id=every["customer_id"].astype(str), day=every["timestamp"].dt.floor("D"))
    many = every.groupby(["customer_id", "day"]).size().rename("many").reset_index()
    rows = rows.merge(many, on=["customer_id", "day"])
    soon = rows["known_at"].dt.floor("D") - rows["day"] <= pd.Timedelta("1D")
    return rows[(rows["many"] == 1) & soon].reset_index(drop=True)


def true_change(company: cx.Simulation, rows: pd.DataFrame) -> np.ndarray:
    """Return by how much what customers live through changed the log of their daily hazard on each one's day."""
    days = [rows["day"], rows["day"] + pd.Timedelta("1D")]
    pairs = pd.concat([pd.DataFrame({"customer_id": rows["customer_id"], "cutoff": day}) for day in days])
    parts = company.true_effects(pairs.reset_index(drop=True))[list(LIVED)].sum(axis=1).to_numpy()
    before, after = parts[: len(rows)], parts[len(rows) :]
    return after - before * 2.0 ** (-1 / FADES)


def shown(rows: list[dict[str, str]]) -> None:
    """Print a table in Markdown."""
    if not rows:
        return
    print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |")
    print(flush=True)


def asked(name: str) -> tuple[cx.InteractionLog, object, object, object, tuple[str, str]]:
    """Return what is asked of a log; see `sample`."""
    return sample() if name == "sample" else of_task(next(task for task in TASKS if task.name == name))


def also_after(name: str, log: cx.InteractionLog, train: object, since: str) -> list[object]:
    """Return the training cut-offs, and some just after interactions before the tested time."""
    first = SAMPLE[0] if name == "sample" else train[0]
    return [*(train if isinstance(train, list) else [train]), cx.after_interactions(first, since, share=share(log))]


def tables(names: list[str]) -> None:
    """Write what the ledger of each log says, by a model that learned just after interactions as well, into RESULTS.md."""
    for name in names:
        log, churn, train, _, (since, until) = asked(name)
        model = trained(log, churn, also_after(name, log, train, since), since)
        ledger = cx.touchpoints(model, log, since=since, until=until)
        print(f"\n{name}: {ledger!r}", flush=True)
        about = f"**The ledger of {name}**: {ledger.customers:,} customers, {since} to {until}, {len(ledger):,} interactions."
        write_section(name, f"{about}\n\n{table(list(told(ledger)))}", of="ledger", heading="What touchpoints cost")


def told(ledger: cx.Ledger) -> Iterator[dict[str, str]]:
    """Yield the rows of a ledger by kind and touchpoint, the costliest first, and what they come to together."""
    rows = ledger.table
    for contacts, row in zip(contacts_words(rows), rows.to_dict("records"), strict=True):
        well = row["experience_well"]
        yield {
            "contacts": contacts,
            "how many": f"{row['contacts']:,}",
            "of customers": f"{row['customers']:,}",
            "on record": f"{row['told'] / row['contacts']:.0%}",
            "points each": f"{row['experience']:+.2f} [{row['experience_low']:+.2f}, {row['experience_high']:+.2f}]",
            "that went well": "" if np.isnan(well) else f"{well:+.2f}",
            "by presence": f"{row['presence']:+.2f}",
            "heads": f"{row['heads']:+.1f} [{row['heads_low']:+.1f}, {row['heads_high']:+.1f}]",
        }
    sums = ledger.totals.set_index("part")["points"] / 100
    yield {"contacts": "in all", "heads": f"{sums['experience']:+.1f}"}


def run(name: str) -> None:
    """Measure one log."""
    log, churn, train, test, (since, until) = asked(name)
    print(f"\n## {name}: {log!r}\n", flush=True)
    panel = cx.make_panel(log, churn, cutoffs=train)
    if not _finished(panel, since).any():
        print(f"Left out: no outcome of its training cut-offs was known before {since}.", flush=True)
        return
    models = {
        "cut-offs alone": trained(log, churn, train, since),
        "and just after interactions": trained(log, churn, also_after(name, log, train, since), since),
    }
    firsts = cx.make_panel(log, churn, cutoffs=test)
    after = cx.make_panel(log, churn, cutoffs=cx.after_interactions(since, until, share=share(log)))
    rows = []
    for said, model in models.items():
        rows += [{"trained on": said, **line("the test cut-offs", model, firsts)}]
        rows += [{"trained on": said, **line("just after interactions", model, after)}]
    shown(rows)
    for said, model in models.items():
        print(
            f"Just after interactions, by the last one, the level taken out; trained on {said} (* outside the interval):\n"
        )
        shown(list(by_last_contact(model, after)))
    for said, model in models.items():
        wall, cpu = time.perf_counter(), time.process_time()
        ledger = cx.touchpoints(model, log, since=since, until=until)
        took = f"{time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s"
        print(f"Ledger, trained on {said}: {took}\n\n{ledger!r}\n", flush=True)
        if name == "sample":
            shown(list(beside_truth(ledger, log)))


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "--tables"]
    present = ["sample", *(task.name for task in TASKS if task.present)]
    if "--tables" in sys.argv:
        tables(given or [one for one in present if one in WRITTEN])
    else:
        for one in given or present:
            run(one)
