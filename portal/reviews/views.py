"""The queue and its pages."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.reviews import actions, queries
from portal.reviews.forms import AnswerForm, DecisionForm, FilterForm, HandOverForm, ManyForm, NoteForm, SnoozeForm
from portal.reviews.states import ReviewState
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid, Refused

PAGE_SIZE = 50
REVIEWERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)
WORKERS = (*REVIEWERS, Role.PARTNER_MANAGER)
READERS = (*WORKERS, Role.AUDITOR)
DECIDED_NOW = "decided_now"
"""In the session: how many decisions this person has made since they signed in."""


@doors.staff(*READERS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the most urgent first; the address says which."""
    actor, form = doors.actor_of(request), _filter(request)
    pages = Paginator(queries.filtered(form.wanted(), actor), PAGE_SIZE)
    page = pages.get_page(form.cleaned_data["page"] or 1)
    context = {
        "section": "reviews",
        "form": form,
        "items": queries.queue_items(page.object_list),
        "page": page,
        "filters": queries.saved_filters(actor),
        "kept": form.kept(),
        "can_review": not actor.roles.isdisjoint(WORKERS),
        "can_propose": Role.SENIOR_REVIEWER in actor.roles,
    }
    return render(request, "reviews/queue.html", context)


@doors.staff(*READERS)
@require_GET
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one review's story."""
    return render(request, "reviews/detail.html", _detail(request, reference))


@doors.staff(*WORKERS)
@require_GET
def next_review(request: HttpRequest) -> HttpResponse:
    """Go to what this person should look at next, or to the queue when nothing waits."""
    return _show(request, queries.next_for(doors.actor_of(request)))


@doors.staff(*WORKERS)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Claim what is most urgent and free, and show it."""
    review = actions.claim_next(_wanted(request), actor=doors.actor_of(request))
    if review is None:
        messages.info(request, gettext("Nothing is free just now."))
    return _show(request, review)


@doors.staff(*WORKERS)
@require_POST
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a review."""
    return _show(request, actions.claim_review(_review(request, reference), actor=doors.actor_of(request)))


@doors.staff(*WORKERS)
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a review back."""
    actions.release_review(_review(request, reference), actor=doors.actor_of(request))
    messages.success(request, gettext("The review is back in the queue."))
    return _show(request, None)


@doors.staff(*WORKERS)
@require_POST
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a review to a colleague."""
    actor, review = doors.actor_of(request), _review(request, reference)
    form = HandOverForm(request.POST, colleagues=queries.colleagues(review, actor))
    if not form.is_valid():
        raise Invalid(gettext("Choose a colleague who works on this kind of review."))
    actions.hand_over_review(review, to=form.cleaned_data["to"], actor=actor)
    messages.success(request, gettext("Your colleague has it now."))
    return _show(request, None)


