"""Platforms and their member ids."""

import pytest
from django.db import IntegrityError, transaction

from partners.organisations import actions, queries
from partners.organisations.models import Organisation
from registry.log.models import PendingChange
from tests.partners.conftest import DEMONSTRATION


@pytest.mark.django_db
def test_add_organisation_gives_each_a_member_id_of_its_own() -> None:
    first, second = (actions.add_organisation(name, actor=DEMONSTRATION) for name in ("A", "B"))
    assert queries.REGISTRY_MEMBER_ID < first.member_id < second.member_id
    assert list(queries.members()) == [first, second]


@pytest.mark.django_db
def test_add_organisation_is_audited() -> None:
    organisation = actions.add_organisation("A", actor=DEMONSTRATION)
    [line] = PendingChange.objects.filter(record__event="organisation:add")
    assert line.record["subject"] == f"organisation:{organisation.reference}"


@pytest.mark.django_db
def test_no_organisation_can_pass_for_the_registry() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(name="A", member_id=queries.REGISTRY_MEMBER_ID)
