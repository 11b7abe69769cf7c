"""What administrators change shows on the pages at once, and in the audit log for ever."""

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.translation import trans_real

from portal.guidance import actions, queries
from portal.guidance.models import HelpLine, Signature, Wording
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import Invalid, NotFound
from registry.log.models import PendingChange

pytestmark = pytest.mark.django_db

ACTOR = Actor(ActorKind.STAFF, "7f3a")
WORDS = "Get started"


@pytest.fixture(autouse=True)
def forgetful():
    """Begin and end without words put differently."""
    caches["memory"].clear()
    yield
    caches["memory"].clear()
    for language in ("en", "es"):
        trans_real._translations.pop(language, None)


def audit():
    """Give what the audit log was told: (event, subject, data)."""
    rows = PendingChange.objects.filter(log="audit").order_by("pk")
    return [(row.record["event"], row.record["subject"], row.record["data"]) for row in rows]


def page(path="/"):
    """Give a public page."""
    return Client().get(path).content.decode()


def test_a_help_line_is_added_changed_tried_and_removed(django_capture_on_commit_callbacks):
    """On every page, each time."""
    line = HelpLine(country="US", name="Night Line", phone="555 0100")
    line = actions.save_line(line, actor=ACTOR)
    assert "555 0100" in page()
    line.phone = "555 0199"
    actions.save_line(line, actor=ACTOR)
    assert "555 0199" in page("/start/")
    assert "We tried it on" in page() if actions.check_line(line, actor=ACTOR).checked_on else False
    subject = f"line:{line.pk}"
    actions.remove_line(line, actor=ACTOR)
    assert "Night Line" not in page()
    assert audit() == [
        ("line:save", subject, {"country": "US"}),
        ("line:save", subject, {"country": "US"}),
        ("line:check", subject, {}),
        ("line:remove", subject, {}),
    ]


def test_a_platform_and_its_guide_are_changed():
    """One step a line, empty lines left out."""
    platform = queries.platform_of("reddit")
    platform.name = "Reddit (new)"
    actions.save_platform(platform, actor=ACTOR)
    actions.write_guide(platform, "en", "Press the flag.\n\n  Say why. ", actor=ACTOR)
    assert "Reddit (new)" in page("/start/")
    assert "<li><bdi>Press the flag.</bdi></li><li><bdi>Say why.</bdi></li>" in page("/guides/")
    assert audit() == [
        ("platform:save", "platform:reddit", {}),
        ("guide:write", "platform:reddit", {"language": "en"}),
    ]


@pytest.mark.parametrize(("language", "path"), [("en", "/"), ("es", "/es/")])
def test_words_are_put_differently_in_one_language_and_back(language, path, django_capture_on_commit_callbacks):
    """With no release; a process that already spoke says it too."""
    before = page(path)
    old = next(phrase.said for phrase in queries.phrases_in(language) if phrase.words == WORDS)
    assert old in before
    for said in ("Go, go", old):
        with django_capture_on_commit_callbacks(execute=True):
            actions.set_wording(language, WORDS, said, actor=ACTOR)
        assert (said in page(path)) is True
    assert page(path) == before
    assert [event for event, _, _ in audit()] == ["wording:set", "wording:set"]


def test_words_that_do_not_fit_change_nothing():
    """Unknown ones, and ones without their places."""
    with pytest.raises(NotFound):
        actions.set_wording("en", "No page says this", "x", actor=ACTOR)
    with pytest.raises(Invalid):
        actions.set_wording("en", "Call %(number)s", "Call", actor=ACTOR)
    assert not Wording.objects.exists()
    assert audit() == []


def test_a_language_is_signed_and_withheld_by_name(django_capture_on_commit_callbacks):
    """Who read it is kept; a language read before release needs nobody."""
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_language("fr", "Camille Reader", actor=ACTOR)
    assert Signature.objects.get().reader == "Camille Reader"
    assert "fr" in queries.offered()
    with django_capture_on_commit_callbacks(execute=True):
        actions.withhold_language("fr", actor=ACTOR)
        actions.withhold_language("fr", actor=ACTOR)
    assert "fr" not in queries.offered()
    assert [event for event, _, _ in audit()] == ["language:sign", "language:withhold"]
    with pytest.raises(NotFound):
        actions.sign_language("es", "Anyone", actor=ACTOR)
