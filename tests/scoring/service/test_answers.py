"""What the application answers to requests good and bad."""

from __future__ import annotations

import copy
import json

import pytest

from cxchurn.features import Activity
from cxchurn.interactions import Schema, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel, in_language, load_fitted
from cxchurn.panel import Inactivity, make_panel, monthly
from cxchurn.scoring import Limits, OnlineScorer, serve_app
from cxchurn.scoring.service._warm import warm_up

from .services import as_json, running

AT = "2024-09-01"


@pytest.fixture
def scorer(folder):
    return OnlineScorer(folder)


@pytest.fixture
def client(scorer):
    with running(serve_app(scorer, limits=Limits(max_bytes=4000, max_events=5))) as client:
        yield client


@pytest.fixture
def one(rows):
    """The first five events of a customer who has more."""
    who = rows["customer_id"].value_counts().index[0]
    return as_json(rows[rows["customer_id"] == who].head(5))


def test_one_event_or_many_are_taken_in_and_scored(client, scorer, one):
    who = one[0]["customer_id"]
    nothing_else = {"repeats": 0, "refused": 0, "findings": [], "unread": [], "unseen": {}}
    assert client.post("/events", json=one[0]).json() == {"kept": 1, **nothing_else}
    again = client.post("/events", json=one).json()
    assert (again["kept"], again["repeats"]) == (4, 1)
    at = "2023-08-15T12:00:00Z"
    found = client.get(f"/customers/{who}/score", params={"at": at, "reasons": 2})
    assert found.status_code == 200
    assert found.json() == scorer.score(who, at, reasons=2).to_dict()
    assert found.json()["customer_id"] == who
    alone = client.post("/score", params={"at": at, "reasons": 2}, json=one)
    assert alone.json() == [found.json()]
    # without an instant it is as of now
    assert client.get(f"/customers/{who}/score").json()["as_of"] > "2024"


def test_events_that_are_only_asked_about_are_not_kept(client, one):
    assert client.post("/score", params={"at": AT}, json=one).status_code == 200
    assert client.get("/ready").json() == {"status": "ready", "customers": 0, "events": 0}


def test_a_customer_is_forgotten(client, one):
    who = one[0]["customer_id"]
    client.post("/events", json=one)
    assert client.delete(f"/customers/{who}").status_code == 204
    assert client.delete(f"/customers/{who}").status_code == 404
    assert client.get(f"/customers/{who}/score").status_code == 404


def test_an_id_may_hold_whatever_text_holds(client, one):
    for who in ("a/b", "ä b?&%", "score", "a/score", "../../x"):
        event = {**one[0], "customer_id": who, "event": who}
        assert client.post("/events", json=event).json()["kept"] == 1
        address = "/customers/" + "".join(f"%{byte:02X}" for byte in who.encode())
        assert client.get(f"{address}/score").json()["customer_id"] == who
        assert client.delete(address).status_code == 204


