"""Change what the public pages say without a release: one atomic verb each, by administrators."""

from hashlib import sha256

from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from portal.guidance import queries, rules
from portal.guidance.models import Guide, HelpLine, Platform, Signature, Wording
from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def save_line(line: HelpLine, *, actor: Actor) -> HelpLine:
    """Keep a help line as it is now, new or changed."""
    line.save()
    log.record(Event.LINE_SAVE, actor=actor, subject=f"line:{line.pk}", data={"country": line.country})
    return line


@transaction.atomic
def check_line(line: HelpLine, *, actor: Actor) -> HelpLine:
    """Note that somebody tried this line today, and that it answers."""
    line.checked_on = timezone.now().date()
    line.save(update_fields=["checked_on"])
    log.record(Event.LINE_CHECK, actor=actor, subject=f"line:{line.pk}")
    return line


@transaction.atomic
def remove_line(line: HelpLine, *, actor: Actor) -> None:
    """Take a help line off every page."""
    log.record(Event.LINE_REMOVE, actor=actor, subject=f"line:{line.pk}")
    line.delete()


@transaction.atomic
def save_platform(platform: Platform, *, actor: Actor) -> Platform:
    """Keep a platform as it is now, new or changed. It takes part when it is tied to an organisation."""
    platform.save()
    log.record(Event.PLATFORM_SAVE, actor=actor, subject=f"platform:{platform.slug}")
    return platform


@transaction.atomic
def write_guide(platform: Platform, language: str, steps: str, *, actor: Actor) -> Guide:
    """Write what to press on a platform, in one language: one step a line."""
    lines = "\n".join(line.strip() for line in steps.splitlines() if line.strip())
    guide, _ = Guide.objects.update_or_create(platform=platform, language=language, defaults={"steps": lines})
    log.record(Event.GUIDE_WRITE, actor=actor, subject=f"platform:{platform.slug}", data={"language": language})
    return guide


@transaction.atomic
def set_wording(language: str, words: str, said: str, *, actor: Actor) -> Wording:
    """Have the pages say something differently in one language, within seconds and in every process."""
    said = said.replace("\r\n", "\n")
    rules.check_known(words, queries.phrases())
    rules.check_wording(words, said)
    wording, _ = Wording.objects.update_or_create(language=language, words=words, defaults={"said": said})
    data = {"language": language, "digest": sha256(said.encode()).hexdigest()}
    log.record(Event.WORDING_SET, actor=actor, subject=f"wording:{queries.phrase_name(words)}", data=data)
    transaction.on_commit(lambda: caches["memory"].delete(queries.RENEWED))
    return wording


@transaction.atomic
def sign_language(language: str, reader: str, *, actor: Actor) -> Signature:
    """Offer a draft to the public, on the word of the person who read all of it."""
    queries.draft_named(language)
    said = {
        "reader": reader,
        "signed_by": actor.reference,
        "signed_on": timezone.now().date(),
        "digest": queries.catalogue_digest(language),
    }
    signature, _ = Signature.objects.update_or_create(language=language, defaults=said)
    log.record(Event.LANGUAGE_SIGN, actor=actor, subject=f"language:{language}", data={"digest": signature.digest})
    transaction.on_commit(lambda: caches["memory"].delete(queries.OFFERED))
    return signature


@transaction.atomic
def withhold_language(language: str, *, actor: Actor) -> None:
    """Offer a language no longer. Doing it again changes nothing."""
    queries.draft_named(language)
    count, _ = Signature.objects.filter(language=language).delete()
    if count:
        log.record(Event.LANGUAGE_WITHHOLD, actor=actor, subject=f"language:{language}")
        transaction.on_commit(lambda: caches["memory"].delete(queries.OFFERED))
