from __future__ import annotations

import pytest

from cxchurn.interactions.schema._validity import Validity, validity_of


@pytest.mark.parametrize(
    ("columns", "since", "until", "books"),
    [
        (("valid_from", "valid_to", "is_current"), "valid_from", "valid_to", {"is_current": "current"}),
        (("ValidFrom", "ValidTo"), "ValidFrom", "ValidTo", {}),
        (("SysStartTime", "SysEndTime"), "SysStartTime", "SysEndTime", {}),
        (("effective_from", "effective_to"), "effective_from", "effective_to", {}),
        (("effective_date", "expiration_date"), "effective_date", "expiration_date", {}),
        (("effective_start_date", "effective_end_date"), "effective_start_date", "effective_end_date", {}),
        (
            ("row_effective_date", "row_expiration_date", "current_flag", "row_version"),
            "row_effective_date",
            "row_expiration_date",
            {"current_flag": "current", "row_version": "version"},
        ),
        (
            ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"),
            "dbt_valid_from",
            "dbt_valid_to",
            {"dbt_scd_id": "version", "dbt_updated_at": "loaded"},
        ),
        (
            ("_fivetran_start", "_fivetran_end", "_fivetran_active", "_fivetran_synced"),
            "_fivetran_start",
            "_fivetran_end",
            {"_fivetran_active": "current", "_fivetran_synced": "loaded"},
        ),
        (
            ("valid_from", "valid_to", "is_active_row", "active_record", "version", "record_hash", "customer_sk"),
            "valid_from",
            "valid_to",
            {
                "is_active_row": "current",
                "active_record": "current",
                "version": "version",
                "record_hash": "version",
                "customer_sk": "version",
            },
        ),
        # what a tool wrote when it saw the change goes before what somebody entered
        (
            ("valid_from", "valid_to", "dbt_valid_from", "dbt_valid_to"),
            "dbt_valid_from",
            "dbt_valid_to",
            {"valid_from": "start", "valid_to": "end"},
        ),
        # an end alone dates nothing, and is no attribute
        (("valid_to", "plan"), None, None, {"valid_to": "end"}),
        (("updated_at", "last_modified_date", "is_latest", "version_number"), None, None, {
            "updated_at": "loaded", "last_modified_date": "loaded", "is_latest": "current", "version_number": "version",
        }),
    ],
)  # fmt: skip
def test_names_that_warehouses_give(columns, since, until, books):
    assert validity_of(columns) == Validity(since, until, books)
    assert validity_of([*columns, "plan", "region"], several=True) == Validity(since, until, books)


@pytest.mark.parametrize("pair", [("start_date", "end_date"), ("__START_AT", "__END_AT"), ("from", "until")])
def test_weak_names_date_a_table_only_where_customers_have_several_rows(pair):
    assert validity_of([*pair, "plan"]).since is None
    found = validity_of([*pair, "plan"], several=True)
    assert (found.since, found.until) == pair


@pytest.mark.parametrize(
    "name",
    ["plan", "region", "signup", "created_at", "contract_end", "status", "active", "current_plan", "active_seats",
     "last_login", "changes", "load", "versions_used", "plan_changed_at", "start", "end", "since"],
)  # fmt: skip
def test_names_of_attributes(name):
    assert validity_of([name]) == Validity()


def test_what_is_said_goes_before_what_is_guessed():
    found = validity_of(["valid_from", "valid_to", "begin", "stop"], since="begin", until="stop")
    assert found == Validity("begin", "stop", {"valid_from": "start", "valid_to": "end"})