EVENT = {"customer_id": "a", "timestamp": "2024-05-01T10:00:00Z", "kind": "visit", "event": "x"}
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "words"),
    [
        ("POST", "/events", b"{", 422, "the body is no JSON: Expecting property name"),
        ("POST", "/events", b"", 422, "the body is no JSON: Field required"),
        ("POST", "/events", b"[\xff]", 400, "error parsing the body"),
        ("POST", "/events", b"[" * 3000, 400, "error parsing the body"),
        ("POST", "/events", b"[1, 2]", 422, "neither an event nor a list of events"),
        ("POST", "/events", b"null", 422, "the body"),
        ("POST", "/events", b'"text"', 422, "neither an event nor a list of events"),
        ("POST", "/events", [EVENT] * 6, 413, "6 events."),
        ("POST", "/events", b" " * 4001, 413, "the body is too large"),
        ("POST", "/events", {}, 422, "customer_id"),
        ("POST", "/events", {**EVENT, "timestamp": "soon"}, 422, "time_unreadable"),
        ("POST", "/events", {**EVENT, "customer_id": None}, 422, "customer_id_missing"),
        ("POST", "/events", {**EVENT, "value": "much"}, 422, "number_unreadable"),
        ("POST", "/events", [EVENT, {**EVENT, "kind": "call"}], 422, "event_id_contradicted"),
        ("POST", "/events?source=9", EVENT, 400, "trained on 1 source, and source is 9"),
        ("POST", "/events?on_eror=quarantine", EVENT, 422, "nothing reads the parameter 'on_eror'"),
        ("GET", "/customers/nobody/score?resons=1", None, 422, "nothing reads the parameter 'resons'"),
        (
            "GET",
            "/customers/nobody/score?at=2024-09-01&at=2024-10-01",
            None,
            422,
            "the parameter 'at' is given 2 times",
        ),
        ("POST", "/score?when=2024-09-01", EVENT, 422, "nothing reads the parameter 'when'"),
        ("PUT", "/customers/a/attributes?valid_form=2024-01-01", {}, 422, "the parameter 'valid_form'"),
        ("POST", "/events?source=x", EVENT, 422, "source: "),
        ("POST", "/events?on_error=ignore", EVENT, 422, "on_error: "),
        ("GET", "/customers/nobody/score", None, 404, "nothing is known of the customer 'nobody'"),
        ("GET", "/customers/nobody/score?at=soon", None, 400, "at is 'soon', which is not a time"),
        ("GET", "/customers/nobody/score?reasons=-1", None, 422, "reasons: "),
        ("GET", "/customers/nobody/score?reasons=x", None, 422, "not 'x'"),
        ("GET", "/customers/%20/score", None, 400, "which is no id"),
        ("POST", "/score", {**EVENT, "timestamp": "soon"}, 422, "time_unreadable"),
        ("PUT", "/customers/a/attributes", b"[]", 422, "the body is no object"),
        ("PUT", "/customers/a/attributes", {"no such": 1}, 400, "no such"),
        ("PUT", "/customers/a/attributes", {"customer": 1}, 422, "no attribute is called 'customer'"),
        ("PUT", "/customers/a/attributes", {"valid_from": "2024-01-01"}, 422, "no attribute is called 'valid_from'"),
        ("POST", "/events", {"customer_id": "\ud800"}, 422, "timestamp_missing"),
        ("DELETE", "/customers/nobody", None, 404, "nothing is known"),
        ("GET", "/nowhere", None, 404, "Not Found"),
        ("PATCH", "/events", None, 405, "Method Not Allowed"),
        # the pages that would load scripts from elsewhere
        ("GET", "/docs", None, 404, "Not Found"),
    ],
)
def test_bad_requests_are_answered_in_words(client, method, address, body, status, words):
    content = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    answer = client.request(method, address, content=content, headers=JSON if content is not None else None)
    assert (answer.status_code, set(answer.json()), set(answer.json()["error"])) == (
        status,
        {"error"},
        {"found", "allowed", "hint"},
    )
    assert words in answer.json()["error"]["found"]
    assert "Traceback" not in answer.text
    assert client.get("/ready").json()["events"] == 0


def test_a_body_of_no_stated_length_is_refused_as_soon_as_it_is_too_large(client):
    read = []

    def pieces():
        for _ in range(10):
            read.append(1)
            yield b" " * 1500

    assert client.post("/events", content=pieces(), headers=JSON).status_code == 413


def test_a_body_that_is_not_said_to_be_json_is_refused(client):
    answer = client.post("/events", content=json.dumps(EVENT).encode(), headers={"content-type": "text/plain"})
    assert (answer.status_code, "application/json" in answer.json()["error"]["allowed"]) == (422, True)


def test_bad_events_can_be_left_out(client):
    found = client.post(
        "/events?on_error=quarantine", json=[EVENT, {**EVENT, "event": "y", "timestamp": "soon"}]
    ).json()
    assert (found["kept"], found["refused"], found["findings"][0]["rule"]) == (1, 1, "time_unreadable")


