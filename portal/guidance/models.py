"""Help lines, platforms and guides: kept in the database, so that a wrong number is put right without a new release."""

from django.db import models
from django.db.models import Q

from partners.organisations.models import Organisation
from portal.guidance.states import Country, Language


class HelpLine(models.Model):
    """One line a person can call, text or open. `checked_on`: the day staff last tried it; None is never."""

    country = models.CharField(max_length=2, choices=Country.choices)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=30, blank=True)
    text_to = models.CharField(max_length=20, blank=True)
    text_word = models.CharField(max_length=20, blank=True)
    website = models.URLField(blank=True)
    checked_on = models.DateField(null=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "name"], name="help_line_once_a_country"),
            models.CheckConstraint(
                name="help_line_can_be_reached", condition=~Q(phone="") | ~Q(text_to="") | ~Q(website="")
            ),
        ]


class Wording(models.Model):
    """Words of a page put differently, in one language: `said` is shown wherever the files say `words`."""

    language = models.CharField(max_length=7, choices=Language.choices)
    words = models.TextField()
    said = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "words"], name="wording_once_a_language")]


class Signature(models.Model):
    """A reader's word that a draft may be shown. It holds for the words that had `digest`, and no others.

    `reader` is the name of who read it, `signed_by` the reference of the member of staff who entered that.
    """

    language = models.CharField(max_length=7, choices=Language.choices, unique=True)
    reader = models.CharField(max_length=80)
    signed_by = models.CharField(max_length=64)
    signed_on = models.DateField()
    digest = models.CharField(max_length=64)


class Platform(models.Model):
    """A place an image may have been shared. It takes part when `organisation` names a partner."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    organisation = models.OneToOneField(Organisation, on_delete=models.SET_NULL, null=True, blank=True)
    has_private_chats = models.BooleanField(default=False)
    report_page = models.URLField(blank=True)
    position = models.SmallIntegerField(default=0)


class Guide(models.Model):
    """How to report a post on one platform, in one language: one step a line."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="guides")
    language = models.CharField(max_length=7, choices=Language.choices)
    steps = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "language"], name="guide_once_a_language")]
