"""Two customers' minds that our simulator does not have: one learns what to expect, one bears things until the last straw.

Both are lived in several lives at once, side by side on the first axis: the real one, one for each cause in which that cause
never made a difference, and one without any. All lives meet the same events, so what differs between them is due to the cause.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

CAUSES = ("wait", "transfers", "tone", "unresolved", "promise", "care")
LIVES = len(CAUSES) + 2  # the real one, without each cause, without any
USUAL_TONE = 0.25
PATIENCE = 7  # days after which an open matter is a grievance


class Mind(Protocol):
    """How experience becomes a wish to leave; every array is of shape ``(LIVES, n)``."""

    def pass_day(self) -> None:
        """Let one day fade what has been."""

    def contact(
        self, who: np.ndarray, slow: np.ndarray, transfers: np.ndarray, tone: np.ndarray, solved: np.ndarray
    ) -> None:
        """Live through contacts: log of the wait over the usual one, times passed on, tone from -1 to 1, solved or not."""

    def delivery(self, who: np.ndarray, late: np.ndarray) -> None:
        """Get a delivery so many days late."""

    def neglect(self, who: np.ndarray) -> None:
        """Find that a matter is still open after a week."""

    def care(self, who: np.ndarray) -> None:
        """Get a call from the company, just to ask."""

    def log_hazard(self) -> np.ndarray:
        """Return the mind's part of the log of the daily hazard of leaving."""


def without(cause: str) -> np.ndarray:
    """Return 1 for the lives in which the cause makes a difference, 0 for the others; shape ``(LIVES, 1)``."""
    weight = np.ones(LIVES)
    weight[[1 + CAUSES.index(cause), LIVES - 1]] = 0.0
    return weight[:, None]


class Belief:
    """Learns what the company is like, as a Bayesian does, and leaves once something else seems better.

    The belief about the quality of an experience is a normal one of mean ``m`` and precision ``k``. An experience of quality
    ``s`` moves it by ``(s - m) / (k + 1)``; what lies back counts less by the day. The wish to leave is a steep curve of how
    far the mean is below what others offer. Good experiences count as much as bad ones, and all count less the more is known.

    Parameters
    ----------
    n : int
        Customers.
    off : frozenset of str
        Causes that never make a difference, in no life.
    rng : Generator
        For what others offer to each.
    """

    _PRIOR, _KNOWN, _KEPT, _DRIFT = 0.3, 2.0, 0.985, 0.006

    def __init__(self, n: int, off: frozenset[str], rng: np.random.Generator) -> None:
        self.on = {cause: without(cause) * (cause not in off) for cause in CAUSES}
        self.outside = 0.05 + 0.08 * rng.normal(size=n)
        self.mean = np.full((LIVES, n), self._PRIOR)
        self.known = np.full((LIVES, n), self._KNOWN)

    def pass_day(self) -> None:
        """Let one day fade what has been."""
        self.known = self._KNOWN + (self.known - self._KNOWN) * self._KEPT
        self.mean += (self._PRIOR - self.mean) * self._DRIFT

    def contact(
        self, who: np.ndarray, slow: np.ndarray, transfers: np.ndarray, tone: np.ndarray, solved: np.ndarray
    ) -> None:
        """Live through contacts."""
        quality = (
            self._PRIOR
            - 0.35 * self.on["wait"] * np.maximum(slow, -0.6)
            - 0.55 * self.on["transfers"] * transfers**1.3
            + 1.1 * self.on["tone"] * (tone - USUAL_TONE)
            - 0.4 * self.on["unresolved"] * ~solved
        )
        self._learn(who, quality, 1.0)

    def delivery(self, who: np.ndarray, late: np.ndarray) -> None:
        """Get a delivery so many days late."""
        self._learn(who, 0.35 - 1.1 * self.on["promise"] * np.sqrt(late), 0.6)

    def neglect(self, who: np.ndarray) -> None:
        """Find that a matter is still open after a week."""
        self._learn(who, np.full((LIVES, len(who)), -0.7), self.on["unresolved"])

    def care(self, who: np.ndarray) -> None:
        """Get a call from the company, just to ask."""
        self._learn(who, np.full((LIVES, len(who)), 1.2), 0.6 * self.on["care"])

    def log_hazard(self) -> np.ndarray:
        """Return the mind's part of the log of the daily hazard of leaving."""
        return 3.4 / (1.0 + np.exp((self.mean - self.outside) / 0.13))

    def _learn(self, who: np.ndarray, quality: np.ndarray, weight: np.ndarray | float) -> None:
        self.known[:, who] += weight
        self.mean[:, who] += weight * (quality - self.mean[:, who]) / self.known[:, who]


class LastStraw:
    """Bears grievances until they are more than this customer bears; good experiences weigh nothing, a caring call some of all.

    Grievances fade quickly at first and then hardly at all (a sum of three half-lives, near ``1 / (1 + days / 30)``). The wish
    to leave stays where it is up to a threshold of the customer's own and jumps there.

    Parameters
    ----------
    n : int
        Customers.
    off : frozenset of str
        Causes that never make a difference, in no life.
    rng : Generator
        For how much each customer bears.
    """

    _KEPT = 0.5 ** (1.0 / np.array([8.0, 45.0, 250.0]))[:, None]
    _SHARES = np.array([0.4, 0.35, 0.25])[:, None]

    def __init__(self, n: int, off: frozenset[str], rng: np.random.Generator) -> None:
        self.on = {cause: without(cause) * (cause not in off) for cause in CAUSES}
        self.bears = rng.lognormal(np.log(1.1), 0.3, n)
        self.stock = np.zeros((LIVES, 3, n))

    def pass_day(self) -> None:
        """Let one day fade what has been."""
        self.stock *= self._KEPT

    def contact(
        self, who: np.ndarray, slow: np.ndarray, transfers: np.ndarray, tone: np.ndarray, solved: np.ndarray
    ) -> None:
        """Live through contacts; that it is not solved yet is no grievance."""
        self._add(
            who,
            0.4 * self.on["wait"] * np.maximum(slow - 0.4, 0.0)
            + self.on["transfers"] * np.select([transfers >= 2, transfers == 1], [1.2, 0.3], 0.0)
            + 2.2 * self.on["tone"] * np.maximum(-tone, 0.0),
        )

    def delivery(self, who: np.ndarray, late: np.ndarray) -> None:
        """Get a delivery so many days late."""
        self._add(who, 0.3 * self.on["promise"] * np.minimum(late, 5.0))

    def neglect(self, who: np.ndarray) -> None:
        """Find that a matter is still open after a week."""
        self._add(who, np.broadcast_to(0.8 * self.on["unresolved"], (LIVES, len(who))))

    def care(self, who: np.ndarray) -> None:
        """Get a call from the company, just to ask."""
        self.stock[:, :, who] *= 1.0 - 0.4 * self.on["care"][:, :, None]

    def log_hazard(self) -> np.ndarray:
        """Return the mind's part of the log of the daily hazard of leaving."""
        return 3.0 / (1.0 + np.exp((self.bears - self.stock.sum(axis=1)) / 0.22))

    def _add(self, who: np.ndarray, grievance: np.ndarray) -> None:
        self.stock[:, :, who] += self._SHARES * grievance[:, None, :]


MINDS = {"belief": Belief, "last straw": LastStraw}
