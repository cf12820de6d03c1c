"""Routes of official codelists."""

from typing import Final

from babel import Locale

from services.common.codelists.iati import CODELISTS, load_codelist
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.i18n import InterfaceLanguage
from services.common.wire import Code
from services.programs.domain.dac_list import AS_OF, LIST_NAME, RECIPIENTS, is_recipient
from services.programs.domain.problems import SubjectNotFound
from services.programs.schemas.deliveries import CodelistRead, CodelistValue

router = house_router("codelists", "/codelists")
DAC_LIST: Final = "DACRecipients"


@router.get("/{codelist_name}", response_model=CodelistRead, responses=problems(SubjectNotFound))
async def read_codelist(_: Caller, codelist_name: Code) -> CodelistRead:
    """Read an official codelist, withdrawn codes included, with the version and day of the copy.

    The lists are IATI's, and `DACRecipients`: who may receive official development assistance.
    """
    if codelist_name == DAC_LIST:
        return _dac_list()
    if codelist_name not in CODELISTS:
        raise SubjectNotFound("There is no such codelist.")
    codelist = load_codelist(codelist_name)
    return CodelistRead(
        name=codelist.name,
        title=codelist.title,
        version=codelist.version,
        as_of=codelist.as_of,
        complete=codelist.complete,
        values=[CodelistValue.model_validate(entry) for entry in codelist.entries.values()],
    )


def _dac_list() -> CodelistRead:
    """Return the DAC list of today: who has left it is withdrawn."""
    names = {language: Locale(language).territories for language in InterfaceLanguage}
    return CodelistRead(
        name=DAC_LIST,
        title=LIST_NAME,
        version=LIST_NAME,
        as_of=AS_OF,
        complete=True,
        values=[
            CodelistValue(
                code=code,
                name={language: known[code] for language, known in names.items()},
                category=None,
                withdrawn=not is_recipient(code, AS_OF),
            )
            for code in sorted(RECIPIENTS)
        ],
    )
