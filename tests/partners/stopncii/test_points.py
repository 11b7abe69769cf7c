"""What the field's StopNCII client needs of a server of this dialect, point by point, and the tests that hold each."""

from importlib import import_module

import pytest

CLIENT, VIEWS = "test_client", "test_views"
POINTS = {
    "FetchHashes: images and videos that its matching can use": [(CLIENT, "test_the_exchange_reads_images_and_videos")],
    "FetchHashes: an empty list is answered": [(CLIENT, "test_the_exchange_reads_an_empty_list")],
    "FetchHashes: a token goes with its start, to the end": [
        (CLIENT, "test_pages_follow_each_other_to_the_end"),
        (VIEWS, "test_a_token_belongs_to_its_start"),
    ],
    "FetchHashes: nextSetTimestamp is where the next poll goes on": [
        (CLIENT, "test_polls_go_on_where_the_last_one_ended"),
    ],
    "FetchHashes: caseNumbers is an object and tells nothing": [
        (CLIENT, "test_no_record_tells_which_hashes_one_person_sent"),
    ],
    "FetchHashes: a client that deletes nothing is made to fetch afresh": [
        (CLIENT, "test_fetching_afresh_is_what_makes_a_withdrawn_hash_go"),
        (CLIENT, "test_an_old_copy_is_good_while_nothing_was_withdrawn"),
    ],
    "SubmitFeedback: votes without a signal type; JSON comes back": [
        (CLIENT, "test_the_client_votes"),
        (CLIENT, "test_what_is_no_vote_is_taken_and_not_recorded"),
        (CLIENT, "test_feedback_on_an_unknown_hash_records_nothing_of_its_batch"),
        (VIEWS, "test_the_answer_tells_what_was_recorded"),
    ],
    "SubmitHashes: refused, whatever is sent": [(CLIENT, "test_platforms_list_nothing")],
    "both headers on every call": [(VIEWS, "test_a_key_must_be_whole")],
}


@pytest.mark.parametrize("point", POINTS)
def test_every_point_is_held_by_tests_that_are_there(point: str) -> None:
    for module, name in POINTS[point]:
        assert callable(getattr(import_module(f"tests.partners.stopncii.{module}"), name)), (module, name)
