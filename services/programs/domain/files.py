"""What files of the portfolio are for."""

from typing import Final

from services.common.file_purposes import DOCUMENTS, PICTURES, TABLES, FilePurpose, Visibility

FILE_PURPOSES: Final = (
    FilePurpose("import", TABLES, (Visibility.PRIVATE,)),
    FilePurpose("document", DOCUMENTS, (Visibility.INTERNAL, Visibility.PUBLIC)),
    FilePurpose("photo", PICTURES, (Visibility.INTERNAL, Visibility.PUBLIC)),
)
"""Tables to import; agreements, acceptance documents and publications; dated photos of deliveries."""
