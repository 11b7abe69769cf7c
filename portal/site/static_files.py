"""How scripts are served: as written, under their own names, each hashing worker with a policy of its own."""

from collections.abc import MutableMapping

from hashing import browser_policy

HASHING = "/static/hashing/"


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:  # noqa: ARG001 - WhiteNoise's signature
    """Seal a hashing worker: it may load this site's code and reach nothing else."""
    if url.startswith(HASHING) and (policy := browser_policy.POLICIES.get(url.removeprefix(HASHING))):
        headers["Content-Security-Policy"] = policy
    headers["Cache-Control"] = "no-cache"
