"""Hashing: the content security policy scripts are served with. Plain data; the site applies it.

A worker obeys the policy of its own response. This one names no connection, so a worker that reads a photo cannot send
it anywhere. Every script of the site is served with it, so that a worker started from inside a worker is sealed too.
(`worker-src 'none'` would forbid that outright, but Firefox then refuses the first worker itself.)
"""

SEALED = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the response of every script. MD5 and the HEIC decoder are WebAssembly."""
