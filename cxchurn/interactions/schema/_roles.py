"""The roles a column of an interaction log can play, and the names such columns usually have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cxchurn.interactions.schema._other_scripts import english_name, letters_of

RoleType = Literal["id", "instant", "category", "number", "flag"]


@dataclass(frozen=True)
class Role:
    """What one column of an interaction log means.

    Parameters
    ----------
    name : str
        The role's name, which is also the column's name in ``log.events``; an ``event_id`` stays in the reader.
    type : {"id", "instant", "category", "number", "flag"}
        How its values are read.
    says : str
        What it means, in words.
    low, high : float, optional
        The smallest and the largest number allowed.
    allowed : tuple of str
        The labels allowed; empty where any label is.
    synonyms : tuple of str
        Other names such a column often has, in lower case without punctuation.
    """

    name: str
    type: RoleType
    says: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


def _role(name: str, type: RoleType, says: str, synonyms: str = "", **limits: object) -> Role:
    return Role(name, type, says, synonyms=tuple(synonyms.split()), **limits)  # type: ignore[arg-type]


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role(
            "customer_id",
            "id",
            "who the customer is",
            "custid customer cust uid customernumber customerno customerkey userid user clientid client accountid account "
            "memberid member subscriberid contactid callerid personid guestid msno requesterid requester kunde kundennummer "
            "kundennr kundenid cliente idcliente klant klantid klantnummer codcliente codigocliente codicecliente codeclient "
            "numclient idclient klient idklienta nrklienta numerklienta kund kundnummer kundnr kundenr zakaznik cislozakaznika "
            "idzakaznika ugyfel ugyfelszam musteri musterino musteriid asiakas asiakasnumero kunnr",
        ),
        _role(
            "event_id",
            "id",
            "tells repeats of one event apart from equal events",
            "eventid eventuuid eventguid eventkey interactionid interactionuuid interactionguid interactionkey",
        ),
        _role(
            "timestamp",
            "instant",
            "when it happened",
            "eventtime eventtimestamp eventdate time datetime ts date when occurredat happenedat createdat createddate "
            "transactiondate orderdate purchasedate invoicedate interactiondate contactdate datum zeitpunkt fecha startdate "
            "startedat timetimestamp buchungstag buchungsdatum bestelldatum kaufdatum transaktionsdatum budat dataoperacji "
            "datacompra fechacompra datecommande dato tidspunkt tarih",
        ),
        _role(
            "known_at",
            "instant",
            "when the row became known, if later",
            "knownat recordedat loadedat ingestedat receivedat",
        ),
        _role(
            "kind",
            "category",
            "what kind of interaction it was",
            "eventtype event eventname interactiontype interaction activitytype activity action transactiontype type typ art "
            "vorgang ereignis tipo evento activityid conceptname rodzaj mutatiesoort handelse tapahtuma islemturu",
        ),
        _role(
            "touchpoint",
            "category",
            "where it took place",
            "channel contactchannel contacttype medium channelname kanal canal",
        ),
        _role(
            "case_id",
            "category",
            "ties the interactions of one matter",
            "case caseid casenumber ticketid ticket ticketnumber incidentid incident matterid orderid caseconceptname",
        ),
        _role("direction", "category", "who reached out", "contactdirection", allowed=("inbound", "outbound")),
        _role("agent", "category", "who answered", "agenttype answeredby", allowed=("human", "bot", "self")),
        _role(
            "agent_id",
            "category",
            "which person answered",
            "agentname agent employeeid operatorid operator repid advisor",
        ),
        _role("wait_s", "number", "seconds waited", "waits waitseconds waittimes waitsec queueseconds", low=0),
        _role("duration_s", "number", "seconds it took", "durations durationseconds durationsec handleseconds", low=0),
        _role("transfers", "number", "times passed on", "transfercount ntransfers handovers reassignments", low=0),
        _role("resolved", "flag", "whether the matter was closed", "isresolved solved issolved"),
        _role("score", "number", "the answer to a survey", "rating surveyscore nps csat ces npsscore csatscore"),
        _role("score_type", "category", "which survey it was", "surveytype scoretype", allowed=("nps", "csat", "ces")),
        _role("invited", "flag", "whether an answer was asked for", "surveysent isinvited surveyed"),
        _role("sentiment", "number", "tone, from -1 to 1", "sentimentscore tone polarity", low=-1, high=1),
        _role(
            "value",
            "number",
            "money, refunds negative",
            "amount revenue price total totalprice spend sales dollars kwota belopp belb castka osszeg tutar summa dmbtr",
        ),
        _role("currency", "category", "the currency of the money", "currencycode isocurrency currencyiso"),
        _role(
            "reason",
            "category",
            "why the customer left, as they said",
            "cancelreason cancellationreason churnreason reasonforleaving leavingreason terminationreason",
        ),
        _role("promised_at", "instant", "when it was promised for", "promiseddate duedate dueat promisedfor"),
        _role("delivered_at", "instant", "when it was delivered", "delivereddate deliverydate fulfilledat"),
        _role("opened", "flag", "whether a message was opened", "isopened emailopened messageopened openedflag"),
        _role("clicked", "flag", "whether a link in a message was followed", "isclicked emailclicked clickedflag"),
        _role("discount", "number", "the part of the usual price that was taken off, from 0 to 1", low=0, high=1),
        _role("points", "number", "points of a loyalty scheme: above 0 earned, below 0 redeemed"),
        _role("tier", "category", "the tier of a loyalty scheme that the customer was in from then on"),
        _role("session_id", "category", "ties the steps of one sitting on a website or in an app"),
        _role("step", "category", "the page, or what was done on it"),
        _role("peer_id", "category", "which other customer had to do with it"),
    )
}

# roles that may be one label for all rows, each with such a label
CONSTANTS = {
    "kind": "purchase",
    "touchpoint": "chat",
    "direction": "inbound",
    "agent": "human",
    "agent_id": "K-7",
    "score_type": "csat",
    "currency": "EUR",
    "reason": "price",
}
# times that may lie ahead
AHEAD = ("promised_at", "delivered_at")
SCALES: dict[str, tuple[float, float]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
RESERVED = (*ROLES, "later")
# roles that the reader needs, and that a log has no column for
KEPT_BACK = ("event_id",)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a column's name in English, where it is in another script, in lower case without accents and punctuation."""
    return re.sub(r"[^a-z0-9]", "", letters_of(english_name(name)))
