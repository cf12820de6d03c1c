"""What files of the evidence are for."""

from typing import Final

from services.common.file_purposes import DOCUMENTS, TABLES, FilePurpose, Visibility

FILE_PURPOSES: Final = (
    FilePurpose("import", TABLES, (Visibility.PRIVATE,)),
    FilePurpose("evidence", DOCUMENTS, (Visibility.INTERNAL, Visibility.PUBLIC)),
)
"""Tables and questionnaires to import; what an assessment or an actual rests on."""
