"""The countries we know help lines for, and the languages the public pages speak."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    """ISO 3166 codes; `ZZ` is for lines that are open to everyone."""

    EVERYWHERE = "ZZ", _("Any country")
    ARGENTINA = "AR", _("Argentina")
    AUSTRALIA = "AU", _("Australia")
    BRAZIL = "BR", _("Brazil")
    CANADA = "CA", _("Canada")
    FRANCE = "FR", _("France")
    GERMANY = "DE", _("Germany")
    INDIA = "IN", _("India")
    IRELAND = "IE", _("Ireland")
    MEXICO = "MX", _("Mexico")
    NEW_ZEALAND = "NZ", _("New Zealand")
    SOUTH_AFRICA = "ZA", _("South Africa")
    SPAIN = "ES", _("Spain")
    UNITED_KINGDOM = "GB", _("United Kingdom")
    UNITED_STATES = "US", _("United States")


class Language(models.TextChoices):
    """The languages there are words in, each by its own name."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"
    ARABIC = "ar", "العربية"
    FRENCH = "fr", "Français"
    GERMAN = "de", "Deutsch"
    HINDI = "hi", "हिन्दी"
    PORTUGUESE = "pt", "Português"
    CHINESE = "zh-hans", "简体中文"
    UKRAINIAN = "uk", "Українська"
    URDU = "ur", "اردو"


READ = (Language.ENGLISH.value, Language.SPANISH.value)
"""Those every page was read in before release. The others are drafts, shown to nobody until a reader signs each."""
