"""What can be wrong with certificates and their designs."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class CertificateDesignNotFound(Problem):
    """The edition's certificates have no design of their own."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "certificate-design-not-found"
    title: ClassVar[Title] = title(
        en="The edition has no certificate design",
        ru="У выпуска нет макета сертификата",
        kk="Шығарылымда сертификат үлгісі жоқ",
    )


class BadgeKeyNotFound(Problem):
    """No badge is signed by a key of that id now."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "badge-key-not-found"
    title: ClassVar[Title] = title(en="There is no such key", ru="Такого ключа нет", kk="Мұндай кілт жоқ")


class LogoUnusable(Problem):
    """The file is no picture, or one of more pixels than a certificate can show."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "logo-unusable"
    title: ClassVar[Title] = title(
        en="The logo cannot be used",
        ru="Логотип нельзя использовать",
        kk="Логотипті қолдануға болмайды",
    )


class CertificateUnprintable(Problem):
    """The certificate's content was erased, or it does not hold any more."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "certificate-unprintable"
    title: ClassVar[Title] = title(
        en="The certificate cannot be printed",
        ru="Сертификат нельзя напечатать",
        kk="Сертификатты басып шығаруға болмайды",
    )
