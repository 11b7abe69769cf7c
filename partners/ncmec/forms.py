"""Read what partners send in this dialect."""

from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.core import signing

from partners.ncmec import rules
from partners.ncmec.rules import Window
from partners.organisations.queries import REGISTRY_MEMBER_ID
from partners.outcomes.states import Vote
from registry.access.refusals import Invalid

_CURSOR = signing.Signer(salt="partners.ncmec.cursor")
EXPECTED = (
    "Send <feedbackSubmission> with <affirmative/>, or with <negative><reasonIds><guid>…</guid></reasonIds></negative>."
)


def read_window(parameters: Mapping[str, str], now: datetime) -> Window:
    """Read the parameters of an entries request: 'from' and 'to', or the 'cursor' of a next page."""
    if unknown := set(parameters) - {"from", "to", "cursor"}:
        names = ", ".join(sorted(unknown))[:200]
        raise Invalid(f"Unknown parameters: {names}. Send 'from' and 'to'; there are no filters here.")
    if "cursor" in parameters:
        return _read_cursor(parameters)
    if "from" not in parameters or "to" not in parameters:
        raise Invalid("Send 'from' and 'to', UTC times such as 2026-11-23T22:15:00Z.")
    window = Window(rules.parse_time("from", parameters["from"]), rules.parse_time("to", parameters["to"]))
    rules.check_window(window, now)
    return window


def write_cursor(window: Window, after: int) -> str:
    """Write the opaque cursor of the page that follows leaf `after`. It needs no memory of ours and does not expire."""
    return _CURSOR.sign_object([window.begin, window.end, after])


def read_signal_type(type_name: str, member_id: int = REGISTRY_MEMBER_ID) -> str:
    """Read the fingerprint type, and whose entry it is of, from an address."""
    rules.check_member(member_id, REGISTRY_MEMBER_ID)
    return rules.signal_type(type_name)


def read_vote(body: bytes) -> tuple[Vote, str]:
    """Read a feedback submission: the vote, and the reason's guid (empty when there is none)."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Invalid(f"The body is not XML that is taken here. {EXPECTED}") from error
    votes = list(root)
    if _name(root) != "feedbackSubmission" or len(votes) != 1:
        raise Invalid(EXPECTED)
    if _name(votes[0]) == "affirmative" and not len(votes[0]):
        return Vote.AFFIRM, ""
    guids = [element.text or "" for element in votes[0].iter() if _name(element) == "guid"]
    if _name(votes[0]) != "negative" or len(guids) != 1:
        raise Invalid(EXPECTED)
    return Vote.NEGATIVE, guids[0].strip()


def _read_cursor(parameters: Mapping[str, str]) -> Window:
    if len(parameters) != 1:
        raise Invalid("A cursor stands alone: use the address in <next> exactly as it was given.")
    try:
        begin, end, after = _CURSOR.unsign_object(parameters["cursor"])
    except (signing.BadSignature, ValueError):
        raise Invalid("This cursor is not one of ours. Use the address in <next> exactly as it was given.") from None
    return Window(begin, end, after)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
