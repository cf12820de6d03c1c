"""The fingerprint of a request: what makes two requests with one `Idempotency-Key` the same."""

import hashlib
from urllib.parse import urlencode

from fastapi import Request


async def fingerprint_of(request: Request) -> str:
    """Return the SHA-256 over method, path, canonical query and raw body."""
    query = urlencode(sorted(request.query_params.multi_items()))
    head = f"{request.method} {request.url.path}?{query}\n".encode()
    return hashlib.sha256(head + await request.body()).hexdigest()
