"""Cookies belong to the staff site alone, and so do its forms' tokens."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from portal.site.urls import urlpatterns as site
from registry.access import doors
from tests.architecture.test_doors import ALL


@doors.public
def reads_and_sets(request):
    """Do what no public page may."""
    request.session["seen"] = True
    answer = HttpResponse(" ".join(request.COOKIES))
    answer.set_cookie("trace", "1")
    return answer


urlpatterns = [*site, path("reads-and-sets", reads_and_sets)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_public_page_can_neither_read_nor_set_a_cookie(method):
    """Even a view that tries."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["staff"] = "stolen"
    answer = getattr(client, method)("/reads-and-sets", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert answer.content == b""
    assert not answer.cookies


@pytest.mark.parametrize(("route", "pattern"), ALL, ids=[route for route, _ in ALL])
def test_what_reads_cookies_is_below_its_paths_and_nothing_else_is(route, pattern):
    """What decides about cookies is the path; what decides who may enter is the door. They must agree."""
    door = doors.door_of(pattern.callback)
    signs_in = door.surface is doors.Surface.STAFF or bool(door.person_roles)
    assert route.startswith(("/staff/", "/platforms/")) is signs_in
    assert getattr(pattern.callback, "csrf_exempt", False) is not signs_in


def test_only_the_staff_site_tells_itself_where_its_forms_come_from():
    """A browser sends `Origin: null` under no-referrer, by which a form of ours could not be told from a forged one."""
    assert Client().get("/staff/nothing")["Referrer-Policy"] == "same-origin"
    assert Client().get("/nothing")["Referrer-Policy"] == "no-referrer"
