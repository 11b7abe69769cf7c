"""Make bundles, and have the audit log sign for them."""

import json
import secrets
from datetime import date
from hashlib import sha256
from itertools import islice

import zstandard
from django.db import transaction
from django.utils import timezone

from partners.bundles import queries, rules, serializers
from partners.bundles.models import Bundle
from partners.organisations.models import Organisation
from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def make_bundle(organisation: Organisation, since: date, until: date, *, actor: Actor) -> Bundle:
    """Write down what a platform read and said on these days, and put the digest of it in the audit log.

    The log's signature is the signature under the bundle: nobody, we included, can change either afterwards.
    """
    now = timezone.now()
    rules.check_period(since, until, now.date())
    rows = islice(queries.rows(organisation.pk, since, until), rules.MOST_LINES + 1)
    lines = serializers.lines([serializers.head(organisation.name, since, until, now), *rows])
    rules.check_lines(len(lines) - 1)
    body = "".join(lines).encode()
    bundle = Bundle.objects.create(
        organisation=organisation,
        reference=secrets.token_hex(15),
        since=since,
        until=until,
        lines=len(lines),
        digest=sha256(body).hexdigest(),
        packed=zstandard.ZstdCompressor().compress(body),
        made_at=now,
    )
    data: log.Data = {"organisation": str(organisation.reference), "digest": bundle.digest, "lines": bundle.lines}
    log.record(Event.BUNDLE_MAKE, actor=actor, subject=f"bundle:{bundle.reference}", data=data)
    return bundle


def signed_bundle(bundle: Bundle) -> bytes:
    """Give a bundle's lines, the signed log's lines about it and its outcomes, and the proof. Refuses before it is signed."""
    body = zstandard.ZstdDecompressor().decompress(bytes(bundle.packed))
    rows = map(json.loads, body.splitlines())
    proof = queries.proof(bundle, [row["reference"] for row in rows if row["what"] == "outcome"])
    rules.check_signed(bool(proof))
    return body + "".join(serializers.lines(proof)).encode()


def forget_old() -> int:
    """Destroy bundles that were made long ago; give how many. The log still signs for them."""
    return Bundle.objects.filter(made_at__lt=timezone.now() - rules.KEPT).delete()[0]
