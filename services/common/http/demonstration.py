"""Whether the installation is for demonstration, as a parameter of a route."""

from typing import Annotated

from fastapi import Depends, Request


async def _is_for_demonstration(request: Request) -> bool:
    return bool(request.app.state.settings.demonstration)


Demonstration = Annotated[bool, Depends(_is_for_demonstration)]
"""Whether synthetic rows may be entered here."""
