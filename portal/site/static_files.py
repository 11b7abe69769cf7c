"""How scripts are served: as written, under their own names, each with the policy that seals a worker."""

from collections.abc import MutableMapping

from hashing import browser_policy

SCRIPTS = (".js", ".mjs")


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:  # noqa: ARG001 - WhiteNoise's signature
    """Seal whatever is run as a worker: it may load this site's code and reach nothing else."""
    if url.endswith(SCRIPTS):
        headers["Content-Security-Policy"] = browser_policy.SEALED
    headers["Cache-Control"] = "no-cache"
