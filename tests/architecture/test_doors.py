"""Every address has exactly one door, and the door is shut to those it is not for."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from registry.access import doors


def addresses(patterns=None, prefix="/") -> Iterator[tuple[str, URLPattern]]:
    """Give every address with its pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + re.sub(r"^\^|\$$|\\Z", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern


ALL = sorted(addresses(), key=lambda pair: pair[0])


def example(route: str) -> str:
    """Fill an address's parts with something that fits."""
    filled = re.sub(r"<int:[^>]+>", "1", route)
    filled = re.sub(r"<uuid:[^>]+>", "00000000-0000-4000-8000-000000000000", filled)
    filled = re.sub(r"<[^>]+>", "PDQ", filled)
    return re.sub(r"\(\?P<[^>]+>[^)]*\)", "x", filled)


@pytest.mark.parametrize(("route", "pattern"), ALL, ids=[route for route, _ in ALL])
def test_every_address_declares_one_door(route, pattern):
    """A view without a door is never served."""
    assert doors.door_of(pattern.callback) is not None, f"{route} has no door"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "pattern"),
    [pair for pair in ALL if doors.door_of(pair[1].callback).scope],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_partner_address_refuses_a_caller_without_a_key(route, pattern, method):
    """Nothing behind a partner's door answers without a key."""
    answer = Client().generic(method.upper(), example(route), content_type="application/json")
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer["WWW-Authenticate"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "pattern"),
    [
        pair
        for pair in ALL
        if (door := doors.door_of(pair[1].callback)).person_roles
        or (door.surface is doors.Surface.STAFF and not door.signs_in)
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_for_people_refuses_a_stranger(route, pattern, method):
    """Nothing behind a door for staff, or for people of platforms, answers before sign-in."""
    answer = Client().generic(method, example(route), content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 403)
    if answer.status_code == 302:
        assert "/staff/sign-in/" in answer["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize(("sites", "status"), [({"partner"}, 200), ({"staff"}, 200), ({"public"}, 404)])
def test_people_can_sign_in_where_the_site_they_work_on_is_served(settings, sites, status):
    """Platforms' people too, when their site has a process of its own."""
    settings.DOORS = frozenset(sites)
    assert Client().get("/staff/sign-in/").status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("surface", "path"), [("public", "/"), ("partner", "/ncmec/v2/status"), ("staff", "/staff/reviews/")]
)
def test_a_process_that_does_not_open_a_surface_has_nothing_there(settings, surface, path):
    """One setting chooses which doors a process opens."""
    settings.DOORS = frozenset({"public", "partner", "staff"} - {surface})
    assert Client().get(path).status_code == 404
