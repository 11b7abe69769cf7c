"""Platforms there were before there were sandboxes go on reading, and get one."""

import importlib

import pytest
from django.apps import apps

from partners.organisations.models import Application, Organisation
from partners.organisations.states import ApplicationState
from tests.partners.organisations.test_applications import receive

fill_in = importlib.import_module("partners.organisations.migrations.0005_sandbox_for_each")


@pytest.mark.django_db
def test_each_platform_is_active_and_has_a_sandbox_and_applicants_sign_again() -> None:
    old = [Organisation.objects.create(name=name, member_id=number) for number, name in ((11, "A"), (12, "B"))]
    application = receive(2)
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.AGREED)
    fill_in.forward(apps, None)
    for organisation in old:
        organisation.refresh_from_db()
        assert organisation.is_activated
        assert organisation.sandbox.is_sandbox
    assert [o.member_id for o in Organisation.objects.order_by("member_id")] == [11, 12, 13, 14]
    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED
