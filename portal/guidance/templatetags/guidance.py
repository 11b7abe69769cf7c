"""What stands on every public page: help lines and languages."""

import re
from typing import Any

from django import template
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.guidance import queries
from portal.guidance.states import Language

register = template.Library()


@register.filter
def isolated(name: str) -> SafeString:
    """Keep a name or a number in its own direction: among words from right to left, 1-800 would be read from its end."""
    return format_html("<bdi>{}</bdi>", name)


@register.filter
def else_english(said: str) -> str:
    """Say that these words are English when nobody has written them in the language of the page yet."""
    if get_language() == Language.ENGLISH or str(said) not in queries.phrases():
        return said
    return format_html('<span lang="en" dir="ltr">{}</span>', said)


@register.inclusion_tag("guidance/_help_lines.html", takes_context=True)
def help_lines(context: template.Context) -> dict[str, Any]:
    """Show help lines; without a database, the page still shows and names the emergency number."""
    request: HttpRequest | None = context.get("request")
    accepted = request.headers.get("Accept-Language", "") if request else ""
    regions = re.findall(r"\b[a-zA-Z]{2,3}-([A-Za-z]{2})\b", accepted)
    try:
        countries = queries.help_lines([region.upper() for region in regions])
    except DatabaseError:
        countries = []
    return {
        "likely": [each for each in countries if each.is_likely],
        "others": [each for each in countries if not each.is_likely],
    }


@register.inclusion_tag("guidance/_languages.html", takes_context=True)
def languages(context: template.Context) -> dict[str, Any]:
    """Offer this page in each language: links that a helper can pass on. With script, choosing one leaves no address."""
    request: HttpRequest | None = context.get("request")
    path = request.path_info if request else "/"
    offered = [(code, Language(code).label, f"/{code}{path}") for code in queries.offered()]
    return {"offered": offered, "plain": path}
