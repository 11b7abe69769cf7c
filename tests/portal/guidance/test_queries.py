"""Help lines and platforms, as pages show them."""

import pytest

from partners.organisations import actions as organisations
from portal.guidance import queries
from portal.guidance.models import Platform
from portal.guidance.states import Country, Language
from registry.access.actors import system

pytestmark = pytest.mark.django_db


def test_every_country_has_a_line_and_lines_for_everyone_come_last():
    """No country is offered without a number."""
    found = queries.help_lines()
    assert {each.country for each in found} == set(Country)
    assert found[-1].country is Country.EVERYWHERE
    assert all(each.lines for each in found)


def test_the_lines_the_service_must_name_are_there():
    """US and UK lines for children."""
    lines = {each.country: each.lines for each in queries.help_lines()}
    american = {line.name: line for line in lines[Country.UNITED_STATES]}
    assert (american["Crisis Text Line"].text_word, american["Crisis Text Line"].text_to) == ("THORN", "741741")
    assert "1-800-843-5678" in {line.phone for line in american.values()}
    assert "0800 1111" in {line.phone for line in lines[Country.UNITED_KINGDOM]}


def test_a_country_is_likely_only_when_the_browser_names_it():
    """By the language settings, never by an address."""
    assert {each.country for each in queries.help_lines(["GB"]) if each.is_likely} == {Country.UNITED_KINGDOM}
    assert not [each for each in queries.help_lines() if each.is_likely]


def test_only_a_platform_tied_to_a_partner_takes_part_and_comes_first():
    """Marked honestly: a famous name that does not fetch the list is not marked."""
    assert not [platform for platform in queries.platforms("en") if platform.takes_part]
    organisation = organisations.add_organisation("Reddit", actor=system("test"))
    Platform.objects.filter(slug="reddit").update(organisation=organisation)
    found = queries.platforms("en")
    assert found[0].slug == "reddit"
    assert [platform.slug for platform in found if platform.takes_part] == ["reddit"]


@pytest.mark.parametrize("language", Language)
def test_every_platform_has_a_guide_in_every_language_there_are_words_in(language):
    """No dead end, and for a reader of a draft nothing left to write but the words for a crisis."""
    steps = [platform.steps for platform in queries.platforms(language)]
    assert all(steps)
    assert language == Language.ENGLISH or not any(each in queries.platforms("en")[0].steps for each in steps[0])
