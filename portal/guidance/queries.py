"""Read help lines, platforms and guides."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from portal.guidance.models import Guide, HelpLine, Platform
from portal.guidance.states import Country


@dataclass(frozen=True, slots=True)
class CountryLines:
    """The lines of one country; `is_likely` when the reader's language settings name that country."""

    country: Country
    lines: Sequence[HelpLine]
    is_likely: bool


@dataclass(frozen=True, slots=True)
class PlatformGuide:
    """A platform as a person picks it: whether it takes part, and what to press there."""

    slug: str
    name: str
    takes_part: bool
    has_private_chats: bool
    report_page: str
    steps: Sequence[str]


def help_lines(regions: Sequence[str] = ()) -> list[CountryLines]:
    """Give all lines by country, lines for everyone last; `regions` are ISO codes the reader's browser asks for."""
    rows = HelpLine.objects.order_by("country", "position", "name")
    grouped = [
        CountryLines(Country(code), list(lines), code in regions)
        for code, lines in groupby(rows, lambda line: line.country)
    ]
    return sorted(grouped, key=lambda each: (each.country is Country.EVERYWHERE, str(each.country.label)))


def platforms(language: str) -> list[PlatformGuide]:
    """Give every platform with its guide in this language, those that take part first."""
    guides = dict(Guide.objects.filter(language=language).values_list("platform_id", "steps"))
    rows = Platform.objects.order_by("position", "name")
    found = [
        PlatformGuide(
            row.slug,
            row.name,
            row.organisation_id is not None,
            row.has_private_chats,
            row.report_page,
            guides.get(row.pk, "").splitlines(),
        )
        for row in rows
    ]
    return sorted(found, key=lambda platform: not platform.takes_part)


def platform_slugs() -> frozenset[str]:
    """Give the names by which platforms may be picked."""
    return frozenset(Platform.objects.values_list("slug", flat=True))


def platform_names(slugs: Sequence[str]) -> list[str]:
    """Give the names of the picked platforms that are still known."""
    return list(Platform.objects.filter(slug__in=slugs).order_by("position", "name").values_list("name", flat=True))
