"""Problems with what is drawn up over several results or editions: roll-ups, trends, composites."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class RollUpNotFound(Problem):
    """No such roll-up, or none that this caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "roll-up-not-found"
    title: ClassVar[Title] = title(en="Roll-up not found", ru="Сводка не найдена", kk="Жиынтық табылмады")


class NothingToRollUp(Problem):
    """Fewer than two counted editions asked the question in the same way, or nobody said the country."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "nothing-to-roll-up"
    title: ClassVar[Title] = title(
        en="There is nothing to roll up yet", ru="Сводить пока нечего", kk="Әзірге жинақтайтын ештеңе жоқ"
    )


class RollUpTooLarge(Problem):
    """The program has too many editions and countries for the proof that nobody's answers can be told."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "roll-up-too-large"
    title: ClassVar[Title] = title(
        en="The roll-up is too large to be proved safe",
        ru="Сводка слишком велика, чтобы доказать её безопасность",
        kk="Жиынтық тым үлкен, оның қауіпсіздігін дәлелдеу мүмкін емес",
    )


class TrendNotFound(Problem):
    """No published result that the caller may see has this question."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "trend-not-found"
    title: ClassVar[Title] = title(en="Trend not found", ru="Динамика не найдена", kk="Динамика табылмады")


class CompositeNotFound(Problem):
    """No such version of a composite."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "composite-not-found"
    title: ClassVar[Title] = title(
        en="Composite not found", ru="Составной показатель не найден", kk="Құрама көрсеткіш табылмады"
    )


class CompositeExists(Problem):
    """Somebody drew up this version of the composite at the same moment."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "composite-exists"
    title: ClassVar[Title] = title(
        en="The version exists already", ru="Такая версия уже есть", kk="Мұндай нұсқа бар"
    )
