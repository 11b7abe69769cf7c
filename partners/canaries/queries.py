"""Read which entries are canaries."""

from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet

from partners.canaries.models import Canary
from partners.organisations import queries as organisations
from partners.organisations.models import Organisation

_OWNERS = "SELECT entry_reference, organisation_id FROM canaries_canary WHERE entry_reference = ANY(%s)"


def owners(entry_references: Collection[str]) -> dict[str, int | None]:
    """Give whose canaries are among these entries, by entry; None is nobody's yet."""
    # Asked of a thousand entries at once: one array costs less to send than a thousand values.
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [list(entry_references)])
        return dict(cursor.fetchall())


def references() -> QuerySet[Canary, str]:
    """Give the entries that are canaries, to be left out of what is counted."""
    return Canary.objects.values_list("entry_reference", flat=True)


def there_are_any() -> bool:
    """Tell whether there are canaries at all."""
    return Canary.objects.exists()


def pool() -> QuerySet[Canary]:
    """Give the canaries that are nobody's yet."""
    return Canary.objects.filter(organisation=None)


def lock_organisation(organisation_id: int) -> None:
    """Be the only one who gives an organisation canaries until the transaction ends."""
    Organisation.objects.select_for_update().get(pk=organisation_id)


def count_of(organisation_id: int) -> int:
    """Give how many canaries an organisation has."""
    return Canary.objects.filter(organisation=organisation_id).count()


def without(each: int) -> list[Organisation]:
    """Give the organisations that have fewer canaries than each should."""
    return [found for found in organisations.members() if count_of(found.pk) < each]
