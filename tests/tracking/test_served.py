"""A model as MLflow serves it: raw interactions in, one row a customer out, the same numbers as `cx.score`."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

import cxchurn as cx
from cxchurn._core import DataError, UntrustedError, UsageError
from cxchurn.features import Attributes, Builder, Column, HumanTouch, Recency, Recovery, Value
from cxchurn.interactions import ROLES, CustomerSchema, Later, Schema, Source, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import Inactivity, make_panel, monthly
from cxchurn.scoring import score
from cxchurn.tracking.served import _example, example_of, package, signature_of

AT = "2024-11-05T13:20:00"
TIMES = ("timestamp", "known_at", "promised_at", "delivered_at")


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("packed") / "model"
    package(model, place)
    return place


@pytest.fixture(scope="module")
def served(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        return mlflow.pyfunc.load_model(str(folder))


@pytest.fixture(scope="module")
def some(company) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interactions and attributes of some customers."""
    ids = sorted(company.interactions["customer_id"].unique())[:25]
    events, about = (frame[frame["customer_id"].isin(ids)] for frame in (company.interactions, company.customers))
    return events.reset_index(drop=True), about.reset_index(drop=True)


def with_attributes(events: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    named = about.rename(columns=lambda name: name if name == "customer_id" else f"customers.{name}")
    return pd.concat([events, named], ignore_index=True)


@pytest.fixture(scope="module")
def request_of_some(some) -> pd.DataFrame:
    return with_attributes(*some)


@pytest.fixture(scope="module")
def expected(model, some, company_schema) -> pd.DataFrame:
    events, about = some
    return score(model, read_interactions(events, company_schema, customers=about), at=AT, reasons=3)


def same(answer: pd.DataFrame, expected: pd.DataFrame) -> None:
    # a number that there is not is None, as JSON has it
    numbers = [name for name, values in expected.items() if values.dtype == float]
    pd.testing.assert_frame_equal(answer.astype(dict.fromkeys(numbers, float)), expected, check_exact=True)


def test_the_same_numbers_to_the_bit(served, request_of_some, expected):
    same(served.predict(request_of_some, params={"at": AT, "reasons": 3}), expected)
    assert expected["churn_probability"].notna().sum() > 10
    assert (expected["not_asked"] != "").any()


def zoned(zone: str):
    return lambda times: pd.to_datetime(times).dt.tz_localize("UTC").dt.tz_convert(zone)


def text(form: str, zone: str = "UTC"):
    return lambda times: zoned(zone)(times).dt.strftime(form).where(times.notna(), None)


@pytest.mark.parametrize(
    "written",
    [
        zoned("UTC"),
        zoned("Asia/Tokyo"),
        text("%Y-%m-%dT%H:%M:%S.%fZ"),
        text("%Y-%m-%d %H:%M:%S.%f"),
        text("%Y-%m-%dT%H:%M:%S.%f%z", "America/New_York"),
        lambda times: pd.Series(pd.to_datetime(times).dt.to_pydatetime(), dtype=object).where(times.notna(), None),
    ],
    ids=["utc", "tokyo", "text Z", "text without zone", "text with offset", "objects"],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.sampled(3)
def test_times_however_they_are_written(served, request_of_some, expected, written):
    changed = request_of_some.assign(**{name: written(request_of_some[name]) for name in TIMES})
    same(served.predict(changed, params={"at": AT}), expected)


def test_categories_gaps_and_other_types_of_the_same(served, request_of_some, expected):
    labels = ["kind", "touchpoint", "direction", "agent", "score_type", "customers.plan"]
    changed = request_of_some.astype(dict.fromkeys(labels, "category"))
    changed = changed.astype({"transfers": "Int64", "score": "Float64", "customer_id": "string", "items": "Int64"})
    changed["resolved"] = changed["resolved"].astype("boolean")
    same(served.predict(changed, params={"at": AT}), expected)
    same(served.predict(request_of_some.astype(object), params={"at": AT}), expected)


def test_order_and_further_columns_say_nothing(served, request_of_some, expected):
    other = request_of_some.sample(frac=1, random_state=0)[sorted(request_of_some)].assign(note="of no use")
    same(served.predict(other, params={"at": AT}), expected)


def as_json(frame: pd.DataFrame, how: str) -> dict:
    times = frame.select_dtypes("datetime").columns
    plain = frame.assign(**{name: text("%Y-%m-%dT%H:%M:%S.%fZ")(frame[name]) for name in times})
    plain = plain.astype(object).where(plain.notna(), None)
    if how == "dataframe_split":
        return {how: {"columns": list(plain), "data": plain.to_numpy().tolist()}}
    return {how: plain.to_dict("records")}


@pytest.fixture(scope="module")
def asked(served):
    """MLflow's own scoring server, asked without a network."""
    testclient = pytest.importorskip("fastapi.testclient")
    # here, not above: MLflow warns of its own type hints while it is loaded, which `package` keeps quiet
    from mlflow.pyfunc import scoring_server

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")  # given back afterwards
        client = testclient.TestClient(scoring_server.init(served))
        yield lambda said: client.post("/invocations", json=said)


@pytest.mark.parametrize("how", ["dataframe_split", "dataframe_records", "instances"])
def test_over_http(asked, request_of_some, expected, how):
    answer = asked({**as_json(request_of_some, how), "params": {"at": AT, "reasons": 3}})
    assert answer.status_code == 200, answer.text
    got = pd.DataFrame(json.loads(answer.text, parse_constant=pytest.fail)["predictions"])
    same(got.assign(as_of=got["as_of"].astype("datetime64[us]")).astype(expected.dtypes.to_dict()), expected)


@pytest.mark.parametrize(
    ("params", "change", "said"),
    [
        ({"att": AT}, {}, "there is no parameter 'att'"),
        ({"at": "soon"}, {}, "which is not a time"),
        ({"reasons": 99}, {}, "reasons is 99"),
        ({}, {"sentiment": 7.0}, "sentiment"),
        ({}, {"timestamp": "yesterday"}, "timestamp"),
    ],
)
def test_what_is_refused_over_http_is_refused_in_words(asked, request_of_some, params, change, said):
    answer = asked({**as_json(request_of_some.assign(**change), "dataframe_split"), "params": params})
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert "Traceback" not in answer.json()["message"]


def test_nobody_over_http(asked, request_of_some):
    said = as_json(request_of_some.iloc[:0], "dataframe_split")
    assert asked(said).json() == {"predictions": []}


def test_answers_are_json(served, request_of_some):
    answer = served.predict(request_of_some, params={"at": AT})
    lines = [{**line, "as_of": line["as_of"].isoformat()} for line in answer.to_dict("records")]
    back = pd.DataFrame(json.loads(json.dumps(lines, allow_nan=False)))
    assert back.loc[back["band"] == "not eligible", "churn_probability"].isna().all()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"att": "2024-11-01"}, "there is no parameter 'att'"),
        ({"at": AT, "reason": 3}, "there is no parameter 'reason'"),
        ({"reasons": -1}, "reasons is -1"),
        ({"reasons": 21}, "reasons is 21"),
        ({"at": "tomorrow"}, "at is 'tomorrow'"),
        ({"at": "2999-01-01"}, "after the present"),
        ({"at": "2001-01-01"}, "lies outside the log"),
    ],
)
def test_parameters_are_checked(served, request_of_some, params, said):
    with pytest.raises(UsageError, match=said) as caught:
        served.predict(request_of_some, params=params)
    assert isinstance(caught.value, MlflowException), "the server answers 400, not 500"
    assert caught.value.get_http_status_code() == 400


