"""The staff pages' navigation."""

from django import template

from portal.staff import queries
from registry.access.actors import Actor

register = template.Library()


@register.simple_tag
def staff_links(actor: Actor) -> list[queries.Link]:
    """Give the pages this person's roles open."""
    return queries.links_for(actor)
