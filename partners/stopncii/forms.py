"""Read what partners ask in this dialect's addresses."""

from collections.abc import Mapping

from django.core import signing

from partners.stopncii import rules
from partners.stopncii.rules import Query
from registry.access.refusals import Invalid

_TOKEN = signing.Signer(salt="partners.stopncii.page")


def read_query(parameters: Mapping[str, str]) -> Query:
    """Read a FetchHashes request."""
    if unknown := set(parameters) - {"startTimestamp", "pageSize", "nextPageToken"}:
        raise Invalid(f"Unknown parameters: {', '.join(sorted(unknown))[:200]}.")
    start = rules.parse_number(parameters, "startTimestamp", rules.DEFAULT_START)
    page_size = rules.parse_number(parameters, "pageSize", rules.LARGEST_PAGE)
    if page_size == 0:
        raise Invalid("pageSize: Ask for at least 1.")
    after = _read_token(parameters["nextPageToken"], start) if parameters.get("nextPageToken") else None
    return Query(start, min(page_size, rules.LARGEST_PAGE), after)


def write_token(query: Query, after: int) -> str:
    """Write the opaque token of the page that follows leaf `after`. It needs no memory of ours and does not expire."""
    return _TOKEN.sign_object([query.start, after])


def _read_token(token: str, start: int) -> int:
    try:
        of_start, after = _TOKEN.unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise Invalid("nextPageToken: This is not a token of ours. Send it exactly as it was given.") from None
    if of_start != start:
        raise Invalid("nextPageToken: Send it with the startTimestamp it was given for.")
    return int(after)