def test_where_unknown_parameters_are_not_noticed_the_date_has_to_be_said(served, request_of_some, expected, caplog):
    log = logging.getLogger("mlflow.models.utils")
    log.disabled = True
    try:
        with pytest.raises(UsageError, match="at may have been misspelt"):
            served.predict(request_of_some, params={"att": AT})
        same(served.predict(request_of_some, params={"at": AT}), expected)
    finally:
        log.disabled = False
    with pytest.raises(UsageError, match=r"there is no parameter 'att'(.|\n)*did you mean 'at'"):
        served.predict(request_of_some, params={"att": AT})


def test_the_check_of_names_is_not_in_the_way_of_other_models(tmp_path, served):
    from mlflow.models.utils import _enforce_params_schema
    from mlflow.types import DataType, ParamSchema, ParamSpec

    other = ParamSchema([ParamSpec("temperature", DataType.double, 1.0)])
    assert _enforce_params_schema({"heat": 2.0}, other) == {"temperature": 1.0}


def test_as_of_the_end_by_default_and_as_of_later(served, model, some, company_schema, request_of_some):
    events, about = some
    log = read_interactions(events, company_schema, customers=about)
    same(served.predict(request_of_some), score(model, log, reasons=3))
    later = log.observed_until + np.timedelta64(30, "D")
    until = read_interactions(events, company_schema, customers=about, observed_until=later)
    same(served.predict(request_of_some, params={"at": str(later)}), score(model, until, at=later, reasons=3))


