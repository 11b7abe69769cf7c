"""Every table can be read, by those who may; nothing can be changed; fingerprints and secrets stay hidden."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.records import admin
from registry.access.actors import Role
from registry.entries.models import Entry, Fingerprint
from registry.log.models import PendingChange
from tests.portal.reviews.conftest import MakeReview
from tests.portal.staff.people import make_person

HERE = "/staff/records/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures(db: None) -> None:
    cache.clear()


@pytest.fixture
def auditor(db: None) -> Client:
    return make_person("aud@example.org", Role.AUDITOR).sign_in()


def pages() -> list[tuple[str, type[Any]]]:
    return [
        (reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), model)
        for model in admin.every_table()
    ]


def test_every_table_of_ours_is_there_but_for_those_with_pages_of_their_own() -> None:
    ours = {
        m._meta.label for m in apps.get_models() if m.__module__.split(".")[0] in {"registry", "partners", "portal"}
    }
    shown = {model._meta.label for model in admin.records._registry}
    assert ours - shown == admin.ELSEWHERE


def test_every_table_and_a_row_of_each_can_be_read_and_shows_no_fingerprint_and_no_secret(
    auditor: Client,
    make_review: MakeReview,
) -> None:
    make_review()
    secrets = set(Fingerprint.objects.values_list("digest", flat=True))
    read = 0
    for path, model in pages():
        page = auditor.get(path)
        assert page.status_code == 200, path
        shown = page.content.decode()
        if (row := model._default_manager.first()) is not None:
            one = auditor.get(f"{path}{row.pk}/")
            assert one.status_code == 200, path
            shown += one.content.decode()
            read += 1
        assert not [digest for digest in secrets if digest in shown], path
        assert "argon2" not in shown, path
    assert secrets
    assert read > 8
    assert auditor.get(HERE).status_code == 200


def test_a_row_that_is_not_there_is_said_and_nothing_breaks(auditor: Client) -> None:
    assert auditor.get(f"{HERE}entries/entry/999999/").status_code in (302, 404)


@pytest.mark.parametrize("method", ["post", "delete"])
def test_nothing_can_be_changed_added_or_deleted(auditor: Client, make_review: MakeReview, method: str) -> None:
    make_review()
    before = PendingChange.objects.count(), Entry.objects.count()
    for path, model in pages():
        for page in (path, f"{path}{model._default_manager.values_list('pk', flat=True).first()}/"):
            form = {"content_type": "application/x-www-form-urlencoded"}
            assert getattr(auditor, method)(page, "action=delete_selected", **form).status_code == 405
        assert auditor.get(f"{path}add/").status_code in (302, 404)
    assert (PendingChange.objects.count(), Entry.objects.count()) == before


@pytest.mark.parametrize("role", set(Role) - {Role.AUDITOR, Role.ADMINISTRATOR})
def test_other_roles_do_not_read_the_records(role: Role) -> None:
    client = make_person("eve@example.org", role).sign_in()
    for path in (HERE, f"{HERE}entries/entry/", f"{HERE}entries/entry/1/", "/staff/log/", "/staff/log/0/"):
        assert client.get(path).status_code == 403


def test_a_table_can_be_searched_sorted_and_filtered(auditor: Client, make_review: MakeReview) -> None:
    first, second = make_review(), make_review()
    path = f"{HERE}reviews/review/"
    found = auditor.get(f"{path}?q={first.reference}").content.decode()
    assert first.reference in found
    assert second.reference not in found
    assert auditor.get(f"{path}?kind__exact=flag").content.decode().count(first.reference) == 0
    assert auditor.get(f"{path}?o=1.-2").status_code == 200


def test_a_fingerprint_cannot_be_searched_for(auditor: Client, make_review: MakeReview) -> None:
    make_review()
    digest = Fingerprint.objects.values_list("digest", flat=True)[0]
    assert admin.records._registry[Fingerprint].search_fields == []
    page = auditor.get(f"{HERE}entries/fingerprint/?digest={digest}")
    assert page.status_code == 400


def test_no_page_loads_a_script_or_style_of_the_admin(auditor: Client) -> None:
    for path in (HERE, f"{HERE}entries/entry/"):
        content = auditor.get(path).content.decode()
        assert not re.search(r"static/admin|<style|style=|<script(?! type=\"module\" src=)", content)
