"""Routes of official codelists."""

from services.common.codelists.iati import CODELISTS, load_codelist
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.wire import Code
from services.programs.domain.problems import SubjectNotFound
from services.programs.schemas.deliveries import CodelistRead, CodelistValue

router = house_router("codelists", "/codelists")


@router.get("/{codelist_name}", response_model=CodelistRead, responses=problems(SubjectNotFound))
async def read_codelist(_: Caller, codelist_name: Code) -> CodelistRead:
    """Read an official codelist, withdrawn codes included, with the version and day of the copy."""
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
