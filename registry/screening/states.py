"""Why a picture is one that everybody has."""

from django.db import models


class BenignReason(models.TextChoices):
    """What the picture is."""

    LOGO = "logo", "A logo or emblem"
    MEME = "meme", "A widely shared picture"
    SYSTEM = "system", "Part of a device or an app"
    PLACEHOLDER = "placeholder", "A placeholder or an error picture"
    PUBLICITY = "publicity", "A published photograph, such as a poster"
