"""Routes by which questionnaires come and go as XLSForm."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Form, Response, UploadFile, status
from pydantic import AfterValidator, Field

from services.common.files import FileTooLarge
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.i18n import canonical_tag
from services.common.media_types import XLSX
from services.common.wire import Line, Request
from services.common.worker import InputTooDemanding, WorkerBusy
from services.evaluation.api.instruments import Number, answer
from services.evaluation.domain.problems import InstrumentNotFound, XlsFormRefused
from services.evaluation.domain.xlsform_types import ImportOptions
from services.evaluation.operations import xlsforms as operations
from services.evaluation.schemas.instruments import InstrumentImport

router = house_router("instruments", "/instruments/{instrument_id}")
_WORKBOOK: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The workbook.", "content": {XLSX: {}}}
}
Tag = Annotated[str, Field(max_length=35), AfterValidator(canonical_tag)]


class XlsFormUpload(Request):
    """A workbook, and what its importer decides."""

    file: UploadFile
    """.xlsx or .xls, at most 2 MiB."""
    language: Tag = "en"
    """Of texts in columns that name no language, unless the form's settings do."""
    languages: Annotated[Line, Field(pattern=r"^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$")] | None = None
    """Languages that headers name otherwise: `Deutsch=de, Oromiffa=om`."""
    scales: Line | None = None
    """Lists of choices that are ordered scales, separated by commas."""
    calculations: Literal["refuse", "ignore"] = "refuse"


@router.post(
    "/xlsform",
    response_model=InstrumentImport,
    status_code=status.HTTP_201_CREATED,
    responses=problems(InstrumentNotFound, FileTooLarge, XlsFormRefused, InputTooDemanding, WorkerBusy),
)
async def import_xlsform(
    session: WriteSession,
    caller: Caller,
    worker: Worker,
    instrument_id: UUID,
    upload: Annotated[XlsFormUpload, Form(media_type="multipart/form-data")],
    response: Response,
) -> object:
    """Draw up the next version from an XLSForm, or learn what keeps it from being one, row by row."""
    workbook = await upload.file.read(operations.LARGEST_FORM + 1)
    if len(workbook) > operations.LARGEST_FORM:
        raise FileTooLarge(f"At most {operations.LARGEST_FORM} bytes are accepted.")
    version, left_out = await operations.import_xlsform(
        session, caller, instrument_id, worker, workbook, _options(upload)
    )
    response.headers["Location"] = f"/v1/instruments/{instrument_id}/versions/{version.number}"
    return {"version": answer(version, caller), "left_out": left_out}


@router.get(
    "/versions/{version_number}/xlsform",
    response_class=Response,
    responses=_WORKBOOK | problems(InstrumentNotFound, WorkerBusy),
)
async def export_xlsform(
    session: ReadSession, worker: Worker, instrument_id: UUID, version_number: Number
) -> Response:
    """Read a version as XLSForm; what is ours alone stands in columns `x-...` that other tools ignore."""
    name, workbook = await operations.export_xlsform(session, instrument_id, version_number, worker)
    headers = {"Content-Disposition": f'attachment; filename="{name.replace(":", "_")}"'}
    return Response(workbook, headers=headers, media_type=XLSX)


def _options(upload: XlsFormUpload) -> ImportOptions:
    pairs = [pair.partition("=") for pair in (upload.languages or "").split(",") if pair]
    return ImportOptions(
        language=upload.language,
        languages={name.strip(): tag.strip() for name, _, tag in pairs},
        scales=frozenset(name.strip() for name in (upload.scales or "").split(",") if name.strip()),
        ignore_calculations=upload.calculations == "ignore",
    )
