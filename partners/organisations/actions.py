"""Change organisations."""

from django.db import transaction

from partners.organisations import queries
from partners.organisations.models import Organisation
from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def add_organisation(name: str, *, actor: Actor) -> Organisation:
    """Add a platform and give it its member id."""
    organisation = Organisation.objects.create(name=name, member_id=queries.next_member_id())
    log.record(Event.ORGANISATION_ADD, actor=actor, subject=f"organisation:{organisation.reference}")
    return organisation
