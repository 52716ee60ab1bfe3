"""Writes docs/sentences.md: every sentence that a model can say of a customer, for whoever wants to read or translate them.

python docs/sentences.py
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pandas as pd

from cxchurn import CustomerSchema, FeatureSet, Inactivity, InteractionLog, Schema, read_interactions
from cxchurn.features import Breadth, Builder, LastK, Prior, Recency, Says, Volume, every_family

PAGE = Path(__file__).with_name("sentences.md")
END = pd.Timestamp("2024-04-01")
NONE = float("nan")
# values that a format can be given: some, and below nothing
_SOME = {
    "money": (0.5, 12.5, 1_234.56),
    "share": (0.004, 0.25, 1.0),
    "portion": (0.25, 1.0),
    "points": (0.004, 0.25),
    "days": (0.02, 1.0, 45.0, 1_234.0),
    "when": (0.02, 1.0, 45.0, 1_234.0),
    "hours": (0.02, 1.0, 45.0),
    "seconds": (1.0, 45.0, 5_400.0),
    "fold": (0.25, 2.5, 37.0),
    "degree": (0.1, 0.5, 2.0),
    "shade": (0.1, 0.3, 0.9),
    "mood": (-0.9, -0.4, 0.0, 0.4, 0.9),
    "extent": (0.4, 1.4, 5.0),
    "number": (0.25, 37.0, 12_345.0),
    "": (0.25, 37.0, 12_345.0),
}
_COUNTS = (1.0, 2.0, 1_234.0)
_RATES = (0.25, 1.0, 2.5)
# counts that are worked out, not counted
_WORKED_OUT = (" per ", "amounts to", "a week", "counts half")

ABOUT = """\
# What a model says of a customer

Every column of a model can say its number in a sentence: a reason is such a sentence, with what is usual beside it. These are
all of them, for a made-up log that has every role, a measure that adds up (`items`), one that does not (`temperature`) and one
that only says yes or no (`on_time`), odd labels, and a table of customers. Windows follow the horizon; each text stands here
once, with the first of its windows and a few of its values. Written by `python docs/sentences.py`.

How numbers, lengths of time and labels are written is in one file,
[`cxchurn/words/en.toml`](../cxchurn/words/en.toml). What your own labels are called, a schema says:

```toml
[roles]
measures = ["items", "temperature"]
levels = ["temperature"]                        # does not add up: no sums are made of it

[words]
kind = {cb = ["call-back", "call-backs"]}       # what one and several are called
touchpoint = {"CB-12" = "counter"}
customers = {tenure_m = "months of tenure"}     # attributes; "measures" likewise
```

## Another language

A file says everything that people read in another language: these sentences, and the words of pages, pictures, tables and
commands. `cxchurn words --model churn-model > de.toml` (`cx.language_file`) writes one in English, to be translated: in
sections such as `[page]`, `[drivers]`, `[claims]`, and under `[texts]` the English text of each sentence as a key, with its
places in braces. What is not translated stays English. `--language de.toml` of `score`, `explain`, `report`, `serve`, `pulse`
and `claims` speaks it (also `language = "de.toml"` in a TOML file of `score` or `report`). In Python
`cx.in_language(model, "de.toml")` is a model whose scores, explanations, ledgers, pages and pictures do, and
`cx.in_language(cx.pulse(log), "de.toml")` a result that does. A service answers in it: reasons, why somebody is not asked
about, and in `GET /model` who is. What is for whoever runs the commands stays English: errors, warnings, the log, `--help`,
and the reports of `validate`, `schema`, `train`, `compare` and `promote`; so do labels in tables (`band`, `not_asked`,
`subject_1`), which programs read.

