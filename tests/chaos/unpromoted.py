"""Serves an app in which nobody is promoted from a waiting list: the negative control of seats under fire."""

from unittest.mock import patch

from cli.serve import main
from services.participants.operations import seats


async def promote_nobody(*_: object, **__: object) -> list[object]:
    """Find nobody who is next."""
    return []


if __name__ == "__main__":
    with patch.object(seats, "find_promotions", promote_nobody):
        main()
