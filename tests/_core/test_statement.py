from __future__ import annotations

import pickle

import pytest
from sklearn.base import clone

from cxchurn._core import Statement, UsageError


class Offer(Statement):
    def __init__(
        self, size: int, *, kinds: tuple[str, ...] = ("mail",), share: float = 0.5, note: str | None = None
    ) -> None:
        self.size = size
        self.kinds = kinds
        self.share = share
        self.note = note


class Other(Offer):
    pass


class Bare(Statement):
    pass


@pytest.mark.parametrize(
    ("statement", "typed"),
    [
        (Offer(3), "Offer(size=3)"),
        (Offer(3, kinds=("mail",), share=0.5), "Offer(size=3)"),
        (Offer(3, kinds=("call", "mail")), "Offer(size=3, kinds=('call', 'mail'))"),
        (Offer(3, kinds=["mail"]), "Offer(size=3, kinds=['mail'])"),
        (Offer(3, share=0.25, note=""), "Offer(size=3, share=0.25, note='')"),
        (Bare(), "Bare()"),
    ],
)
def test_a_statement_prints_as_it_is_typed(statement, typed):
    assert repr(statement) == typed
    assert eval(typed) == statement


def test_equal_statements_are_equal():
    assert Offer(3) == Offer(3, share=0.5)
    assert hash(Offer(3)) == hash(Offer(3, share=0.5))
    assert Offer(3) != Offer(4)
    assert Offer(3) != Other(3)
    assert Offer(3) != "Offer(size=3)"
    assert pickle.loads(pickle.dumps(Offer(3, note="x"))) == Offer(3, note="x")


def test_scikit_learn_manners():
    offer = Offer(3, note="x")
    assert offer.get_params() == {"size": 3, "kinds": ("mail",), "share": 0.5, "note": "x"}
    assert clone(offer) == offer
    assert clone(offer) is not offer
    assert offer.set_params(size=4, note=None) is offer
    assert offer == Offer(4)
    assert Bare().get_params() == {}


def test_a_parameter_that_is_not_there():
    with pytest.raises(UsageError, match="Offer has no parameter 'shares'") as error:
        Offer(3).set_params(shares=0.1)
    assert "size, kinds, share, note" in str(error.value)
    assert "did you mean 'share'?" in str(error.value)
    with pytest.raises(UsageError, match="Bare has no parameter"):
        Bare().set_params(size=1)
