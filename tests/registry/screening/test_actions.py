"""Screening: silently, after acceptance, and before or after a picture is known."""

import subprocess
import sys

import pytest

from registry.access.actors import REPORTER
from registry.access.refusals import Invalid
from registry.entries import actions as entries
from registry.entries import queries as entry_queries
from registry.entries.states import EntryState, FlagKind
from registry.log.models import PendingChange
from registry.log.sequencer import Sequencer
from registry.screening import actions, queries, tasks
from registry.screening.models import BenignPicture
from registry.screening.states import BenignReason
from tests.registry.entries import samples
from tests.registry.entries.test_states import ONE
from tests.registry.log.test_sequence_log import until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Have the index look at the log at every search."""
    monkeypatch.setattr(queries, "FRESH", 0.0)


def listed(sequencer, *seeds):
    """List made-up images."""
    made = entries.accept_items(list(map(samples.image, seeds)), holder="a", actor=REPORTER)
    sequencer.step()
    return made


def near_by(seed, bits=20):
    """Give a digest a few bits from a sample's."""
    return f"{int(samples.pdq_digest(seed), 16) ^ ((1 << bits) - 1):064x}"


def add(seed):
    """Put a picture that looks like a sample on the benign list."""
    return actions.add_benign(near_by(seed), reason=BenignReason.LOGO, note="the logo of a shop", actor=ONE)


def flagged():
    """Give the entries that are flagged as benign."""
    return [flag.entry for flag in entry_queries.flagged(FlagKind.BENIGN)]


@pytest.mark.parametrize("is_known_before", [True, False])
def test_a_picture_everybody_has_is_flagged_and_stays_listed(sequencer, is_known_before):
    """Whichever was first; the reporter sees no difference."""
    if is_known_before:
        add(1)
        tasks.screen()
    alike, other = listed(sequencer, 1, 2)
    if not is_known_before:
        tasks.screen()
        assert flagged() == []
        add(1)
    for _ in range(2):
        tasks.screen()
    assert flagged() == [alike]
    assert alike.state == other.state == EntryState.LISTED


def test_an_entry_is_screened_again_when_it_comes_back(sequencer):
    """Paused and resumed."""
    (entry,) = listed(sequencer, 1)
    tasks.screen()
    entries.pause_claims("a", actor=REPORTER)
    sequencer.step()
    add(1)
    tasks.screen()
    assert flagged() == []
    entries.resume_claims("a", actor=REPORTER)
    sequencer.step()
    tasks.screen()
    assert flagged() == [entry]


def test_the_benign_list_is_changed_on_the_record():
    """Who, and why; again changes nothing."""
    picture = add(1)
    assert add(1) == picture
    actions.remove_benign(picture, actor=ONE)
    actions.remove_benign(picture, actor=ONE)
    acts = [change.record["event"] for change in PendingChange.objects.order_by("pk")]
    assert acts == ["benign:add", "benign:remove"]
    assert not BenignPicture.objects.exists()


@pytest.mark.parametrize(
    ("digest", "note"),
    [("abc", "a logo"), (samples.md5_digest(1), "a logo"), (near_by(1), " "), (near_by(1), "x" * 201)],
)
def test_a_benign_picture_needs_a_digest_and_a_note(digest, note):
    """Refused in words."""
    with pytest.raises(Invalid):
        actions.add_benign(digest, reason=BenignReason.MEME, note=note, actor=ONE)
    assert not BenignPicture.objects.exists()


def test_the_search_follows_the_log(sequencer):
    """Listed, paused, resumed, withdrawn."""
    (entry,) = listed(sequencer, 1)
    found = [(entry.reference, 20)]
    assert queries.near(near_by(1)) == found
    (late,) = entries.accept_items([samples.image(3)], holder="b", actor=REPORTER)
    assert queries.near(samples.pdq_digest(3)) == []
    sequencer.step()
    assert queries.near(samples.pdq_digest(3)) == [(late.reference, 0)]
    for verb, expected in ((entries.pause_claims, []), (entries.resume_claims, found), (entries.withdraw_claims, [])):
        verb("a", actor=REPORTER)
        sequencer.step()
        assert queries.near(near_by(1)) == expected


@pytest.mark.django_db(transaction=True)
def test_what_is_withdrawn_leaves_memory_though_nobody_searches(publication, own_connection, monkeypatch):
    """In a process that searched once; and if it cannot learn what was withdrawn, it keeps nothing at all."""
    monkeypatch.setattr(queries, "KEPT", 0.05)
    sequencer = Sequencer(own_connection(), publication)
    sequencer.resume()
    listed(sequencer, 1)
    assert queries.near(samples.pdq_digest(1))
    (index,) = [each.index for each in queries._listed]
    entries.withdraw_claims("a", actor=REPORTER)
    sequencer.step()
    until(lambda: len(index) == 0)
    monkeypatch.setattr(queries, "LIST_SIZE", "no such statement")
    until(lambda: not queries._listed)


def test_related_entries_are_the_others_that_look_alike(sequencer):
    """Nearest first, never itself."""
    one, other, _ = entries.accept_items(list(map(samples.image, (1, 2, 3))), holder="a", actor=REPORTER)
    fingerprint = other.fingerprints.get(signal_type="pdq")
    fingerprint.digest = near_by(1)
    fingerprint.save()
    sequencer.step()
    assert queries.related(one.reference) == [(other.reference, 20)]
    assert queries.related("nothing") == []


def test_the_web_process_does_not_load_the_index_when_it_starts():
    """Nor the library behind it."""
    code = "import portal.site.wsgi, sys; sys.exit('faiss' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False).returncode == 0