def test_a_fault_of_ours_is_answered_without_its_trace_and_the_service_goes_on(client, scorer, monkeypatch, caplog):
    monkeypatch.setattr(scorer, "score", lambda *_, **__: 1 / 0)
    answer = client.get("/customers/a/score")
    assert (answer.status_code, answer.json()["error"]["hint"]) == (500, "its log says why.")
    assert "ZeroDivisionError" in caplog.text
    assert client.get("/health").json() == {"status": "ok"}
    assert "cxchurn_errors_total 1" in client.get("/metrics").text


def test_what_cannot_be_held_is_said(folder, one):
    with running(serve_app(OnlineScorer(folder, max_events=3))) as client:
        answer = client.post("/events", json=one)
    assert (answer.status_code, "full" in answer.json()["error"]["found"]) == (507, True)


def test_the_model_is_told(client, named_model):
    told = client.get("/model").json()
    assert (told["version"], told["ids"]) == (named_model.version_, "text")
    assert told["asked_about"] == named_model.churn_.says
    assert told["sources"][0]["columns"][:3] == ["customer_id", "event", "timestamp"]
    assert 0 < told["bands"]["medium"] <= told["bands"]["high"] < 1
    assert told["features"] == len(named_model.features_.says_)


def test_the_model_is_told_in_its_language(named_model, tmp_path):
    # of all words one: who is asked about is said with it
    (tmp_path / "de.toml").write_text('[churn]\nactive = "die in {within} aktiv waren"\n', encoding="utf-8")
    german = in_language(named_model, tmp_path / "de.toml")
    with running(serve_app(OnlineScorer(german))) as client:
        told = client.get("/model").json()["asked_about"]
    assert "die in 90 days aktiv waren" in told
    assert "active in" not in told


def test_metrics_count_requests_by_route_and_name_nobody(client, one):
    client.post("/events", json=one)
    for who in (one[0]["customer_id"], "nobody"):
        client.get(f"/customers/{who}/score", params={"at": AT})
    text = client.get("/metrics").text
    for line in (
        "cxchurn_customers 1",
        "cxchurn_events 5",
        "cxchurn_events_taken_total 5",
        'cxchurn_requests_total{method="GET",path="/customers/{customer}/score",status="200"} 1',
        'cxchurn_requests_total{method="GET",path="/customers/{customer}/score",status="404"} 1',
        'cxchurn_request_seconds_count{path="/customers/{customer}/score"} 2',
        'cxchurn_request_seconds_bucket{path="/customers/{customer}/score",le="+Inf"} 2',
        "cxchurn_errors_total 0",
    ):
        assert line in text.splitlines()
    assert one[0]["customer_id"] not in text


def test_metrics_and_answers_tell_what_training_never_met_and_what_nothing_reads(client, one):
    odd = [{**one[0], "kind": "hologram"}, {**one[1], "kind": "hologram", "valeu": 3.5}]
    told = client.post("/events", json=odd).json()
    assert told["unread"] == ["valeu"]
    assert told["unseen"]["kind"] == {"labels": 1, "rows": 2, "such_as": ["hologram"]}
    misspelt = {("tmestamp" if name == "timestamp" else name): value for name, value in one[2].items()}
    refused = client.post("/events", json=misspelt)
    assert refused.status_code == 422
    assert refused.json()["error"]["hint"].startswith("nothing reads 'tmestamp': did you mean 'timestamp'? nothing was")
    repeated = client.post("/events", json=odd, params={"on_error": "quarantine"}).json()
    text = client.get("/metrics").text.splitlines()
    assert 'cxchurn_unseen_labels_total{column="kind"} 2' in text
    assert f"cxchurn_events_repeated_total {repeated['repeats']}" in text
    assert f"cxchurn_events_refused_total {repeated['refused']}" in text
    assert repeated["repeats"] + repeated["refused"] == 2


