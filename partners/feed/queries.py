"""Read the list as partners see it: straight from the log, joined to what is still known of each entry."""

from registry.log.models import Leaf
from registry.log.states import LogName


def is_published(entry_reference: str) -> bool:
    """Tell whether the list ever had a leaf of this entry, live or withdrawn."""
    return Leaf.objects.filter(log=LogName.LIST, subject=entry_reference).exists()
