"""What can go wrong between the front door and the services behind it."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class UpstreamFailed(Problem):
    """A service behind the front door gave no usable answer."""

    status: ClassVar[int] = 502
    slug: ClassVar[str] = "upstream-failed"
    title: ClassVar[Title] = title(
        en="A part of the system failed", ru="Часть системы дала сбой", kk="Жүйенің бір бөлігі істен шықты"
    )


class UpstreamLate(Problem):
    """A service behind the front door did not answer in time."""

    status: ClassVar[int] = 504
    slug: ClassVar[str] = "upstream-late"
    title: ClassVar[Title] = title(
        en="A part of the system is too slow",
        ru="Часть системы не ответила вовремя",
        kk="Жүйенің бір бөлігі уақытында жауап бермеді",
    )
    retry_after: ClassVar[int | None] = 2
