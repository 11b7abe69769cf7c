"""The staff pages' navigation, and what platforms said in words."""

from django import template

from partners.outcomes.models import Outcome
from partners.outcomes.serializers import details_in_words
from portal.staff import queries
from registry.access.actors import Actor

register = template.Library()


@register.simple_tag
def staff_links(actor: Actor) -> list[queries.Link]:
    """Give the pages this person's roles open."""
    return queries.links_for(actor)


@register.filter
def said_besides(outcome: Outcome) -> list[tuple[str, str]]:
    """Give what the platform said besides its decision."""
    return details_in_words(outcome.details)
