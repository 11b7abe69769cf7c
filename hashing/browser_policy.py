"""Hashing: the content security policy each worker script is served with. Plain data; the site applies it.

A worker obeys the policy of its own response. These policies name no `connect-src` other than none: a worker that
reads a photo cannot send it anywhere.
"""

WASM = "'wasm-unsafe-eval'"


def _sealed(*script_sources: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *script_sources)),
            "worker-src 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


POLICIES = {"worker.js": _sealed(WASM)}
"""File name in `hashing/browser/` -> Content-Security-Policy header of its response."""
