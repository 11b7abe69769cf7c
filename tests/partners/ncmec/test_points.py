"""What the field's clients need of a server of this dialect, point by point, and the tests that hold each."""

from importlib import import_module

import pytest

CLIENT, VIEWS, BYTES = "ncmec.test_client", "ncmec.test_views", "ncmec.test_serializers"
POINTS = {
    "Basic auth at once, else 401; no redirect, no closing slash, no form token": [
        (CLIENT, "test_a_wrong_password_is_refused"),
        (VIEWS, "test_who_shows_no_key_is_asked_for_one_by_basic_auth"),
        (VIEWS, "test_no_address_redirects"),
        (VIEWS, "test_feedback_is_taken_without_a_form_token"),
    ],
    "status: one member, a whole number and a name": [
        (CLIENT, "test_the_client_learns_who_it_is_and_who_publishes"),
        (BYTES, "test_names_are_escaped"),
    ],
    "members: nothing but members": [(CLIENT, "test_the_client_learns_who_it_is_and_who_publishes")],
    "names of entries are safe in an address and never used again": [
        ("registry.entries.test_models", "test_names_of_one_day_lie_together_and_tell_nothing_more"),
    ],
    "windows in either order, with or without a fraction, from 1970 on; an empty one is answered": [
        (VIEWS, "test_an_empty_window_is_answered_as_one"),
        (CLIENT, "test_the_client_reads_an_empty_list"),
    ],
    "half-open in whole seconds; maxTimestamp on what is not empty; images, then videos": [
        (VIEWS, "test_a_window_is_closed_below_and_open_above"),
        (BYTES, "test_entries_are_written_exactly"),
        (BYTES, "test_videos_come_after_images_whatever_their_order"),
    ],
    "lower-case names and digests, none of them empty": [
        (BYTES, "test_entries_are_written_exactly"),
        (CLIENT, "test_an_edited_copy_matches_through_the_clients_own_index"),
    ],
    "next: opaque, over a stable set, good for twelve hours and twice": [
        (CLIENT, "test_a_next_address_still_works_twelve_hours_later_and_twice"),
        (CLIENT, "test_entries_that_change_between_two_pages_are_not_lost"),
    ],
    "tombstones: same names, a new time, kept for ever": [
        (CLIENT, "test_the_client_reads_live_and_withdrawn_entries"),
        (CLIENT, "test_a_withdrawn_entry_leaves_the_clients_state_at_the_next_poll"),
        (CLIENT, "test_a_tombstone_is_told_for_ever"),
    ],
    "reasons in the nested element, their guids stable": [(CLIENT, "test_the_client_votes")],
    "votes: again is nothing new, the last one wins, an unknown guid is refused": [
        (CLIENT, "test_the_client_votes"),
        (CLIENT, "test_a_vote_that_is_sent_again_counts_once"),
        (CLIENT, "test_the_clients_mistakes_are_refused"),
    ],
    "429 and 503 with Retry-After; 400 for an end in the future": [
        ("keys.test_actions", "test_a_key_that_asks_too_often_is_told_when_to_come_back"),
        ("portal.site.test_middleware", "test_a_database_that_is_away_is_said_with_a_time_to_try_again"),
        (CLIENT, "test_a_client_east_of_utc_fails_loudly_and_keeps_no_checkpoint"),
    ],
    "gzip": [(VIEWS, "test_a_page_is_compressed_for_who_can_read_that")],
    "what becomes visible late is served all the same": [
        (CLIENT, "test_what_became_visible_late_is_served_by_the_next_window"),
        (CLIENT, "test_a_client_whose_clock_is_wrong_loses_nothing"),
    ],
    "many rows in one second are read whole": [(CLIENT, "test_the_exchange_reads_a_list_of_many_pages_whole")],
    "a first page of any window costs the same on a long list": [
        ("ncmec.test_client", "test_a_huge_window_is_answered_with_one_page"),
    ],
    "a poll without news is one request": [(CLIENT, "test_a_poll_without_news_is_one_request")],
    "our member id is told": [(CLIENT, "test_the_client_learns_who_it_is_and_who_publishes")],
}


@pytest.mark.parametrize("point", POINTS)
def test_every_point_is_held_by_tests_that_are_there(point: str) -> None:
    for module, name in POINTS[point]:
        room = module if module.startswith(("registry.", "portal.")) else f"partners.{module}"
        assert callable(getattr(import_module(f"tests.{room}"), name)), (module, name)


def test_there_are_eighteen() -> None:
    assert len(POINTS) == 18
