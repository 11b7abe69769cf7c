"""People who can sign in, and what they prove themselves with."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django_otp.models import Device, ThrottlingMixin

from registry.access.actors import Role


class Account(AbstractBaseUser):
    """A person with a password and a second factor. `reference` stands for them in the audit log."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role]), default=list, blank=True
    )
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["Account"]()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_once")]


class Invitation(models.Model):
    """What lets a person in for the first time, or anew: a code sent to their own address, kept as its SHA-256."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="invitation")
    digest = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()


class Factor(ThrottlingMixin, Device):
    """What a person proves themselves with, besides the password. Wrong codes close it for a while."""

    class Meta:
        abstract = True

    def get_throttle_factor(self) -> int:
        """Give the seconds to wait after the first wrong code; each further one doubles it."""
        return 1


class CodeDevice(Factor):
    """An authenticator app (RFC 6238: SHA-1, 30 s, 6 digits). Its secret is sealed, never stored in clear."""

    sealed_secret = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)
    """The time step of the last code accepted; a code is accepted once."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="code_device_once_an_account")]


class Passkey(Device):
    """A passkey (WebAuthn): the public half of a key whose other half never leaves the person's device.

    `name` is what the person calls it. There is nothing to guess, so wrong answers close nothing.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)
    sign_count = models.BigIntegerField()
    added_on = models.DateField()


class RecoveryDevice(Factor):
    """A sheet of recovery codes, for the day the authenticator app is lost."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="recovery_device_once_an_account")]


class RecoveryCode(models.Model):
    """One code of a sheet: its SHA-256, which is enough for 80 random bits. The row goes when the code is used."""

    device = models.ForeignKey(RecoveryDevice, on_delete=models.CASCADE, related_name="codes")
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "digest"], name="recovery_code_once_a_sheet")]
