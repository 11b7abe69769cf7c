"""Guidance pages: the same for everyone, nothing about the reader kept. And the desk where administrators change them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.guidance import actions, queries
from portal.guidance.forms import FindForm, GuideForm, HelpLineForm, PlatformForm, SignatureForm, WordingForm
from portal.guidance.states import Language
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid

WORDS_A_PAGE = 25


@doors.public
@require_GET
def leave(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same way out for everyone
    """Have the browser forget this site, and go where nobody wonders."""
    answer = HttpResponseRedirect(settings.EXIT_ADDRESS)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@doors.public
@require_GET
def leaving(request: HttpRequest) -> HttpResponse:
    """Say how to leave fast, and what stays behind on the device."""
    return render(request, "guidance/leaving.html")


@doors.public
@require_GET
def threatened(request: HttpRequest) -> HttpResponse:
    """Say what to do tonight to someone who is being blackmailed."""
    return render(request, "guidance/threatened.html")


@doors.public
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """Say what to press on each platform."""
    return render(request, "guidance/guides.html", {"platforms": queries.platforms(get_language() or "en")})


@doors.public
@require_GET
def letter(request: HttpRequest) -> HttpResponse:
    """Give a letter with everything the law asks of one, to send oneself."""
    return render(request, "guidance/letter.html")


@doors.staff(Role.ADMINISTRATOR, Role.AUDITOR)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show what can be changed on the public pages; an auditor reads it."""
    context = {
        "lines": queries.lines(),
        "platforms": queries.platform_rows(),
        "languages": queries.languages(),
    }
    return _page(request, "desk", context)


@doors.staff(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def add_line(request: HttpRequest) -> HttpResponse:
    """Add a help line."""
    return _line(request, HelpLineForm(request.POST or None), gettext("A new help line"))


@doors.staff(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a help line."""
    line = queries.line_of(pk)
    return _line(request, HelpLineForm(request.POST or None, instance=line), line.name)


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def check_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a line was tried today."""
    line = actions.check_line(queries.line_of(pk), actor=doors.actor_of(request))
    return _done(request, gettext("%s was tried today. The pages say so.") % line.name)


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def remove_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a help line off."""
    actions.remove_line(queries.line_of(pk), actor=doors.actor_of(request))
    return _done(request, gettext("The help line is gone from every page."))


@doors.staff(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def add_platform(request: HttpRequest) -> HttpResponse:
    """Add a platform."""
    form = PlatformForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.save_platform(form.instance, actor=doors.actor_of(request))
        return redirect("guidance:change_platform", form.instance.slug)
    return _page(request, "form", {"form": form, "title": gettext("A new platform")}, form)


@doors.staff(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_platform(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a platform; its guides stand below."""
    platform = queries.platform_of(slug)
    title = platform.name
    form = PlatformForm(request.POST or None, instance=platform)
    if request.method == "POST" and form.is_valid():
        actions.save_platform(form.instance, actor=doors.actor_of(request))
        return _done(request, gettext("%s is changed on every page.") % form.instance.name)
    guides = [
        (Language(code), GuideForm(initial={"language": code, "steps": steps}, auto_id=f"{code}_%s"))
        for code, steps in queries.guides_of(platform).items()
    ]
    return _page(request, "platform", {"form": form, "title": title, "slug": slug, "guides": guides}, form)


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def write_guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a platform's guide in one language."""
    form = GuideForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("A guide needs at least one step, and at most 2,000 letters."))
    actions.write_guide(queries.platform_of(slug), **form.cleaned_data, actor=doors.actor_of(request))
    messages.success(request, gettext("The guide is changed."))
    return redirect("guidance:change_platform", slug)


@doors.staff(Role.ADMINISTRATOR, Role.AUDITOR)
@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """Look for words of the public pages."""
    form = FindForm({"language": "en"} | request.GET.dict())
    language, find = (form.cleaned_data["language"], form.cleaned_data["find"]) if form.is_valid() else ("en", "")
    found = Paginator(queries.phrases_in(language, find), WORDS_A_PAGE)
    kept = f"language={language}&find={find}"
    context = {"form": form, "page": found.get_page(request.GET.get("page")), "language": language, "kept": kept}
    return _page(request, "words", context)


@doors.staff(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_words(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """Put some words differently, in one language."""
    phrase = queries.phrase_in(language, name)
    form = WordingForm(request.POST or None, initial={"said": phrase.said})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_wording(language, phrase.words, form.cleaned_data["said"], actor=doors.actor_of(request))
        except Invalid as refused:
            form.add_error("said", refused.reason)
        else:
            return _done(request, gettext("The pages say it in a few seconds."))
    return _page(request, "phrase", {"form": form, "phrase": phrase, "language": language}, form)


@doors.staff(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, language: str) -> HttpResponse:
    """Offer a draft to the public, on the word of whoever read it."""
    name = queries.draft_named(language).label
    form = SignatureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.sign_language(language, form.cleaned_data["reader"], actor=doors.actor_of(request))
        return _done(request, gettext("%s is offered to the public from now on.") % name)
    return _page(request, "form", {"form": form, "title": gettext("Sign %s") % name}, form)


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def withhold(request: HttpRequest, language: str) -> HttpResponse:
    """Offer a language no longer."""
    actions.withhold_language(language, actor=doors.actor_of(request))
    return _done(request, gettext("The language is no longer offered."))


def _line(request: HttpRequest, form: HelpLineForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        line = actions.save_line(form.instance, actor=doors.actor_of(request))
        return _done(request, gettext("%s is changed on every page.") % line.name)
    return _page(request, "form", {"form": form, "title": title}, form)


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("guidance:desk")


def _page(request: HttpRequest, name: str, context: dict[str, Any], form: BaseForm | None = None) -> HttpResponse:
    status = 400 if form is not None and form.errors else 200
    may_change = Role.ADMINISTRATOR in doors.actor_of(request).roles
    shown = {"section": "pages", "may_change": may_change, **context}
    return render(request, f"guidance/desk/{name}.html", shown, status=status)
