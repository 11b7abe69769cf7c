"""Accepting, opening, adding to and withdrawing reports; what is told and when it is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from portal.conversations import actions as conversations
from portal.conversations import queries as threads
from portal.reports import actions, queries, rules
from portal.reports.models import Answers, Link, MailAddress, Report
from portal.reports.states import Went
from portal.reports.tasks import forget_told
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import Invalid, Mismatch, NotAllowed, NotFound, Refused
from registry.entries.models import Claim, Entry
from registry.entries.states import EntryState
from registry.entries.tasks import expire_claims
from registry.log.models import PendingChange
from tests.portal.reports import people

pytestmark = pytest.mark.django_db

TOLD = {
    "situation": "threatened",
    "image_of": "altered",
    "age_band": "13_15",
    "platforms": ("instagram", "no-such-place"),
    "links": (("https://site.example/canary-path", True),),
    "email": "canary@mail.example",
}


@pytest.fixture(autouse=True)
def calm():
    """Begin and end without memory of wrong keys."""
    caches["memory"].clear()
    yield
    caches["memory"].clear()


def tables():
    """Give every row of intake as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("reports_report", "reports_answers", "reports_link", "reports_mailaddress"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += cursor.fetchall()
    return str(rows)


def test_what_was_told_is_kept_closed_and_comes_back_opened():
    """Closed words as they are, links and mail sealed, unknown platforms left out."""
    report = people.report(**TOLD)
    answers = Answers.objects.get(report=report)
    assert (answers.situation, answers.image_of, answers.age_band) == ("threatened", "altered", "13_15")
    status = queries.status_of(report)
    assert status.platforms == ["Instagram"]
    assert status.links == [queries.ToldLink("https://site.example/canary-path", is_passed=False)]
    assert "canary" not in tables()


def test_a_report_without_answers_keeps_none():
    """Everything may be skipped."""
    people.report()
    assert not Answers.objects.exists()
    assert not MailAddress.objects.exists()


def test_a_report_may_hold_links_alone_but_not_nothing():
    """The person may not have the file."""
    report = people.report(items=[], links=(("https://site.example/", False),))
    assert not queries.status_of(report).items
    with pytest.raises(Invalid):
        people.report(2, items=[])


def test_a_retry_with_other_words_is_another_report():
    """What was told belongs to what is compared."""
    people.report(**TOLD)
    people.report(**TOLD)
    assert Link.objects.count() == 1
    with pytest.raises(Mismatch):
        people.report(**TOLD | {"email": ""})


@pytest.mark.django_db(transaction=True)
def test_fifty_retries_at_once_are_one_report():
    """Whichever comes first is the report, and all get the same answer."""

    def send(_):
        try:
            return people.report(**TOLD).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(send, range(50)))
    assert answers == {Report.objects.get().pk}
    assert Entry.objects.count() == Claim.objects.count() == Link.objects.count() == 1


def test_adding_is_safe_to_repeat():
    """The same photos again change nothing; others are added."""
    report = people.report()
    for _ in range(2):
        actions.add_items(report, [people.item(8), people.item(9)])
    assert Entry.objects.count() == Claim.objects.count() == 3


def test_adding_to_a_stopped_or_a_full_report_is_refused():
    """In words, and nothing is changed."""
    report = people.report()
    with pytest.raises(Invalid, match="at most"):
        actions.add_items(report, [people.item(8)] * rules.MAXIMUM_ITEMS)
    actions.withdraw_report(report)
    with pytest.raises(Refused, match="stopped"):
        actions.add_items(report, [people.item(8)])
    assert Entry.objects.count() == 1


def test_withdrawing_forgets_everything_that_was_told():
    """Answers, links, mail, messages, second key."""
    report = people.report(**TOLD)
    conversations.write_message(report.pk, "Hello")
    actions.allow_reader(report)
    actions.withdraw_report(report)
    assert not [kept for kept in (Answers, Link, MailAddress) if kept.objects.exists()]
    assert not threads.thread_of(report.pk)
    assert Report.objects.get().reader_hash is None


