"""The content policy every page is served with."""

PAGE_POLICY = "; ".join(  # noqa: FLY002 - one source a line
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types takeitdown",
    ]
)

OFFLINE_POLICY = PAGE_POLICY.replace("connect-src 'self'", "connect-src 'none'")
"""For a page that must not be able to send anything."""
