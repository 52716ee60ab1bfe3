"""What drivers and themes are called towards people: the one place where their names become words."""

from __future__ import annotations

_THEMES = {
    "rhythm": "how often and how lately they came",
    "money": "what they spent",
    "experience": "what it was like",
    "profile": "who they are",
    "compared": "how they compare with others",
}
_DRIVERS = {
    "active_days": "days they were active",
    "activity": "how lately and how much they did",
    "after_sale": "hearing from us after buying",
    "attention": "being answered when they turn to us",
    "attributes": "what is on file about them",
    "balance": "good against bad moments",
    "basics": "promises kept, matters settled",
    "breadth": "how widely they use us",
    "cadence": "their own rhythm",
    "calendar_lags": "same time last week and last year",
    "clock": "the hours at which they come",
    "consistency": "same treatment everywhere",
    "continuation": "staying active week by week",
    "decay": "activity fading away",
    "disruption": "change beyond everybody's",
    "effort": "how hard it was",
    "feedback": "what they told us when asked",
    "human_touch": "people, and the same ones",
    "journey": "the order of their steps",
    "last_k": "last time against the times before",
    "moments": "small good moments",
    "peak_end": "the worst, the best and the last moment",
    "prior": "what became of customers like them",
    "recency": "how long ago they were here",
    "recovery": "putting it right",
    "refunds": "money that went back",
    "renewal": "coming back from silences",
    "speed": "how quickly we answer",
    "standing": "where they stand among all",
    "trend": "doing more or less than before",
    "value": "what they spend",
    "volume": "how much they do",
    "word_of_mouth": "what they tell others",
}


def subject_words(name: str) -> str:
    """Return a driver or a theme in words; a driver of somebody's own is called by its name.

    Examples
    --------
    >>> subject_words("effort"), subject_words("experience"), subject_words("my_calls")
    ('how hard it was', 'what it was like', 'my calls')
    """
    return _DRIVERS.get(name) or _THEMES.get(name) or name.replace("_", " ")
