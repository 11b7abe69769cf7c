"""A challenge is answered once, and every answer uses it up."""

import pytest
import time_machine

from portal.challenges import actions, queries, rules
from portal.challenges.models import SpentChallenge
from registry.access.refusals import Refused
from tests.portal.challenges import proofs

pytestmark = pytest.mark.django_db


def spend(proof):
    """Take an answer, for nothing."""
    with actions.spending(proof):
        pass


def spend_on_what_is_refused(proof):
    """Take an answer for what writes something, and is then refused."""
    with actions.spending(proof):
        SpentChallenge.objects.create(digest=b"by the way", spent_on=queries.datetime.now(queries.UTC).date())
        raise Refused("not today")


def test_a_right_answer_is_taken_once():
    """The second time it is refused, whichever process asks: the database knows."""
    proof = proofs.solved()
    spend(proof)
    with pytest.raises(rules.ProofNeeded):
        spend(proof)
    assert SpentChallenge.objects.count() == 1


def test_an_answer_is_used_up_by_what_is_refused_and_nothing_of_that_stays():
    """One answer buys one try."""
    proof = proofs.solved()
    with pytest.raises(Refused, match="not today"):
        spend_on_what_is_refused(proof)
    assert SpentChallenge.objects.count() == 1
    with pytest.raises(rules.ProofNeeded):
        spend(proof)


def test_a_wrong_answer_uses_the_challenge_up():
    """No second guess."""
    challenge = queries.new_challenge("192.0.2.1")
    with pytest.raises(rules.ProofNeeded):
        spend(proofs.solved(challenge, number=-1))
    with pytest.raises(rules.ProofNeeded):
        spend(proofs.solved(challenge))


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "no base64!",
        "bm90IGpzb24=",
        "e30=",
        "W10=",
        "eyJhbGdvcml0aG0iOltdLCJjaGFsbGVuZ2UiOjEsIm51bWJlciI6MSwic2FsdCI6MSwic2lnbmF0dXJlIjoxfQ==",
    ],
)
def test_what_is_no_answer_is_refused_and_stored_nowhere(proof):
    """Nobody can fill the table with rubbish."""
    with pytest.raises(rules.ProofNeeded):
        spend(proof)
    assert not SpentChallenge.objects.exists()


def test_a_challenge_signed_by_somebody_else_is_stored_nowhere():
    """Only our own challenges are remembered."""
    with pytest.raises(rules.ProofNeeded):
        spend(proofs.solved(signature="0" * 64))
    assert not SpentChallenge.objects.exists()


def test_an_answer_comes_too_late_after_twenty_minutes():
    """An old challenge cannot be hoarded."""
    proof = proofs.solved()
    with time_machine.travel(queries.datetime.now(queries.UTC) + queries.LIFE * 1.1), pytest.raises(rules.ProofNeeded):
        spend(proof)


def test_a_challenge_with_its_expiry_moved_into_the_number_is_refused():
    """The splice that older libraries took: salt and number may not lend each other digits."""
    challenge = queries.new_challenge("192.0.2.1")
    salt = challenge["salt"].removesuffix("&")
    spliced = challenge | {"salt": salt[:-1]}
    number = int(salt[-1] + "1") if salt[-1].isdigit() else 1
    with pytest.raises(rules.ProofNeeded):
        spend(proofs.solved(challenge, salt=spliced["salt"], number=number))


def test_spent_challenges_are_forgotten_after_they_would_have_run_out():
    """The table does not grow for ever."""
    spend(proofs.solved())
    assert actions.forget_spent() == 0
    with time_machine.travel(queries.datetime.now(queries.UTC) + queries.timedelta(days=2)):
        assert actions.forget_spent() == 1