def test_a_report_that_ended_by_itself_keeps_nothing_that_was_told():
    """Answers, how it went, and the digest of what was sent: gone with the last file, and not before."""
    report = people.report(**TOLD | {"links": ()})
    actions.rate_report(report, Went.HARD)
    actions.set_expiry(report, 6)
    days = (queries.expiry_of(report) - report.created_on).days
    for day, is_kept in ((days - 1, True), (days, False)):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            expire_claims()
            forget_told()
        report = Report.objects.get()
        assert (report.payload_mac is not None, report.went != "", Answers.objects.exists()) == (is_kept,) * 3
    actions.rate_report(report, Went.HELPED)
    assert actions.forget_ended() == 1
    assert actions.forget_ended() == 0


def test_a_report_of_links_ends_with_the_last_of_them():
    """While staff may still pass one on, its answers stay."""
    people.report(items=[], situation="found", links=(("https://site.example/a", True),))
    assert actions.forget_ended() == 0
    staff = Actor(ActorKind.STAFF, "7f3a")
    actions.settle_link(actions.read_links(actor=staff)[0].number, actor=staff)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        forget_told()
    assert not Answers.objects.exists()


def test_the_second_key_looks_and_changes_nothing_and_a_newer_one_replaces_it():
    """For a trusted adult."""
    report = people.report()
    first = actions.allow_reader(report)
    opened = actions.open_report(report.reference, first)
    assert opened.report == report
    with pytest.raises(NotAllowed):
        opened.check_may_change()
    second = actions.allow_reader(report)
    with pytest.raises(NotFound):
        actions.open_report(report.reference, first)
    assert not actions.open_report(report.reference, second).can_change
    assert actions.open_report(report.reference, people.KEY).can_change


def test_wrong_keys_slow_that_reference_and_no_other():
    """After five, each further try waits, even one with the right key; others notice nothing."""
    report, other = people.report(1), people.report(2)
    wrong = "B" * 27 + rules.check_character("B" * 27)
    for _ in range(rules.TRIES):
        with pytest.raises(NotFound):
            actions.open_report(report.reference, wrong)
    with pytest.raises(rules.TooSoon):
        actions.open_report(report.reference, people.KEY)
    assert actions.open_report(other.reference, people.KEY).report == other
    unknown = people.reference(99)
    for _ in range(rules.TRIES):
        with pytest.raises(NotFound):
            actions.open_report(unknown, wrong)
    with pytest.raises(rules.TooSoon):
        actions.open_report(unknown, wrong)


def test_the_wait_doubles_and_ends():
    """Never longer than a minute."""
    assert [rules.wait_after(n) for n in (0, 4, 5, 6, 7, 50)] == [0, 0, 2, 4, 8, 60]


