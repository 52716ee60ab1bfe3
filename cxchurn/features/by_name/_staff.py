"""The people customers deal with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

import numpy as np

from cxchurn._core import span
from cxchurn.features._column import Column
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._people import Known, Met, Named, Others, Person, SoFar, UsualPerson
from cxchurn.features.shared._references import Table
from cxchurn.features.shared._staff_answers import Difference, Gone, New, Record
from cxchurn.features.shared._staff_tables import Asked
from cxchurn.history import Seen, compared, ratio

_LATEST = 5


class Staff(Comparing):
    """Who looks after customers: newcomers or people they know, and what others went through with the same person.

    A person is whoever ``agent_id`` names, unless it was a bot or the customer; the usual person is the one met most often, and
    more than once. From the customer's own past: ``staff_usual_days`` (since the last contact with the usual person; missing
    without one) and ``staff_others_in_row`` (contacts with other people since). From everybody's, as of the last Monday:
    ``staff_usual_gone`` (1 where fewer than ten customers have met the usual person within `quiet`) and ``staff_newcomers`` (of
    the last five contacts with people the share with newcomers: people whom, `new` before the contact, fewer than ten customers
    had met; missing in the time `new` after the log began). Of the person whom the last event names, where the log tells it:
    ``staff_tone`` (how contacts of other customers with them felt, by sentiment or score, less how all contacts with people
    did), ``staff_solved`` (of others' matters the share that they closed, less that of all people) and ``staff_trend`` (how
    contacts with them felt in the last `lately` less before). These three are in steps of a twentieth, steadied by `shrink`
    events of everybody, and missing for people of whom fewer than ten (other) customers tell. With `moments` also
    ``staff_lost``: of the customers who had dealt with that person last at that many earlier moments, four weeks apart, the
    share who churned, as far as that was known by then, less that of all who had dealt with somebody; in the same steps,
    missing for people whom ten such customers at most had dealt with, or without a churn definition.

    No name is kept: tables hold keyed hashes of ids, and no number that rests on fewer than ten customers.

    Parameters
    ----------
    quiet : str, default "60D"
    new : str, default "90D"
    lately : str, default "90D"
    shrink : float, default 20.0
        Above 0.
    key : str
        What ids are hashed with. Whoever has the model has it, and could try out whether it knows somebody; say one of your own
        where others are not to compare models.
    moments : int, default 0
        From how many earlier moments it is looked at which customers were lost; with 0 there is no column about them.
    """

    driver = "staff"
    needs = ("agent_id",)
    theme = "experience"
    actionable = True

    def __init__(
        self,
        *,
        quiet: str = "60D",
        new: str = "90D",
        lately: str = "90D",
        shrink: float = 20.0,
        key: str = "staff",
        moments: int = 0,
    ) -> None:
        self.quiet = quiet
        self.new = new
        self.lately = lately
        self.shrink = shrink
        self.key = key
        self.moments = moments

    def reference(self, crowd: Crowd) -> Table:
        """Return what is known of people whom ten customers have met at least, by the hashes of their ids."""
        return Asked(self.key, self.lately, self.shrink, self.moments).table(crowd, _told(crowd.log.roles.__contains__))

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield from self._usual(seen)
        yield self._newcomers(seen)
        person, known = seen.latest(Person(Named(), self.key)), seen.latest(Known(Named()))
        told = _told(seen.has)
        for what in told:
            own = [
                seen.latest(SoFar(what, counted, before_week))
                for before_week in (False, True)
                for counted in (True, False)
            ]
            beyond = compared(seen, self.table_name, Record(what, self.shrink), person, known, *own)
            yield _tone(beyond) if what == "tone" else _solved(beyond)
        if "tone" in told:
            yield self._trend(seen, person)
        if self.moments:
            yield _lost(compared(seen, self.table_name, Difference("lost"), person))

    def _usual(self, seen: Seen) -> Iterator[Column]:
        yield Column(
            "staff_usual_days",
            seen.age(column=UsualPerson(self.key)),
            says="last dealt with the person they usually deal with {value:when}",
            missing="has no person whom they usually deal with",
            unit="days",
            expects=1,
        )
        yield Column(
            "staff_others_in_row",
            seen.latest(Others()),
            says="has had {value:#contact} with others since they last had the person they usually deal with",
            zero="had the person they usually deal with at their last contact with people",
            missing="has no person whom they usually deal with",
            expects=1,
        )
        gone = Gone(span(self.quiet, name="quiet").days)
        yield Column(
            "staff_usual_gone",
            compared(seen, self.table_name, gone, seen.latest(UsualPerson(self.key))),
            says="used to deal with a person whom hardly any customer has met in the last {quiet}",
            zero="usually deals with a person who is still there",
            missing="has no person whom they usually deal with and many others do",
            unit="yes/no",
            expects=1,
            slots={"quiet": span(self.quiet, name="quiet")},
        )

    def _newcomers(self, seen: Seen) -> Column:
        new = New(span(self.new, name="new").days)
        contacts = [
            (seen.latest(Person(Met(), self.key), nth=nth), seen.latest(Known(Met()), nth=nth))
            for nth in range(1, _LATEST + 1)
        ]
        found = [compared(seen, self.table_name, new, *contact) for contact in contacts]
        newcomers = reduce(np.add, [np.where(np.isnan(one), 0.0, one) for one in found])
        told = reduce(np.add, [np.where(np.isnan(one), 0.0, 1.0) for one in found])
        return Column(
            "staff_newcomers",
            ratio(newcomers, told),
            says="dealt with somebody new to the job in {value:share} of the latest contacts with people",
            zero="dealt with nobody new to the job in the latest contacts with people",
            missing="has had no contact with people of whom it is known how long they are there",
            unit="share",
            expects=1,
        )

    def _trend(self, seen: Seen, person: np.ndarray) -> Column:
        return Column(
            "staff_trend",
            compared(seen, self.table_name, Difference("trend"), person),
            says="last dealt with a person who gave customers {value:shade} better moments in the last {lately} than before",
            below="last dealt with a person who gave customers {value:shade} worse moments in the last {lately} than before",
            zero="last dealt with a person who gave customers moments as good in the last {lately} as before",
            missing=_NOBODY,
            unit="valence",
            expects=-1,
            neutral=0.0,
            slots={"lately": span(self.lately, name="lately")},
        )


_NOBODY = "has dealt with nobody of whom enough customers tell"


def _told(has: Callable[[str], bool]) -> tuple[str, ...]:
    """Return what a log tells of people."""
    tone = has("sentiment") or (has("score") and has("score_type"))
    return tuple(what for what, there in (("tone", tone), ("solved", has("resolved"))) if there)


def _tone(beyond: np.ndarray) -> Column:
    return Column(
        "staff_tone",
        beyond,
        says="last dealt with a person with whom others had {value:shade} better moments than with people in general",
        below="last dealt with a person with whom others had {value:shade} worse moments than with people in general",
        zero="last dealt with a person with whom others had moments as good as with people in general",
        missing=_NOBODY,
        unit="valence",
        expects=-1,
        neutral=0.0,
    )


def _solved(beyond: np.ndarray) -> Column:
    return Column(
        "staff_solved",
        beyond,
        says="last dealt with a person who closes others' matters more often than people in general, by {value:points}",
        below="last dealt with a person who closes others' matters less often than people in general, by {value:points}",
        zero="last dealt with a person who closes others' matters as often as people in general",
        missing=_NOBODY,
        unit="share",
        expects=-1,
        neutral=0.0,
    )


def _lost(beyond: np.ndarray) -> Column:
    return Column(
        "staff_lost",
        beyond,
        says="last dealt with a person whose customers leave more often than those of people in general, by {value:points}",
        below="last dealt with a person whose customers leave less often than those of people in general, by {value:points}",
        zero="last dealt with a person whose customers leave as often as those of people in general",
        missing="has dealt with nobody of whom it is known whether enough customers left",
        unit="share",
        expects=1,
        neutral=0.0,
    )
