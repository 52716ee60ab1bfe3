"""A service that is hammered for minutes, killed in the middle and started again: a proof that ``make stress`` runs."""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from cxchurn.scoring import OnlineScorer

from .services import as_json, served

SECONDS = float(os.environ.get("CXCHURN_STRESS_S", "0"))
AT = "2024-09-01"
CLIENTS, CUSTOMERS = 8, 60

pytestmark = pytest.mark.skipif(not SECONDS, reason="takes minutes: CXCHURN_STRESS_S says how many seconds")


class Client:
    """Sends events with ids of its own, each until it is acknowledged, and asks between them."""

    def __init__(self, number: int, rows: list[dict]) -> None:
        self.random = random.Random(number)
        self.number, self.rows = number, rows
        self.acknowledged: list[dict] = []
        self.asked = self.lost = 0

    def run(self, address: list[str], until: float) -> None:
        while time.monotonic() < until:
            batch = [
                {**self.random.choice(self.rows), "event": f"{self.number}-{len(self.acknowledged) + k}"}
                for k in range(self.random.randint(1, 20))
            ]
            answer = self.ask(address, lambda to, events=batch: httpx.post(f"{to}/events", json=events, timeout=60))
            told = answer.json()
            # sent once more after a kill, what was kept by then repeats itself
            assert told["kept"] + told["repeats"] == len(batch), told
            self.acknowledged += batch
            who = batch[0]["customer_id"]
            answer = self.ask(address, lambda to, who=who: httpx.get(f"{to}/customers/{who}/score?at={AT}", timeout=60))
            self.asked += answer.status_code == 200

    def ask(self, address: list[str], call):
        while True:
            try:
                answer = call(address[-1])
            except httpx.TransportError:
                self.lost += 1
                time.sleep(0.2)
                continue
            if answer.status_code != 503:
                assert answer.status_code in (200, 404), answer.text
                return answer


def test_no_acknowledged_event_is_lost(folder, rows, named_model, tmp_path):
    chosen = sorted(rows["customer_id"].unique())[:CUSTOMERS]
    sent = as_json(rows[rows["customer_id"].isin(chosen)])
    clients = [Client(number, sent) for number in range(CLIENTS)]
    store = ("--store", f"sqlite:///{tmp_path}/state.db")
    until, address = time.monotonic() + SECONDS, []
    with ThreadPoolExecutor(CLIENTS) as pool:
        with served(folder, *store, folder=tmp_path) as first:
            address.append(str(first.client.base_url).rstrip("/"))
            working = [pool.submit(one.run, address, until) for one in clients]
            time.sleep(SECONDS * 0.5)
            first.process.kill()
            first.process.wait()
        with served(folder, *store, folder=tmp_path) as second:
            address.append(str(second.client.base_url).rstrip("/"))
            for one in working:
                one.result()
            told = [event for one in clients for event in one.acknowledged]
            assert second.client.get("/ready").json()["events"] == len(told)
            alone = OnlineScorer(named_model)
            for begin in range(0, len(told), 1000):
                alone.update(told[begin : begin + 1000])
            for who in chosen:
                wanted = alone.score(who, AT)
                answer = second.client.get(f"/customers/{who}/score", params={"at": AT})
                # somebody first met after the cut-off is nobody then
                assert answer.status_code == (404 if wanted.why == "never seen" else 200)
                assert answer.status_code == 404 or answer.json() == wanted.to_dict()
            assert second.client.get("/metrics").text.splitlines().count("cxchurn_errors_total 0") == 1
    assert threading.active_count() < 50
    lost = sum(one.lost for one in clients)
    print(
        f"\nservice: {len(told):,} events acknowledged and there, {sum(one.asked for one in clients):,} scores,"
        f" {lost} requests lost to the kill, in {SECONDS:.0f} s"
    )