def test_nobody_in_nobody_out(served, request_of_some):
    answer = served.predict(request_of_some.iloc[:0], params={"reasons": 2})
    full = served.predict(request_of_some, params={"at": AT, "reasons": 2})
    assert (len(answer), list(answer)) == (0, list(full))


def test_columns_that_are_missing(served, request_of_some, expected):
    with pytest.raises(MlflowException, match="missing inputs"):
        served.predict(request_of_some.drop(columns="wait_s"))
    fewer = served.predict(request_of_some.drop(columns="product_group"), params={"at": AT})
    assert sorted(fewer["customer_id"]) == sorted(expected["customer_id"])


def test_attributes_on_each_row_or_on_rows_of_their_own(served, some):
    events, about = some
    latest = about.drop_duplicates("customer_id", keep="last").drop(columns=["valid_from", "valid_to"], errors="ignore")
    apart = served.predict(with_attributes(events, latest), params={"at": AT})
    named = latest.rename(columns=lambda name: name if name == "customer_id" else f"customers.{name}")
    beside = served.predict(events.merge(named, on="customer_id"), params={"at": AT})
    pd.testing.assert_frame_equal(apart, beside, check_exact=True)


def test_a_customer_without_attributes(served, model, some, company_schema):
    events, about = some
    one = about["customer_id"].iloc[0]
    log = read_interactions(events, company_schema, customers=about[about["customer_id"] != one])
    without = with_attributes(events, about[about["customer_id"] != one])
    same(served.predict(without, params={"at": AT}), score(model, log, at=AT, reasons=3))
    nothing = with_attributes(events, about).assign(
        **{f"customers.{name}": None for name in about if name != "customer_id"}
    )
    assert len(served.predict(nothing, params={"at": AT})) == len(served.predict(without, params={"at": AT}))


def test_broken_rows_are_refused_in_words(served, request_of_some):
    broken = request_of_some.assign(sentiment=7.0)
    with pytest.raises(UsageError, match="sentiment"):
        served.predict(broken)


@pytest.mark.parametrize(
    "role", [role for role in ROLES.values() if role.type in ("number", "flag")], ids=lambda role: role.name
)
def test_an_example_has_a_value_for_every_role_that_takes_no_text(role):
    assert _example._VALUES[role.name], 'without one the example says "example", which no reader takes for a number'


def test_the_example_is_of_nobody(folder, served, model, company):
    example = served.input_example
    assert set(example["customer_id"]) == {"example 1", "example 2"}
    assert not set(example["customer_id"]) & set(company.interactions["customer_id"])
    assert len(served.predict(example)) == 2
    assert set(example["kind"].dropna()) <= set(model.features_.known_["kind"])


def test_what_a_model_needs_is_pinned(folder):
    lines = (folder / "requirements.txt").read_text().split()
    assert f"cxchurn=={cx.__version__}" in lines
    assert all("==" in line for line in lines)
    assert {"lightgbm", "numpy", "pandas", "pyarrow"} <= {line.partition("==")[0] for line in lines}


def test_no_function_of_sparks_rows(served, request_of_some, monkeypatch):
    inside = SimpleNamespace(TaskContext=SimpleNamespace(get=lambda: object()))
    monkeypatch.setitem(sys.modules, "pyspark", inside)
    with pytest.raises(UsageError, match=r"cx\.score_spark"):
        served.predict(request_of_some)


class Calls(Builder):
    """A builder of somebody's own."""

    driver = "calls"

    def columns(self, seen):
        yield Column("calls_count", seen.last("30D").count(), says="called {value:.0f} times")


OWN = """
import cxchurn as cx


class Calls(cx.Builder):
    driver = "calls"

    def columns(self, seen):
        yield cx.Column("calls_count", seen.last("30D").count(), says="called {value:.0f} times")
"""


