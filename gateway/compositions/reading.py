"""The reader of a request as a parameter of a composed route."""

from typing import Annotated

from fastapi import Depends, Request

from gateway.compositions.parts import Reader
from services.common.http.callers import Caller


def _reader(request: Request, caller: Caller) -> Reader:
    return Reader(
        clients=request.app.state.clients,
        sign=lambda service: request.app.state.signer.sign(caller, audience=service),
        language=request.headers.get("accept-language"),
    )


Reading = Annotated[Reader, Depends(_reader)]
"""Reads from the services with the rights of the caller, who is admitted to the view first."""
