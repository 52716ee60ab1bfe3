"""Scores of everybody: prepared, scored part by part, put in their order, and written."""

from cxchurn.scoring.batch._bands import BandRule
from cxchurn.scoring.batch._listing import Listing, listing
from cxchurn.scoring.batch._places import night, place_of, scores_file
from cxchurn.scoring.batch._prepared import (
    Prepared,
    check_wanted,
    known_customers,
    people,
    prepare,
    reference_notes,
    references_given,
    says_of,
    stopped_notes,
)
from cxchurn.scoring.batch._score_to import score_to
from cxchurn.scoring.batch._scored import scored_rows
from cxchurn.scoring.batch._stages import Stages
from cxchurn.scoring.batch._summary import ScoreSummary
from cxchurn.scoring.batch._text import as_text
from cxchurn.scoring.batch._wanted import Wanted

__all__ = [
    "BandRule",
    "Listing",
    "Prepared",
    "ScoreSummary",
    "Stages",
    "Wanted",
    "as_text",
    "check_wanted",
    "known_customers",
    "listing",
    "night",
    "people",
    "place_of",
    "prepare",
    "reference_notes",
    "references_given",
    "says_of",
    "score_to",
    "scored_rows",
    "scores_file",
    "stopped_notes",
]
