"""Read keys."""

from django.utils import timezone

from partners.keys import rules
from partners.keys.models import Key
from partners.keys.states import KeyState


def live_key(secret: str) -> Key | None:
    """Give the key that opens doors today with this secret."""
    if not rules.is_well_formed(secret):
        return None
    today = timezone.now().date()
    live = Key.objects.filter(state=KeyState.LIVE, expires_on__gte=today)
    return live.select_related("organisation").filter(secret_hash=rules.digest(secret)).first()
