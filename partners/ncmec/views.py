"""Answer the NCMEC hash sharing v2 addresses, read-only but for feedback."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from partners.feed import actions as feed_actions
from partners.feed import serializers as feed
from partners.ncmec import actions, forms, serializers
from partners.organisations import queries as organisations
from partners.outcomes import actions as outcomes
from partners.outcomes import queries as outcomes_queries
from registry.access import doors
from registry.access.actors import Scope
from registry.access.doors import Dialect


@doors.partner(Scope.FEED_READ, Dialect.NCMEC, has_sandbox=True)
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Say who the caller is."""
    actor = doors.actor_of(request)
    own = organisations.organisation_of(actor)
    return _xml(serializers.status_document(request.META["REMOTE_ADDR"], actor.reference, own.member_id, own.name))


@doors.partner(Scope.FEED_READ, Dialect.NCMEC, has_sandbox=True)
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """List the members a platform may know of: the registry and itself."""
    own = organisations.organisation_of(doors.actor_of(request))
    registry = (organisations.REGISTRY_MEMBER_ID, organisations.REGISTRY_NAME)
    return _xml(serializers.members_document([registry, (own.member_id, own.name)]))


@doors.partner(Scope.FEED_READ, Dialect.NCMEC, has_sandbox=True)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Give a page of what changed in a window of time."""
    window = forms.read_window(request.GET.dict(), timezone.now())
    page = actions.serve_entries(window, actor=doors.actor_of(request))
    following = "" if page.is_last else f"/v2/entries?cursor={forms.write_cursor(window, page.reached)}"
    return feed.packed(request, _xml(serializers.entries_document(page.rows, following)))


@doors.partner(Scope.FEED_READ, Dialect.NCMEC)
@require_GET
def features(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a fingerprint that is too large for the list: raw, by the address that the list gives."""
    content = feed_actions.fetch_features(reference, actor=doors.actor_of(request))
    return HttpResponse(content, content_type="application/octet-stream")


@doors.partner(Scope.FEED_READ, Dialect.NCMEC, has_sandbox=True)
@require_GET
def reasons(request: HttpRequest, type_name: str) -> HttpResponse:  # noqa: ARG001 - the same for every platform
    """List the reasons a vote against a fingerprint of this type may give."""
    forms.read_signal_type(type_name)
    return _xml(serializers.reasons_document(outcomes_queries.offered_reasons(), type_name))


@doors.partner(Scope.FEEDBACK_WRITE, Dialect.NCMEC, has_sandbox=True)
@csrf_exempt
@require_http_methods(["PUT"])
def feedback(request: HttpRequest, member_id: int, reference: str, type_name: str) -> HttpResponse:
    """Take a platform's vote on a fingerprint; the same again changes nothing."""
    signal_type = forms.read_signal_type(type_name, member_id)
    vote, reason = forms.read_vote(request.body)
    outcomes.submit_feedback(reference, signal_type, vote, reason, actor=doors.actor_of(request))
    return _xml(serializers.submission_document())


def _xml(document: str) -> HttpResponse:
    return HttpResponse(document, content_type="application/xml; charset=utf-8")
