"""The policy each hashing worker's own response carries. It has no connect-src: a worker that sees a photo can reach nothing."""

SEALED = "default-src 'none'; script-src 'self'"

_WORKERS = {"hashing/worker.js": SEALED}


def policy_for(static_path: str) -> str | None:
    """Give the Content-Security-Policy for a file below /static/, or None where the page's own holds."""
    return _WORKERS.get(static_path)