Which form of a noun goes with a number, `[plurals]` says as the plural rules of CLDR (Unicode's Common Locale Data Repository)
do: in this order the first whose condition holds. Nouns, and texts with a number, then have a form for each.

```toml
[numbers]
decimal = ","
thousands = "."
percent = "{} %"
none = "kein {}"

[plurals]
one = "i = 1 and v = 0"                         # Polish: few = "v = 0 and i % 10 = 2..4 and i % 100 != 12..14"
other = ""

[nouns]
day = ["Tag", "Tagen"]                          # in the order of [plurals], or {one = "Tag", other = "Tagen"}
interaction = ["Vorgang", "Vorgänge", "keinen Vorgang"]   # one form more is said for none

[page]
ahead = "Was bevorsteht"

[texts]
"had {value:#interaction} of their own in the last {window}" = "hatte in den letzten {window} {value:#interaction}"
```
"""


def made_up_log() -> InteractionLog:
    """Return a small log with every role, and labels of all sorts."""
    rows = [row for customer in range(12) for row in _events(customer)]
    rows += [{"customer_id": "c0", "timestamp": 9.0, "kind": "unsubscribe", "direction": "inbound"}]
    known = {"customer_id": "c0", "peer_id": "c1"}
    rows += [{**known, "timestamp": 410.0, "kind": "signup", "direction": "inbound"}]
    rows += [{**known, "timestamp": 300.0, "kind": "question", "direction": "inbound"}]
    rows += [{**known, "timestamp": 290.0, "kind": "peer_left", "direction": "outbound"}]
    rows += [{"customer_id": "c0", "timestamp": 280.0, "kind": "return", "direction": "inbound"}]
    frame = pd.DataFrame(rows)
    for column in ("timestamp", "promised_at", "delivered_at"):
        frame[column] = END - pd.to_timedelta(frame[column], unit="D").astype("timedelta64[us]")
    measures, categories = ("items", "temperature", "on_time"), ("product_group", "online")
    schema = Schema(
        **{name: name for name in frame.columns if name not in (*measures, *categories)},
        measures=measures,
        categories=categories,
        levels=("temperature",),
        words={"kind": {"cb": ("call-back", "call-backs")}, "customers": {"tenure_m": "months of tenure"}},
        customers=CustomerSchema(known_ahead=("contract_end",)),
    )
    return read_interactions(frame, schema, customers=_customers(), observed_until=END + pd.Timedelta("120D"))


def _events(customer: int) -> Iterator[dict[str, object]]:
    kinds = ("visit", "purchase", "complaint", "email", "referral", "survey", "delivered", "CB-12", "cb", "campaign")
    touchpoints = ("store", "web", "social", "phone", "CB-12")
    scales = (("nps", 9.0), ("csat", 2.0), ("ces", 4.0))
    for n in range(60):
        kind = kinds[(n + customer) % len(kinds)]
        scale, score = scales[n % 3] if kind == "survey" else (None, None)
        delivery = kind == "delivered"
        yield {
            "customer_id": f"c{customer}",
            "timestamp": 400.0 - 6.5 * n - customer / 10,
            "kind": kind,
            "touchpoint": touchpoints[n % 5],
            "direction": "outbound" if kind in ("campaign", "delivered") else "inbound",
            "case_id": f"m{customer}-{n // 4}",
            "agent": ("human", "bot", "self")[n % 3],
            "agent_id": "ab"[n % 2],
            "wait_s": 60.0 * (n % 7),
            "duration_s": 120.0 * (n % 5),
            "transfers": float(n % 3),
            "resolved": n % 4 == 3,
            "score": score,
            "score_type": scale,
            "invited": kind == "survey",
            "sentiment": (n % 9 - 4) / 4,
            "value": 12.5 * n if kind == "purchase" else -5.0 if kind == "complaint" else None,
            "promised_at": 401.0 - 6.5 * n if delivery else None,
            "delivered_at": 400.5 - 6.5 * n if delivery else None,
            "opened": n % 3 == 0 if kind == "campaign" else None,
            "clicked": n % 6 == 0 if kind == "campaign" else None,
            "discount": (n % 4) / 10 if kind == "purchase" else None,
            "points": 10.0 if kind == "purchase" else -5.0 if kind == "survey" else None,
            "tier": ("silver", "gold")[n // 9 % 2],
            "session_id": f"s{n // 5}",
            "step": ("search", "cart", "error", "purchase")[n % 4],
            "peer_id": f"c{n % 12}" if kind == "referral" else None,
            "items": float(n % 6),
            "temperature": float(n % 40 - 10),
            "on_time": n % 3 > 0,
            "product_group": ("food", "toys")[n % 2],
            "online": ("true", "false")[n % 2],
        }


def _customers() -> pd.DataFrame:
    every = range(12)
    return pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in every],
            "plan": [("Basic", "Plus-2")[n % 2] for n in every],
            "newsletter": [("yes", "no")[n % 2] for n in every],
            "tenure_m": [3.0 * n for n in every],
            "signup_date": [END - pd.Timedelta(days=500 + n) for n in every],
            "contract_end": [END + pd.Timedelta(days=40 * n - 200) for n in every],
        }
    )


def every_column() -> list[Says]:
    """Return what every column of every family says of the made-up log."""
    log = made_up_log()
    further: list[Builder] = [
        Recency(by=("online",)),
        Volume(by=("product_group", "online"), measures=("wait_s",)),
        Breadth(by=("product_group",)),
        LastK(),
        Prior(attributes=("plan",)),
    ]
    rows = pd.DataFrame({"customer_id": [f"c{n}" for n in range(12)], "cutoff": END})
    churn = Inactivity("60D", active_within="400D")
    found: dict[str, Says] = {}
    for builders in (every_family(log, "60D"), *([one] for one in further)):
        features = FeatureSet(builders, log=log, churn=churn, min_customers=1).fit(rows)
        found = {says.name: says for says in features.says_} | found
    return list(found.values())


def page(columns: list[Says]) -> str:
    """Return the page as Markdown."""
    parts = [ABOUT]
    for driver, some in groupby(sorted(columns, key=lambda says: says.driver), key=lambda says: says.driver):
        parts += [f"\n## {driver.replace('_', ' ').capitalize()}\n", *_sections(list(some))]
    return "\n".join(parts)


def _sections(columns: list[Says]) -> Iterator[str]:
    met: Counter[object] = Counter()
    for says in columns:
        texts = (says.one, says.zero, says.below, says.missing, says.role, says.levels)
        alike = (*texts, says.label) if says.role in ("categories", "customers", "score_type") else texts
        met[alike] += 1
        if met[alike] == 1 or (
            says.label is not None and says.role == "kind" and met[alike] <= 3 and says.window is None
        ):
            yield f"`{says.one}`\n"
            yield "\n".join(f"- {sentence}" for sentence in examples(says)) + "\n"


def values_of(says: Says) -> tuple[float, ...]:
    """Return values that a column may have."""
    if says.levels:
        return tuple(map(float, range(len(says.levels))))
    if says.role == "score_type" and "{value}" in says.one:
        return 1.0, 4.5, 9.0, NONE
    found = re.search(r"\{value:?([^}]*)\}", says.one)
    spec = "" if found is None else found[1]
    if spec.startswith("#"):
        some = _RATES if any(word in says.one for word in _WORKED_OUT) else _COUNTS
    else:
        # two words behind a format say the sign
        some = (1.0,) if found is None else _SOME[spec.partition(" ")[0]]
    below = () if says.below is None else tuple(-value for value in some)
    return (*some, *((0.0,) if says.zero or not spec else ()), *below, *((NONE,) if says.missing else ()))


def examples(says: Says) -> list[str]:
    """Return what a column says of values that it may have, each sentence once."""
    return list(dict.fromkeys(says.told(value) for value in values_of(says)))


if __name__ == "__main__":
    PAGE.write_text(page(every_column()), encoding="utf-8")
