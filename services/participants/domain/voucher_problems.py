"""What can be wrong with vouchers, awards' recipients and alumni."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class VoucherSchemeNotFound(Problem):
    """No such voucher scheme is known here."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "voucher-scheme-not-found"
    title: ClassVar[Title] = title(
        en="Voucher scheme not found", ru="Программа ваучеров не найдена", kk="Ваучер бағдарламасы табылмады"
    )


class VoucherNotFound(Problem):
    """No such voucher, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "voucher-not-found"
    title: ClassVar[Title] = title(en="Voucher not found", ru="Ваучер не найден", kk="Ваучер табылмады")


class VoucherCodeUnknown(Problem):
    """The code is mistyped, or no voucher that this provider may redeem has it."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "voucher-code-unknown"
    title: ClassVar[Title] = title(
        en="No such voucher code", ru="Такого кода ваучера нет", kk="Мұндай ваучер коды жоқ"
    )


class VouchersExhausted(Problem):
    """The scheme has fewer vouchers left than were asked for (R10)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "vouchers-exhausted"
    title: ClassVar[Title] = title(
        en="Not enough vouchers are left", ru="Ваучеров не хватает", kk="Ваучерлер жеткіліксіз"
    )


class VoucherHeld(Problem):
    """The person has a live voucher of this scheme already (R10)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "voucher-held"
    title: ClassVar[Title] = title(
        en="The person has a voucher of this scheme",
        ru="У человека уже есть ваучер этой программы",
        kk="Адамда бұл бағдарламаның ваучері бар",
    )


class VoucherExpired(Problem):
    """The voucher's last day lies behind."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "voucher-expired"
    title: ClassVar[Title] = title(
        en="The voucher has expired", ru="Срок ваучера истёк", kk="Ваучердің мерзімі өтті"
    )


class RecipientNotFound(Problem):
    """Nobody is recorded as the recipient of this award."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "recipient-not-found"
    title: ClassVar[Title] = title(
        en="The award has no recipient", ru="Получатель не указан", kk="Алушы көрсетілмеген"
    )


class AlumniProfileNotFound(Problem):
    """The person is not in the directory of alumni, or the caller is not."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "alumni-profile-not-found"
    title: ClassVar[Title] = title(
        en="No such alumni profile", ru="Профиль выпускника не найден", kk="Түлек профилі табылмады"
    )


class AwardForOrganization(Problem):
    """The award went to an organization, so no person stands behind it."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "award-for-organization"
    title: ClassVar[Title] = title(
        en="The award is an organization's", ru="Награда присуждена организации", kk="Марапат ұйымға берілген"
    )
