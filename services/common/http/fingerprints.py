"""The fingerprint of a request: what makes two requests with one `Idempotency-Key` the same."""

from fastapi import Request


def fingerprint_of(request: Request) -> str:
    """Return the SHA-256 over method, path, canonical query and raw body, taken while the body streamed in."""
    return str(request.state.fingerprint())