def test_news_is_mailed_once_without_saying_what(django_capture_on_commit_callbacks):
    """An answer is news; the mail names nothing, and the address is then kept 30 days more."""
    report = people.report(**TOLD)
    address = MailAddress.objects.get()
    assert not actions.tell_news(address)
    conversations.answer_message(
        conversations.write_message(report.pk, "Hi").reference, "Hello", actor=Actor(ActorKind.STAFF, "x")
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.tell_news(address)
    assert not actions.tell_news(address)
    (letter,) = mail.outbox
    assert letter.to == ["canary@mail.example"]
    words = (letter.subject + letter.body).lower()
    assert not [
        word
        for word in ("nude", "photo", "report", "image", "take", report.reference.lower())
        if word in words.replace("takeitdown", "")
    ]


def test_a_mail_address_goes_thirty_days_after_its_last_use_or_when_asked():
    """By the clock, and by the person's will."""
    report = people.report(**TOLD)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert actions.forget_old_mail() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert actions.forget_old_mail() == 1
    people.report(2, **TOLD)
    actions.forget_mail(Report.objects.get(reference=people.reference(2)))
    assert not MailAddress.objects.exists()
    assert queries.status_of(report).mail_until is None


def test_after_resealing_the_old_key_may_go(settings):
    """Rotation leaves nothing under a retired key."""
    report = people.report(**TOLD)
    old, new = settings.REPORTER_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.REPORTER_ENCRYPTION_KEYS = [new, old]
    assert actions.reseal() == 2
    settings.REPORTER_ENCRYPTION_KEYS = [new]
    assert queries.status_of(report).links == [queries.ToldLink("https://site.example/canary-path", is_passed=False)]
    assert queries.opened_address(MailAddress.objects.get()) == "canary@mail.example"


def test_a_paused_report_is_off_the_list_until_it_is_resumed():
    """Each press twice is once."""
    report = people.report()
    for _ in range(2):
        report = actions.pause_report(report)
    assert queries.status_of(report).is_paused
    assert Entry.objects.get().state == EntryState.PAUSED
    for _ in range(2):
        report = actions.resume_report(report)
    assert Entry.objects.get().state == EntryState.LISTED


def test_a_stopped_report_can_neither_pause_nor_change():
    """The end is the end."""
    report = actions.withdraw_report(actions.pause_report(people.report()))
    for verb in (actions.pause_report, actions.resume_report, actions.allow_reader):
        with pytest.raises(Refused, match="stopped"):
            verb(report)
    with pytest.raises(Refused, match="stopped"):
        actions.set_expiry(report, 12)
    assert Entry.objects.get().state == EntryState.WITHDRAWN


def test_a_report_ends_when_its_owner_says_and_so_does_what_is_added():
    """Shorter or longer."""
    report = people.report()
    actions.set_expiry(report, 12)
    chosen = queries.expiry_of(report)
    assert 364 <= (chosen - report.created_on).days <= 366
    actions.add_items(report, [people.item(8)])
    assert {claim.expires_on for claim in Claim.objects.all()} == {chosen}


def test_what_comes_in_a_flood_is_taken_and_listed_a_little_later():
    """Held, never refused."""
    code = people.reference(5)
    actions.accept_report(code, rules.key_hash(code, people.KEY), [people.item(5)], is_held=True)
    assert Entry.objects.get().state == EntryState.PENDING
    assert actions.release_held(10) == 1
    assert Entry.objects.get().state == EntryState.LISTED
    assert actions.release_held(10) == 0


@pytest.mark.parametrize("may_share", [True, False])
def test_a_link_is_read_by_staff_and_passed_on_only_as_the_person_chose(may_share):
    """They see the address and nothing of whose it is; the person sees that it was passed on."""
    report = people.report(items=[], links=(("https://site.example/a", may_share),))
    staff = Actor(ActorKind.STAFF, "7f3a")
    [link] = actions.read_links(actor=staff)
    assert (link.address, link.may_share) == ("https://site.example/a", may_share)
    for _ in range(2):
        actions.settle_link(link.number, actor=staff)
    assert actions.read_links(actor=staff) == []
    assert [told.is_passed for told in queries.status_of(report).links] == [may_share]
    events = [row.record["event"] for row in PendingChange.objects.filter(log="audit").order_by("pk")]
    assert events.count("link:settle") == 1
    assert events.count("link:read") == 2


def test_a_link_goes_ninety_days_after_staff_are_done_with_it_and_never_before():
    """By the clock; one that nobody has looked at waits."""
    people.report(items=[], links=(("https://site.example/a", True), ("https://site.example/b", True)))
    staff = Actor(ActorKind.STAFF, "7f3a")
    actions.settle_link(actions.read_links(actor=staff)[0].number, actor=staff)
    with time_machine.travel(timezone.now() + timedelta(days=90)):
        assert actions.forget_old_links() == 0
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert actions.forget_old_links() == 1
    assert [link.address for link in actions.read_links(actor=staff)] == ["https://site.example/b"]


def test_a_link_of_a_stopped_report_is_gone_for_staff_too():
    """What was written is deleted with the report."""
    report = people.report(items=[], links=(("https://site.example/a", True),))
    staff = Actor(ActorKind.STAFF, "7f3a")
    [link] = actions.read_links(actor=staff)
    actions.withdraw_report(report)
    assert actions.read_links(actor=staff) == []
    with pytest.raises(NotFound):
        actions.settle_link(link.number, actor=staff)
