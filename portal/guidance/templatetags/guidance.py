"""What stands on every public page: help lines and languages."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language_info

from portal.guidance import queries

register = template.Library()


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
    """Offer this page in each language: plain links, so that a helper can pass one on."""
    request: HttpRequest | None = context.get("request")
    path = request.path_info if request else "/"
    offered = [(code, get_language_info(code)["name_local"], f"/{code}{path}") for code, _ in settings.LANGUAGES]
    return {"offered": offered}
