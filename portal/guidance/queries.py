"""Read help lines, platforms, guides, and the words of the pages in each language."""

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import groupby
from json import dumps

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.utils.translation import to_locale
from django.utils.translation.trans_real import parse_accept_lang_header, translation

from partners.organisations import queries as organisations
from portal.guidance.models import Guide, HelpLine, Platform, Signature, Wording
from portal.guidance.states import READ, Country, Language
from registry.access.refusals import NotFound

OFFERED, RENEWED = "guidance:offered", "guidance:renewed"
"""In each process's memory: the languages offered; that the words were read from the database a moment ago."""
MOMENT = 10  # seconds


class Words(gettext.NullTranslations):
    """Words put differently, in the form Django merges into a language's own."""

    def __init__(self, said: Mapping[str, str]) -> None:
        """Hold them; none is in two numbers."""
        super().__init__()
        self._catalog = dict(said)

    @staticmethod
    def plural(number: int) -> int:
        """Choose a form by number, as English does."""
        return int(number != 1)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of the pages: the English, and what is said for it (empty when nothing is: the English shows)."""

    name: str
    words: str
    said: str


@dataclass(frozen=True, slots=True)
class LanguageStatus:
    """How far a language is: who signed it, whether that still holds, how many of its phrases there are."""

    language: Language
    is_read: bool
    is_offered: bool
    signature: Signature | None
    written: int
    phrases: int


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
    """Give every platform with its guide in this language, or in English; those that take part come first."""
    guides = dict(Guide.objects.filter(language=Language.ENGLISH).values_list("platform_id", "steps"))
    guides |= dict(Guide.objects.filter(language=language).values_list("platform_id", "steps"))
    rows = Platform.objects.order_by("position", "name")
    members = frozenset(organisations.members().values_list("pk", flat=True))
    found = [
        PlatformGuide(
            row.slug,
            row.name,
            row.organisation_id in members,
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


def lines() -> list[HelpLine]:
    """Give every help line, by country."""
    return list(HelpLine.objects.order_by("country", "position", "name"))


def line_of(pk: int) -> HelpLine:
    """Give one help line. Raises NotFound."""
    found = HelpLine.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such help line.")
    return found


def platform_rows() -> list[Platform]:
    """Give every platform, as it is kept."""
    return list(Platform.objects.select_related("organisation").order_by("position", "name"))


def platform_of(slug: str) -> Platform:
    """Give one platform. Raises NotFound."""
    found = Platform.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such platform.")
    return found


def guides_of(platform: Platform) -> dict[str, str]:
    """Give a platform's guides by language; empty where none is written: the English shows."""
    written = dict(Guide.objects.filter(platform=platform).values_list("language", "steps"))
    return {language: written.get(language, "") for language in Language.values}


def offered() -> tuple[str, ...]:
    """Give the languages the public may choose: those that were read, and drafts whose signature holds."""
    found: tuple[str, ...] | None = caches["memory"].get(OFFERED)
    if found is None:
        try:
            signed = dict(Signature.objects.values_list("language", "digest"))
        except DatabaseError:
            return READ
        found = (*READ, *(code for code in Language.values if signed.get(code) == catalogue_digest(code)))
        caches["memory"].set(OFFERED, found, MOMENT)
    return found


def best_language(accepted: str) -> str:
    """Give the language to speak to a browser that sends this Accept-Language; English when none is offered."""
    choices = offered()
    for asked, _ in parse_accept_lang_header(accepted):
        found = [code for code in choices if asked in (code, code.split("-")[0]) or asked.startswith(f"{code}-")]
        found += [code for code in choices if asked.split("-")[0] == code.split("-")[0]]
        if found:
            return found[0]
    return Language.ENGLISH.value


def renew_words() -> None:
    """Have this process say what the database says, when it has not looked for a moment."""
    if caches["memory"].get(RENEWED):
        return
    try:
        rows = list(Wording.objects.order_by("language").values_list("language", "words", "said"))
    except DatabaseError:
        return
    for language, mine in groupby(rows, lambda row: row[0]):
        translation(language).merge(Words({words: said for _, words, said in mine}))
    caches["memory"].set(RENEWED, True, MOMENT)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Give the words of our own file for a language, by the English; a draft lacks some."""
    folder = settings.LOCALE_PATHS[0]
    found = gettext.translation("django", folder, languages=[to_locale(language)], fallback=True)
    held = getattr(found, "_catalog", {})  # the standard library has no other way to list them
    return {words: said for words, said in held.items() if words and isinstance(words, str)}


def catalogue_digest(language: str) -> str:
    """Give the SHA-256 of the words of our own file for a language: a signature holds for these alone."""
    return sha256(dumps(sorted(catalogue(language).items())).encode()).hexdigest()


def phrases() -> frozenset[str]:
    """Give every English phrase of the public pages."""
    return frozenset(catalogue(Language.SPANISH))


def phrase_name(words: str) -> str:
    """Give a short name for a phrase, for addresses and the audit log."""
    return sha256(words.encode()).hexdigest()[:16]


def phrases_in(language: str, find: str = "") -> list[Phrase]:
    """Give the phrases that hold `find`, in English or in this language, with what is said for each."""
    changed = dict(Wording.objects.filter(language=language).values_list("words", "said"))
    said = {words: words for words in phrases()} if language == Language.ENGLISH else catalogue(language)
    said = {**said, **changed}
    find = find.casefold()
    return [
        Phrase(phrase_name(words), words, said.get(words, ""))
        for words in sorted(phrases(), key=str.casefold)
        if find in words.casefold() or find in said.get(words, "").casefold()
    ]


def phrase_in(language: str, name: str) -> Phrase:
    """Give one phrase by its name. Raises NotFound."""
    found = next((phrase for phrase in phrases_in(language) if phrase.name == name), None)
    if found is None:
        raise NotFound("No page says these words. They may have changed: look for them again.")
    return found


def languages() -> list[LanguageStatus]:
    """Give how far each language is."""
    signatures = {signature.language: signature for signature in Signature.objects.all()}
    return [
        LanguageStatus(
            language,
            language in READ,
            language in READ or _holds(signatures.get(language)),
            signatures.get(language),
            len(phrases()) if language == Language.ENGLISH else sum(map(bool, (p.said for p in phrases_in(language)))),
            len(phrases()),
        )
        for language in Language
    ]


def draft_named(language: str) -> Language:
    """Give a language that was not read before release. Raises NotFound."""
    if language not in Language.values or language in READ:
        raise NotFound("There is no draft in this language.")
    return Language(language)


def _holds(signature: Signature | None) -> bool:
    return signature is not None and signature.digest == catalogue_digest(signature.language)