@pytest.mark.parametrize("time_format", [None, "epoch_s", "epoch_ms", "%d.%m.%Y %H:%M"])
@pytest.mark.parametrize("ids", ["text", "integer"])
def test_a_first_question_makes_everything_ready_and_leaves_nothing(company, ids, time_format):
    rows = company.interactions[["customer_id", "timestamp", "kind"]].copy()
    if ids == "integer":
        rows["customer_id"] = rows["customer_id"].factorize()[0]
    if time_format in ("epoch_s", "epoch_ms"):
        rows["timestamp"] = rows["timestamp"].astype("datetime64[ms]").astype("int64") // (
            1000 if time_format == "epoch_s" else 1
        )
    elif time_format is not None:
        rows["timestamp"] = rows["timestamp"].dt.strftime(time_format)
    schema = Schema(**{name: name for name in rows}, time_format=time_format, duplicates="keep")
    log = read_interactions(rows, schema)
    panel = make_panel(log, Inactivity("60D"), cutoffs=monthly("2024-01-01", "2024-04-01"))
    model = ChurnModel(features=[Activity()], classifier=ChurnClassifier(n_estimators=2), folds=2).fit(panel)
    scorer = OnlineScorer(model)
    assert warm_up(scorer) > 0
    assert (len(scorer), scorer.events) == (0, 0)


def test_the_scorer_is_closed_when_the_application_ends(scorer, monkeypatch):
    closed = []
    monkeypatch.setattr(scorer, "close", lambda: closed.append(True))
    with running(serve_app(scorer)) as client:
        client.get("/health")
        assert not closed
    assert closed


def test_addresses_that_take_no_parameters_let_them_pass(client):
    for address in ("/health", "/ready", "/model", "/metrics"):
        assert client.get(address, params={"t": "1"}).status_code == 200


def test_fields_inside_columns_are_read_and_those_that_nothing_reads_told_by_their_paths(folder):
    nested = Schema(customer_id="customer.id", timestamp="ts", kind="event", value="data.amount")
    model = copy.copy(load_fitted(folder))
    model.schemas_ = (*model.schemas_, nested)
    event = {
        "ts": "2024-05-01T10:00:00Z",
        "event": "visit",
        "customer": {"id": "A"},
        "data": {"amount": 2, "colour": 1},
    }
    with running(serve_app(OnlineScorer(model))) as client:
        refused = client.post("/events", json=event)
        assert refused.status_code == 400
        error = refused.json()["error"]
        assert "trained on 2 sources, and source is None" in error["found"]
        assert error["allowed"].endswith("; 1 (events with 'customer.id', 'ts', 'event', 'data.amount')")
        assert "Schema(" not in error["allowed"]
        assert error["hint"] == "say which one the events are of: ?source=0."
        assert client.post("/events", params={"source": 1}, json=event).json()["unread"] == ["data.colour"]
        assert client.get("/customers/A/score", params={"at": "2024-05-02"}).json()["customer_id"] == "A"
        told = client.post("/events", params={"source": 1}, json={**event, "customer": {"id": 7}}).json()
        assert [(one["rule"], one["rows"]) for one in told["findings"]] == [("customer_id_type", 1)]


@pytest.mark.parametrize(
    ("method", "address", "allowed", "hint"),
    [
        ("POST", "/events?on_eror=quarantine", "?on_error=, ?source=", "did you mean 'on_error'?"),
        ("POST", "/events?reasons=1", "?on_error=, ?source=", "GET /openapi.json"),
        ("GET", "/customers/a/score?Reasons=1", "?at=, ?reasons=", "did you mean 'reasons'?"),
        ("POST", "/score?sorce=0", "?at=, ?reasons=, ?source=", "did you mean 'source'?"),
        ("PUT", "/customers/a/attributes?valid_form=2024-01-01", "?valid_from=", "did you mean 'valid_from'?"),
    ],
)
def test_a_misspelt_parameter_is_told_with_those_there_are(client, scorer, method, address, allowed, hint):
    error = client.request(method, address, json=EVENT if method == "POST" else {}).json()["error"]
    assert error["allowed"] == allowed
    assert hint in error["hint"]
    assert len(scorer) == 0
