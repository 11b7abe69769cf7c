"""Read organisations."""

from django.db.models import Max, QuerySet

from partners.organisations.models import Organisation
from registry.access.actors import Actor

REGISTRY_MEMBER_ID = 1
REGISTRY_NAME = "Take It Down"


def members() -> QuerySet[Organisation]:
    """Give every organisation, by member id."""
    return Organisation.objects.order_by("member_id")


def organisation_of(actor: Actor) -> Organisation:
    """Give the platform a key's holder acts for."""
    return Organisation.objects.get(pk=actor.platform_id)


def next_member_id() -> int:
    """Give the first member id nobody ever had."""
    highest = Organisation.objects.aggregate(highest=Max("member_id"))["highest"]
    return max(highest or 0, 10) + 1
