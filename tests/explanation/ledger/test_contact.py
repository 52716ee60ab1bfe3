from __future__ import annotations

from cxchurn.explanation.ledger._contact import on_a_line


def test_names_that_begin_alike_are_told_apart_as_far_as_there_is_room():
    names = ["Wiedereröffnungsvorgang_wegen_Störung, Nordrhein", "Wiedereröffnungsvorgang_wegen_Störung, Niedersachsen"]
    assert [on_a_line(name, 44) for name in names] == [
        "Wiedereröffnungsvorgang_wegen_Störung, Nord…",
        "Wiedereröffnungsvorgang_wegen_Störung, Nied…",
    ]
    assert on_a_line("call, phone", 11) == "call, phone"
