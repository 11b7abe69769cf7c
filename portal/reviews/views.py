"""The queue and its pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from portal.reviews import actions, queries
from portal.reviews.forms import DecisionForm
from portal.reviews.states import ReviewDecision
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid

PAGE_SIZE = 50
READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
REVIEWERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)


@doors.staff(*READERS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the most urgent first."""
    context = {
        "section": "reviews",
        "items": queries.queue_page(PAGE_SIZE),
        "count": queries.queue().count(),
        "can_review": not doors.actor_of(request).roles.isdisjoint(REVIEWERS),
    }
    return render(request, "reviews/queue.html", context)


@doors.staff(*READERS)
@require_GET
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one review's story."""
    actor = doors.actor_of(request)
    review = queries.review_named(reference)
    context = {
        "section": "reviews",
        "review": review,
        "story": queries.story_of(review),
        "is_mine": review.claimed_by == actor.reference,
        "can_review": not actor.roles.isdisjoint(REVIEWERS),
        "decisions": ReviewDecision,
    }
    return render(request, "reviews/detail.html", context)


@doors.staff(*REVIEWERS)
@require_GET
def next_review(request: HttpRequest) -> HttpResponse:
    """Go to what this person should look at next, or to the queue when nothing waits."""
    review = queries.next_for(doors.actor_of(request))
    return redirect("reviews:detail", review.reference) if review else redirect("reviews:queue")


@doors.staff(*REVIEWERS)
@require_POST
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a review."""
    actions.claim_review(queries.review_named(reference), actor=doors.actor_of(request))
    return redirect("reviews:detail", reference)


@doors.staff(*REVIEWERS)
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a review back."""
    actions.release_review(queries.review_named(reference), actor=doors.actor_of(request))
    messages.success(request, gettext("The review is back in the queue."))
    return redirect("reviews:queue")


@doors.staff(*REVIEWERS)
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """End a review and show the next one."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("Choose one of the decisions on the page."))
    decision = form.cleaned_data["decision"]
    review = queries.review_named(reference)
    actions.decide_review(review, actor=doors.actor_of(request), decision=decision)
    messages.success(request, ReviewDecision(decision).told)
    return redirect("reviews:next")
