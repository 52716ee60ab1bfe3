"""Asking about one customer now: events come in, probabilities with reasons go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from cxchurn._core import MismatchError, UsageError, is_address, listed
from cxchurn.features import References
from cxchurn.interactions import InteractionLog
from cxchurn.model import FittedModel
from cxchurn.scoring.online._answer import Asked, answers, count_of
from cxchurn.scoring.online._customers import Customers
from cxchurn.scoring.online._opened import opened
from cxchurn.scoring.online._result import CustomerScore, Updated
from cxchurn.scoring.online._served import Served, served
from cxchurn.scoring.online.store._book import Changes, Memory
from cxchurn.scoring.online.store._from_log import take_log
from cxchurn.scoring.online.store._on_file import amended, written
from cxchurn.scoring.online.updates._noticed import Noticed
from cxchurn.scoring.online.updates._updating import given, keeps_others, take, take_apart


class OnlineScorer:
    """Tells at any moment how likely a customer is to leave, and why, from the events it was given so far.

    The numbers and sentences are those that `score` gives for a log of the same events, to the bit, whatever the order in
    which they came. It can be asked and told from any number of threads at once; what is asked sees an update as a whole or
    not at all.

    Parameters
    ----------
    model : path or ChurnModel
        The folder of a saved model, which is opened without scikit-learn, LightGBM, pandas or DuckDB; its address in MLflow,
        such as ``"models:/churn@champion"``; or a fitted model.
    store : str, optional
        ``"sqlite:///state.db"`` to keep what is known in a file: an update that came back is there after a crash, and several
        processes may share the file. Default: in memory, and gone with the process.
    max_events : int, optional
        How many events there may be; an update that would pass it is refused. With a store it is how many are held in memory.
    memory_limit : str, optional
        The same in bytes, as estimated, such as ``"2GB"``.
    references : References or path, optional
        Newer tables about customers in general, from `refresh`. Default: the model's own.
    trust : iterable of classes or str, optional
        Your own builders, if the saved model uses any, as in `load_model`.

    Examples
    --------
    >>> scorer = cx.OnlineScorer("churn-model")
    >>> scorer.update({"customer_id": "C-1042", "timestamp": "2025-05-03T10:00:00Z", "kind": "call", "wait_s": 720})
    Updated(kept=1, repeats=0, refused=0, findings=(), unread=(), unseen={})
    >>> scorer.score("C-1042", at="2025-05-04", reasons=3).reasons[0]
    'Has never had a good moment'
    """

    def __init__(
        self,
        model: FittedModel | str | Path,
        *,
        store: str | None = None,
        max_events: int | None = None,
        memory_limit: str | None = None,
        references: References | str | Path | None = None,
        trust: Iterable[type | str] = (),
    ) -> None:
        self._given: dict[str, Any] = {"store": store, "max_events": max_events, "memory_limit": memory_limit}
        self._model, self._trust, self._references = model, tuple(trust), references
        self._served = served(model, references, self._trust)
        self._open: Memory | None = opened(self._served, **self._given)
        self._noticed = Noticed(lambda: self._book.lock)

    def _still_open(self) -> Memory:
        if self._open is None:
            raise UsageError("the scorer is closed.", hint="make a new one; with a store it knows what this one knew.")
        return self._open

    # where everything is kept, as long as the scorer is open
    _book = property(_still_open)

    def update(self, events: Any, *, source: int | None = None, on_error: str = "raise") -> Updated:
        """Take in events: new ones, late ones, in any order; those that are there already are told by their ids.

        Parameters
        ----------
        events : dict, list of dicts, frame or Arrow table
            In the columns that the model was trained on.
        source : int, optional
            Which of several sources they are of, by its place among those that the model was trained on.
        on_error : {"raise", "quarantine"}
            What happens where events break a rule: an error, and nothing of the update is taken in; or the others are kept.

        Returns
        -------
        Updated
            How many were kept, repeated others, or were refused.

        Raises
        ------
        DataError
            For events that break the rules, all of them together, in the words of `read_interactions`.
        FullError
            Where the scorer's bound would be passed.
        """
        keep, serving, book = keeps_others(on_error), self._served, self._book
        events = given(serving, self._noticed, events, source)
        return take(serving, book, self._noticed, events, keep=keep)

    def score(self, customer: Any, at: Any = None, *, reasons: int = 3) -> CustomerScore:
        """Return how likely a customer is to leave, and why.

        Parameters
        ----------
        customer : str or int
            Anybody: who is not asked about, or was never seen, gets an answer that says so.
        at : instant, optional
            The cut-off: only what was known before it counts. Default: now.
        reasons : int, default 3
            How many reasons at most.
        """
        return self.score_many([customer], at, reasons=reasons)[0]

    def score_many(self, customers: Iterable[Any], at: Any = None, *, reasons: int = 3) -> list[CustomerScore]:
        """Return the scores of several customers, in their order; quicker than one by one. For arguments see `score`."""
        serving, book = self._served, self._book
        ids, keys = Customers(serving.model.ids_), [_key(serving, book, customer) for customer in customers]
        asked = [Asked(ids.shown(key), key, book.state(key), book.on_file(key)) for key in keys]
        return answers(serving, asked, serving.moment(at), count_of(reasons))

    def score_events(
        self, events: Any, at: Any = None, *, reasons: int = 3, source: int | None = None
    ) -> list[CustomerScore]:
        """Return the scores of the customers whose events are given, by these alone; nothing of it is kept.

        Parameters
        ----------
        events : dict, list of dicts, frame or Arrow table
            As in `update`; several sources as a dict from each one's place to its events.
        at, reasons, source
            As in `score` and `update`.

        Returns
        -------
        list of CustomerScore
            One a customer, by the customers' ids.
        """
        serving, book = self._served, self._book
        moment, count, alone = serving.moment(at), count_of(reasons), Memory(book.shape)
        several = isinstance(events, dict) and events and all(type(key) is int for key in events)
        for place, own in events.items() if several else [(source, events)]:
            taken = given(serving, self._noticed, own, place)
            take_apart(alone, taken)
            self._noticed.labels(taken.rows, serving.known)
            self._noticed.ids(taken.rows, serving.model.ids_, taken.reader)
        ids = Customers(serving.model.ids_)
        keys = sorted(alone.customers(), key=ids.order)
        asked = [Asked(ids.shown(key), key, alone.state(key), book.on_file(key)) for key in keys]
        return answers(serving, asked, moment, count)

    def attributes(self, customer: Any, *, valid_from: Any = None, **values: Any) -> None:
        """Tell what is on file about a customer, such as ``plan="gold"``.

        Parameters
        ----------
        customer : str or int
        valid_from : instant, optional
            From when on it holds (just after it), for attributes that change. Default: it always held.
        **values
            By the names of the attributes in training; what is not told anew stays as it was.
        """
        serving = self._served
        since = (
            None if valid_from is None else int(serving.moment(written(valid_from), name="valid_from").astype(np.int64))
        )
        values_read, book = serving.attributes.read(values), self._book
        key = _key(serving, book, customer)
        with book.writing():
            book.put(Changes(on_file={key: amended(book.on_file(key), values_read, since)}))
        self._noticed.values(values_read, serving.known_on_file)

    def forget(self, customer: Any) -> bool:
        """Forget all about a customer; return whether there was anything to forget."""
        book = self._book
        key = Customers(self._served.model.ids_).key(customer, known=book.knows)
        with book.writing():
            return book.forget(key)

    def warm(self, log: InteractionLog) -> int:
        """Take in a whole log, and what it knows of the customers besides; return how many events it has.

        Events of it that `update` is given again are recognised by what they say, for a log does not keep the ids of its
        rows: each event of the log is one row's, so of several that say the same, as many are repeats as the log has.

        Parameters
        ----------
        log : InteractionLog
            Of customers of whom nothing is known yet.

        Raises
        ------
        UsageError
            Where events of some of its customers are there already.
        """
        serving, book = self._served, self._book
        states = take_log(log, book, serving.attributes, serving.model.schemas_)
        self._noticed.of_states(states, book.shape, serving.known)
        return sum(state.size for state in states)

    def swap(self, model: FittedModel | str | Path, *, references: References | str | Path | None = None) -> None:
        """Answer by another model from now on, from the same events; who is being answered meanwhile gets the older one's word.

        Raises
        ------
        MismatchError
            Where the model wants columns that the events were read without.
        """
        new = served(model, references, self._trust)
        lacks = self._book.shape.lacks(new.shape)
        if lacks:
            raise MismatchError(
                f"the new model's events have {listed(lacks)}, which those that are there were read without.",
                hint="begin a new scorer with it, and warm it from the log.",
            )
        self._model, self._references, self._served = model, references, new.over(self._book.shape)

    def known(self, customer: Any) -> bool:
        """Whether there are events of a customer."""
        return self._book.state(_key(self._served, self._book, customer)) is not None

    @property
    def events(self) -> int:
        """How many events there are."""
        return self._book.events

    @property
    def model(self) -> FittedModel:
        """The model that answers."""
        return self._served.model

    @property
    def model_version(self) -> str:
        """The version of the model that answers."""
        return self._served.model.version_

    @property
    def notes(self) -> list[str]:
        """What to know about the answers of today: tables about customers in general that have grown old."""
        note = self._served.features.references_.note(self._served.moment(None))
        return [] if note is None else [note]

    @property
    def unseen(self) -> dict[str, dict[str, Any]]:
        """The labels so far that the model never met, by column: ``labels`` (how many), ``rows`` (with them), ``such_as``."""
        return self._noticed.unseen

    def close(self) -> None:
        """Let go of the store's file; whoever asks from now on is told so. Answers on their way are given."""
        book, self._open = self._open, None
        if book is not None:
            book.close()

    def __contains__(self, customer: Any) -> bool:
        return self.known(customer)

    def __len__(self) -> int:
        return len(self._book)

    def __repr__(self) -> str:
        if self._open is None:
            return f"OnlineScorer(closed, model {self.model_version})"
        return f"OnlineScorer({len(self):,} customers, {self.events:,} events, model {self.model_version})"

    def __enter__(self) -> Self:
        self._still_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[..., OnlineScorer], tuple[Any, ...]]:
        """Go to another process as the model and the store's address; what is in memory alone stays here."""
        self._still_open()
        if self._given["store"] is None:
            raise UsageError(
                "a scorer that keeps its events in memory cannot go to another process.",
                allowed="a scorer with a store, which processes share",
                hint='OnlineScorer(model, store="sqlite:///state.db"); or make one in each process.',
            )
        # an address may mean another version there
        there = isinstance(self._model, (str, Path)) and is_address(self._model)
        more = {**self._given, "references": self._references, "trust": self._trust}
        return partial(OnlineScorer, self.model if there else self._model, **more), ()


def _key(serving: Served, book: Memory, customer: Any) -> str:
    return Customers(serving.model.ids_).key(customer, known=lambda one: book.state(one) is not None)
