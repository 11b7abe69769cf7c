"""Organisations, their people, and how they came to be."""

import secrets
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from partners.organisations.states import CHECKS, ROLES, TESTS, ApplicationState


def new_reference() -> str:
    """Give an opaque name (120 bits)."""
    return secrets.token_hex(15)


class Organisation(models.Model):
    """A platform. `member_id` is its integer name in the NCMEC dialect; 1 is this registry itself.

    It reads the real list from `activated_on`; from `ended_on` its keys and people open nothing. Its sandbox is an
    organisation of its own, `sandbox_of` it: whatever a platform tries there (reads, outcomes, feedback, keys) is
    filed under another name than what it does in earnest. While it is suspended no key opens a door; while whole reads
    are paused it goes on from where it was, and does not begin the list anew.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=130, unique=True)
    member_id = models.PositiveIntegerField(unique=True)
    suspended_on = models.DateField(null=True)
    whole_reads_paused_on = models.DateField(null=True)
    activated_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    sandbox_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="sandbox")

    class Meta:
        constraints = [
            models.CheckConstraint(name="organisation_is_not_the_registry", condition=Q(member_id__gt=1)),
            models.CheckConstraint(
                name="organisation_sandbox_is_never_active", condition=Q(sandbox_of=None) | Q(activated_on=None)
            ),
        ]

    @property
    def platform_id(self) -> int:
        """The platform whose people look after this organisation: itself, or the one whose sandbox it is."""
        return self.sandbox_of_id or self.pk

    @property
    def is_activated(self) -> bool:
        """Whether it may have keys to the real list."""
        return self.activated_on is not None

    @property
    def is_sandbox(self) -> bool:
        """Whether this is a platform's sandbox."""
        return self.sandbox_of_id is not None


class Membership(models.Model):
    """A person of an organisation, and what they may do for it. One person serves one organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="membership")
    role = models.CharField(max_length=8, choices=ROLES)
    ended_on = models.DateField(null=True)


class Invitation(models.Model):
    """An invitation to join an organisation, by a secret that is stored as its hash and works once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=ROLES)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation", Lower("email"), condition=Q(used_on=None), name="invitation_open_once_an_address"
            )
        ]


class Application(models.Model):
    """A platform that asks for the list. The applicant sees where it stands by a secret address."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    state = models.CharField(max_length=9, choices=ApplicationState.choices, default=ApplicationState.RECEIVED)
    name = models.CharField(max_length=120)
    website = models.URLField(max_length=200)
    country = models.CharField(max_length=60)
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    service = models.TextField(max_length=2000)
    review_process = models.TextField(max_length=2000)
    received_on = models.DateField()
    taken_by = models.CharField(max_length=36, blank=True, default="")
    proposed_by = models.CharField(max_length=36, blank=True, default="")
    evidence = models.JSONField(default=dict)
    agreement_version = models.CharField(max_length=20, blank=True, default="")
    signatory = models.CharField(max_length=120, blank=True, default="")
    agreed_on = models.DateField(null=True)
    passed = ArrayField(models.CharField(max_length=9, choices=TESTS), default=list)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, null=True, related_name="application")

    @property
    def checklist(self) -> list[tuple[str, dict[str, str]]]:
        """The lines that staff have written: what was looked into, and the evidence with who wrote it."""
        return [(words, self.evidence[name]) for name, words in CHECKS if name in self.evidence]

    @property
    def tests(self) -> list[tuple[str, bool]]:
        """The tests of the sandbox, and whether the platform's software passed each; none before the agreement."""
        return [(words, name in self.passed) for name, words in TESTS] if self.organisation_id else []
