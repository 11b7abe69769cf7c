"""State leaves: what the list commits to, and when."""

import json
from hashlib import sha256

import pytest

from registry.log import actions as log
from registry.log import tasks
from registry.log.events import Change
from registry.log.models import Leaf, PendingChange

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Commit after few leaves."""
    monkeypatch.setattr(log, "STATE_EVERY", 4)


def publish(change, *names):
    """Publish a change of entries whose commitment is made from their name."""
    log.publish_all(change, [(name, sha256(name.encode()).digest()) for name in names])


def states():
    """Give the state leaves so far."""
    return [json.loads(leaf.record) for leaf in Leaf.objects.filter(event="state").order_by("leaf_index")]


def test_a_state_leaf_commits_to_the_live_entries_and_says_after_which_leaf(sequencer):
    """Count, and SHA-256 over the sorted commitments."""
    publish(Change.LIST, *"abcd")
    publish(Change.PAUSE, "b")
    sequencer.step()
    tasks.commit_state()
    publish(Change.LIST, "e")
    sequencer.step()
    (state,) = states()
    commitments = sorted(sha256(name).digest() for name in (b"a", b"c", b"d"))
    assert (state["after"], state["count"]) == (5, 3)
    assert state["digest"] == sha256(b"".join(commitments)).hexdigest()


def test_it_is_made_when_the_list_has_grown_and_not_before(sequencer):
    """Nor while one waits for its place."""
    publish(Change.LIST, *"abc")
    sequencer.step()
    tasks.commit_state()
    assert not PendingChange.objects.exists()
    publish(Change.LIST, "d")
    sequencer.step()
    for _ in range(2):
        tasks.commit_state()
    assert PendingChange.objects.filter(log="list").count() == 1
    sequencer.step()
    publish(Change.WITHDRAW, *"abc")
    sequencer.step()
    tasks.commit_state()
    assert len(states()) == 1
    publish(Change.WITHDRAW, "d")
    sequencer.step()
    tasks.commit_state()
    sequencer.step()
    assert [state["count"] for state in states()] == [4, 0]
    assert states()[1]["digest"] == sha256(b"").hexdigest()


def test_a_long_list_commits_less_often(sequencer):
    """An eighth of it at the least, so that a leaf costs the same."""
    publish(Change.LIST, *map(str, range(64)))
    sequencer.step()
    tasks.commit_state()
    sequencer.step()
    publish(Change.LIST, *"abcdefg")
    sequencer.step()
    tasks.commit_state()
    sequencer.step()
    assert len(states()) == 1
    publish(Change.LIST, "h", "i")
    sequencer.step()
    tasks.commit_state()
    sequencer.step()
    assert [state["count"] for state in states()] == [64, 73]
