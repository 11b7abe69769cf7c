"""Made-up items with real shapes: balanced PDQ digests, MD5s, a video's frames."""

import random
from hashlib import sha256

from hashing.signal_types import SignalType
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from tests.hashing import reference_tmk


def pdq_digest(seed: int) -> str:
    """Give a digest with exactly half of its bits set, as PDQ's are."""
    draw = random.Random(seed)
    return f"{sum(1 << bit for bit in draw.sample(range(256), 128)):064x}"


def md5_digest(seed: int) -> str:
    """Give 32 hexadecimal characters."""
    return f"{random.Random(seed).getrandbits(128):032x}"


def image(seed: int, *, md5: int | None = None, quality: int = 100) -> SubmittedItem:
    """Give an image; `md5` chooses another file's MD5."""
    return SubmittedItem(
        "image",
        (
            SubmittedFingerprint(SignalType.PDQ, pdq_digest(seed), quality),
            SubmittedFingerprint(SignalType.MD5, md5_digest(seed if md5 is None else md5)),
        ),
    )


def video(seed: int) -> SubmittedItem:
    """Give a video of two seconds."""
    frames = f'["{pdq_digest(seed)},100,0.000","{pdq_digest(seed + 1)},100,1.000"]'
    return SubmittedItem(
        "video",
        (SubmittedFingerprint(SignalType.MD5, md5_digest(seed)), SubmittedFingerprint(SignalType.VPDQ, frames)),
    )


def features(seed: int) -> SubmittedFingerprint:
    """Give TMK+PDQF of a made-up video of a second."""
    content = reference_tmk.content_of(reference_tmk.film(seed, 15))
    return SubmittedFingerprint(SignalType.TMK_PDQF, sha256(content).hexdigest(), content=content)


def video_with_features(seed: int) -> SubmittedItem:
    """Give a video as an operator gets it who wants TMK+PDQF."""
    return SubmittedItem("video", (*video(seed).fingerprints, features(seed)))
