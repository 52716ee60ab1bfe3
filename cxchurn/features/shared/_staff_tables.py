"""What is known of the people that customers deal with, over all customers: dated tables without a name in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY
from cxchurn.features.shared._comparing import Crowd
from cxchurn.features.shared._lost import Outcomes, beyond_others
from cxchurn.features.shared._people import Met, Named, Person, Told
from cxchurn.features.shared._references import FEWEST, Table, shortened
from cxchurn.history import ByLabels, Measure, Pairs, Seen, Window, over_customers, pairs, pairs_together

# what is told of people, and in which steps: the exact level of a week would name it
STEPS = {"tone": 20, "solved": 20, "trend": 20, "lost": 20}


def stepped(what: str, values: np.ndarray) -> np.ndarray:
    """Return numbers in the steps that they are told in; adding 0 makes no number a negative zero."""
    return np.round(values * STEPS[what]) / STEPS[what] + 0.0


@dataclass(frozen=True)
class Asked:
    """What tables about people are made by.

    Parameters
    ----------
    key : str
        What the persons' ids are hashed with.
    lately : str
        How long ago a trend begins.
    shrink : float
        By how many events (customers, where these were lost) of everybody a person's own are steadied.
    moments : int
        From how many earlier moments it is looked at which customers were lost.
    """

    key: str
    lately: str
    shrink: float
    moments: int = 0

    def table(self, crowd: Crowd, told: tuple[str, ...]) -> Table:
        """Return what is known of people at a moment.

        Parameters
        ----------
        crowd : Crowd
        told : tuple of {"tone", "solved"}
            What the log tells.
        """
        if crowd.began is None:
            return {}
        found = self._found(crowd, told)
        people = over_customers(found["met"], FEWEST)
        enough = ~np.isnan(people.met)
        table: Table = {
            "at": [crowd.at / DAY],
            "began": [float(np.floor(crowd.began / DAY))],
            "people": people.label[enough].tolist(),
            "met": np.floor(people.met[enough]).tolist(),
            "left": np.floor(people.left[enough]).tolist(),
        }
        for what in told:
            table |= dict(_told(what, over_customers(found[what], FEWEST)))
        if "tone_mean" in table:
            table |= dict(self._trend(found, *table["tone_mean"]))
        return table | dict(self._lost(crowd))

    def _lost(self, crowd: Crowd) -> Iterator[tuple[str, list[float]]]:
        """Yield the people whom enough customers had dealt with last, and how much more often these were lost than all."""

        def ask(seen: Seen) -> dict[str, np.ndarray]:
            return {"person": seen.latest(Person(Named(), self.key)), "customer": seen.customers}

        rows = [(found["person"], found["customer"], lost) for found, lost in crowd.closed(self.moments, ask)]
        if not rows:
            return
        person, customer, lost = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        if np.isnan(person).all():
            return
        people, beyond = beyond_others(Outcomes(person[None], customer, lost), shrink=self.shrink)
        yield "lost_people", people.tolist()
        yield "lost", stepped("lost", beyond).tolist()

    def _found(self, crowd: Crowd, told: tuple[str, ...]) -> dict[str, Pairs]:
        """Return what each customer had to do with each person: whom they met, and what was told, also lately and before."""
        tone = {"lately", "before"} if "tone" in told else set()

        def ask(seen: Seen) -> dict[str, Pairs]:
            parts: dict[str, tuple[Window, Measure]] = {name: (seen, Told(name)) for name in told} | {
                "met": (seen, Met())
            }
            if tone:
                windows = {"lately": seen.last(self.lately), "before": seen.before(self.lately)}
                parts |= {name: (window, Told("tone")) for name, window in windows.items()}
            return {name: pairs(window, "agent_id", measure, key=self.key) for name, (window, measure) in parts.items()}

        answers = list(crowd.everybody(ask))
        return {name: pairs_together(one[name] for one in answers) for name in ("met", *told, *sorted(tone))}

    def _trend(self, found: dict[str, Pairs], mean: float) -> Iterator[tuple[str, list[float]]]:
        lately, before = (self._steadied(found[part], mean) for part in ("lately", "before"))
        both = sorted(lately.keys() & before.keys())
        change = np.array([lately[one] - before[one] for one in both])
        yield "trend_people", both
        yield "trend", stepped("trend", change).tolist()

    def _steadied(self, found: Pairs, mean: float) -> dict[float, float]:
        """Return the mean of each person whom enough customers have met, drawn towards everybody's."""
        people = over_customers(found, FEWEST)
        drawn = (people.total + self.shrink * mean) / (people.events + self.shrink)
        enough = people.customers >= FEWEST
        return dict(zip(people.label[enough].tolist(), drawn[enough].tolist(), strict=True))


def _told(what: str, every: ByLabels) -> Iterator[tuple[str, list[float]]]:
    # without the customer who is asked about there are still as many
    enough = every.customers > FEWEST
    if not enough.any():
        return
    yield f"{what}_mean", shortened([every.total.sum() / every.events.sum()])
    yield f"{what}_people", every.label[enough].tolist()
    yield f"{what}_events", every.events[enough].astype(np.float64).tolist()
    yield f"{what}_total", shortened(every.total[enough])