@doors.staff(*WORKERS)
@require_POST
def snooze(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a review rest."""
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("Say for how many days it rests, from 1 to 7, and why."))
    actions.snooze_review(_review(request, reference), actor=doors.actor_of(request), **form.cleaned_data)
    messages.success(request, gettext("It rests, and comes back by itself."))
    return _show(request, None)


@doors.staff(*WORKERS)
@require_POST
def wake(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a snoozed review back before its time."""
    return _show(request, actions.wake_review(_review(request, reference), actor=doors.actor_of(request)))


@doors.staff(*REVIEWERS)
@require_POST
def escalate(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a senior reviewer."""
    actions.escalate_review(_review(request, reference), actor=doors.actor_of(request))
    messages.success(request, gettext("A senior reviewer will take it."))
    return _show(request, None)


@doors.staff(*WORKERS)
@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Leave a note."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        context = _detail(request, reference) | {"note_form": form}
        return render(request, "reviews/detail.html", context, status=400)
    review = _review(request, reference)
    actions.add_note(review, text=form.cleaned_data["text"], actor=doors.actor_of(request))
    messages.success(request, gettext("The note is kept."))
    return _show(request, review)


@doors.staff(*WORKERS)
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """End a review and show the next one."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("Choose one of the decisions on the page."))
    decision = form.cleaned_data["decision"]
    review = actions.decide_review(_review(request, reference), actor=doors.actor_of(request), decision=decision)
    return _decided(request, review, decision)


@doors.staff(*REVIEWERS)
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer a reporter and show the next review."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        context = _detail(request, reference) | {"answer_form": form}
        return render(request, "reviews/detail.html", context, status=400)
    review = actions.answer_review(
        _review(request, reference), text=form.cleaned_data["text"], actor=doors.actor_of(request)
    )
    return _decided(request, review, review.decision or "")


@doors.staff(Role.SENIOR_REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_many(request: HttpRequest) -> HttpResponse:
    """Propose one change of many entries; a colleague finds it in the queue."""
    actor = doors.actor_of(request)
    named = request.GET.get("review", "")
    form = ManyForm(request.POST or None, initial={"entries": queries.related_to(named, actor) if named else ""})
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            actions.propose_many(sent["verb"], sent["entries"], reason=sent["reason"], actor=actor)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, gettext("Proposed. Nothing happens until a colleague agrees."))
            return redirect("reviews:queue")
    context = {"section": "reviews", "form": form}
    return render(request, "reviews/propose_many.html", context, status=400 if form.errors else 200)


@doors.staff(*REVIEWERS)
@require_POST
def agree(request: HttpRequest, reference: str) -> HttpResponse:
    """Be the second person."""
    review = actions.agree_review(_review(request, reference), actor=doors.actor_of(request))
    return _decided(request, review, review.decision or "")


@doors.staff(*REVIEWERS)
@require_POST
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Be the second person, and say no."""
    review = actions.decline_review(_review(request, reference), actor=doors.actor_of(request))
    messages.success(request, gettext("Declined. The review is back in the queue; a note helps the next person."))
    return _show(request, review)


@doors.staff(Role.SENIOR_REVIEWER)
@require_POST
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a decided review up again."""
    review = actions.reopen_review(_review(request, reference), actor=doors.actor_of(request))
    messages.success(request, gettext("The review is open again. The earlier decision stays on record."))
    return _show(request, review)


@doors.staff(*REVIEWERS, is_fresh=True)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an entry's fingerprints to somebody who has just proved who they are; every look is recorded."""
    review = _review(request, reference)
    context = {"section": "reviews", "review": review, "fingerprints": None}
    if request.method == "POST":
        context["fingerprints"] = actions.reveal_fingerprints(review, actor=doors.actor_of(request))
    return render(request, "reviews/reveal.html", context)


def _review(request: HttpRequest, reference: str) -> Any:
    return queries.review_named(reference, doors.actor_of(request))


def _decided(request: HttpRequest, review: Any, decision: str) -> HttpResponse:
    """Say what a decision did, and go on with the next review, claimed already; after a good many offer a pause."""
    messages.success(request, queries.told(review, decision))
    request.session[DECIDED_NOW] = request.session.get(DECIDED_NOW, 0) + 1
    if queries.is_time_for_a_break(request.session[DECIDED_NOW]):
        messages.info(request, gettext("That was a good stretch. A short break now does no harm to anybody."))
        return _show(request, None)
    return _show(request, actions.claim_next(_wanted(request), actor=doors.actor_of(request)))


def _show(request: HttpRequest, review: Any) -> HttpResponse:
    """Lead to a review, or to the queue where there is none; what is shown of the queue stays in the address."""
    path = reverse("reviews:detail", args=[review.reference]) if review else reverse("reviews:queue")
    return redirect(path + _shown(request))


def _detail(request: HttpRequest, reference: str) -> dict[str, object]:
    actor = doors.actor_of(request)
    review = _review(request, reference)
    story = queries.story_of(review, actor)
    return {
        "section": "reviews",
        "shown": _shown(request),
        "review": review,
        "story": story,
        "change": queries.change_of(story),
        "can_escalate": queries.can_escalate(review),
        "choices": queries.choices_for(review),
        "held": queries.held_decision(review),
        "is_mine": review.state == ReviewState.CLAIMED and review.claimed_by == actor.reference,
        "is_first": queries.is_first(review, actor),
        "can_review": not actor.roles.isdisjoint(WORKERS),
        "can_reopen": queries.can_reopen(review, actor),
        "can_propose": Role.SENIOR_REVIEWER in actor.roles,
        "proposed_it": review.proposed_by == actor.reference,
        "answer_form": AnswerForm(),
        "snooze_form": SnoozeForm(),
        "note_form": NoteForm(),
        "hand_over_form": HandOverForm(colleagues=queries.colleagues(review, actor)),
    }


def _wanted(request: HttpRequest) -> queries.Filter:
    return _filter(request).wanted()


def _shown(request: HttpRequest) -> str:
    """Give what ends an address, so that what is shown of the queue stays as it is."""
    kept = _filter(request).kept()
    return f"?{kept}" if kept else ""


def _filter(request: HttpRequest) -> FilterForm:
    """Give the filter in the address."""
    form = FilterForm(request.GET, platforms=queries.platforms())
    if not form.is_valid():
        raise Invalid(gettext("There is no such filter. Go back to the queue and choose one."))
    return form