def test_builders_of_ones_own_are_loaded_by_those_who_name_them(churn, train, tmp_path, monkeypatch):
    model = ChurnModel(churn, features=[Recency(), Calls()], classifier=ChurnClassifier(n_estimators=5)).fit(train)
    package(model, tmp_path / "model")
    where = str(tmp_path / "model")
    with pytest.raises(UntrustedError, match=r"'Calls'(.|\n)*MLFLOW_PYFUNC_INFERENCE_CONFIG"):
        mlflow.pyfunc.load_model(where)
    (tmp_path / "own_calls.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    answers = [mlflow.pyfunc.load_model(where, model_config={"trust": [Calls]})]
    answers.append(mlflow.pyfunc.load_model(where, model_config={"trust": ["own_calls:Calls"]}))
    monkeypatch.setenv("MLFLOW_PYFUNC_INFERENCE_CONFIG", '{"trust": ["own_calls:Calls"]}')
    answers.append(mlflow.pyfunc.load_model(where))
    first, *others = (one.predict(one.input_example) for one in answers)
    assert len(first) == 2
    for other in others:
        pd.testing.assert_frame_equal(other, first, check_exact=True)


def test_a_model_says_not_itself_whom_to_trust(churn, train, tmp_path, monkeypatch):
    model = ChurnModel(churn, features=[Recency(), Calls()], classifier=ChurnClassifier(n_estimators=5)).fit(train)
    package(model, tmp_path / "model")
    (tmp_path / "own_calls.py").write_text("raise SystemExit('code that the model named was run')")
    monkeypatch.syspath_prepend(str(tmp_path))
    about = tmp_path / "model" / "MLmodel"
    assert "trust: []" in about.read_text()
    about.write_text(about.read_text().replace("trust: []", "trust: ['own_calls:Calls']"))
    for config in (None, {"trust": [Calls]}):
        with pytest.raises(DataError, match="says itself which classes to trust"):
            mlflow.pyfunc.load_model(str(tmp_path / "model"), model_config=config)


@pytest.fixture(scope="module")
def two_tables(company) -> tuple[Source, Source]:
    """Orders and calls of the same customers, each in a table of its own, with ids that are numbers."""
    frame = company.interactions
    number = frame["customer_id"].str.extract(r"(\d+)")[0].astype(int)
    frame = frame.assign(kunde=number, wann=frame["timestamp"].dt.strftime("%d.%m.%Y %H:%M:%S"))
    orders = frame[frame["kind"] == "purchase"][["kunde", "wann", "value"]].drop_duplicates()
    rest = frame[frame["kind"] != "purchase"].rename(columns={"timestamp": "at"})[["kunde", "at", "kind"]]
    buys = Schema(
        customer_id="kunde", timestamp="wann", kind_is="purchase", value="value", time_format="%d.%m.%Y %H:%M:%S"
    )
    does = Schema(customer_id="kunde", timestamp="at", kind="kind", duplicates="keep")
    return Source(orders, buys), Source(rest, does)


def test_several_sources_and_ids_that_are_numbers(two_tables, tmp_path):
    log = read_interactions(list(two_tables))
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(log, churn, cutoffs=monthly("2024-01-01", "2024-06-01"))
    model = ChurnModel(features=[Recency(), Value()], classifier=ChurnClassifier(n_estimators=5), folds=2).fit(panel)
    package(model, tmp_path / "model")
    served = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    ids = list(range(1, 30))
    some = [source.data[source.data["kunde"].isin(ids)] for source in two_tables]
    parts = [Source(data, source.schema) for data, source in zip(some, two_tables, strict=True)]
    expected = score(model, read_interactions(parts), at="2024-09-01", reasons=3)
    rows = pd.concat([data.assign(**{"log.source": place}) for place, data in enumerate(some)])
    same(served.predict(rows, params={"at": "2024-09-01"}), expected)
    for kind in (float, str, object):
        same(served.predict(rows.astype({"kunde": kind}), params={"at": "2024-09-01"}), expected)
    with pytest.raises(UsageError, match="which source"):
        served.predict(rows.assign(**{"log.source": 2}))
    with pytest.raises(UsageError, match="007a"):
        served.predict(rows.assign(kunde="007a"))
    assert set(example_of(model)["log.source"]) == {0, 1}
    assert len(served.predict(served.input_example)) == 2


def test_a_date_known_ahead_is_one_column(company, company_schema, some, tmp_path):
    schema = replace(company_schema, customers=CustomerSchema(known_ahead=("renewal",)))
    about = company.customers[["customer_id"]].drop_duplicates()
    about = about.assign(renewal=np.datetime64("2024-06-01") + np.arange(len(about)).astype("timedelta64[D]"))
    log = read_interactions(company.interactions, schema, customers=about)
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(log, churn, cutoffs=monthly("2024-01-01", "2024-06-01"))
    builders = [Recency(), Attributes(dates=("renewal",))]
    model = ChurnModel(features=builders, classifier=ChurnClassifier(n_estimators=5), folds=2).fit(panel)
    package(model, tmp_path / "model")
    served = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    # not a second one for the role that says it is known ahead
    named = [name for name in signature_of(model).inputs.input_names() if name.startswith("customers.")]
    assert named == ["customers.renewal", "customers.valid_from", "customers.valid_to"]
    events = some[0]
    theirs = about[about["customer_id"].isin(events["customer_id"])]
    expected = score(model, read_interactions(events, schema, customers=theirs), at=AT, reasons=3)
    same(served.predict(with_attributes(events, theirs), params={"at": AT}), expected)
    assert len(served.predict(served.input_example)) == 2


def test_the_signature_says_what_is_needed(model):
    signature = signature_of(model)
    needed = signature.inputs.required_input_names()
    assert needed[:4] == ["customer_id", "timestamp", "known_at", "kind"]
    assert "product_group" in signature.inputs.optional_input_names()
    assert [one.name for one in signature.params] == ["at", "reasons"]
    told = [name for k in (1, 2, 3) for name in (f"reason_{k}", f"points_{k}", f"subject_{k}")]
    assert signature.outputs.input_names()[:12] == ["customer_id", "churn_probability", "band", *told]
    kinds = {one.name: one.type.name for one in signature.outputs.inputs}
    assert (kinds["reason_1"], kinds["points_1"], kinds["subject_1"]) == ("string", "double", "string")


class TestWhatIsSaidForAllRowsAndWhatIsKnownLater:
    """Tickets that people answer on the phone, which is in no column, and whose outcome is known when they are closed."""

    @pytest.fixture(scope="class")
    def tickets(self, company) -> pd.DataFrame:
        calls = company.interactions.query("kind == 'call'")[["customer_id", "timestamp", "resolved"]]
        return calls.assign(closed=calls["timestamp"] + pd.Timedelta("3h"), kind="call").reset_index(drop=True)

    @pytest.fixture(scope="class")
    def schema(self) -> Schema:
        return Schema(
            customer_id="customer_id",
            timestamp="timestamp",
            kind="kind",
            resolved="resolved",
            constants={"agent": "human", "touchpoint": "phone"},
            later=(Later(at="closed", columns=("resolved",)),),
        )

    @pytest.fixture(scope="class")
    def answering(self, tickets, schema) -> ChurnModel:
        log = read_interactions(tickets, schema)
        churn = Inactivity("60D", kinds=("call",))
        panel = make_panel(log, churn, cutoffs=monthly("2024-01-01", "2024-08-01"))
        trees = ChurnClassifier(n_estimators=10, min_child_samples=10)
        families = [Recency(), HumanTouch(windows=("60D",)), Recovery(windows=("60D",))]
        return ChurnModel(churn, features=families, classifier=trees, folds=1).fit(panel)

    def test_a_request_gets_the_scores_of_the_log(self, answering, tickets, schema, tmp_path):
        assert {"agent", "resolved"} <= set(answering.features_.columns_)
        package(answering, tmp_path / "model")
        loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
        some = tickets[tickets["customer_id"].isin(sorted(set(tickets["customer_id"]))[:20])].reset_index(drop=True)
        log = read_interactions(some, schema, observed_until=AT)
        same(loaded.predict(some, params={"at": AT}), score(answering, log, at=AT, reasons=3))

    def test_it_is_kept_with_an_example_that_it_can_answer(self, answering, tmp_path):
        example = example_of(answering)
        assert example["closed"].notna().all()
        package(answering, tmp_path / "model")
        loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
        assert loaded.predict(example, params={"at": AT})["customer_id"].tolist()
