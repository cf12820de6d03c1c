"""What files about people are for; whatever they show is shown through the thing that keeps them."""

from typing import Final

from services.common.file_purposes import DOCUMENTS, LARGEST, MIB, PICTURES, TABLES, FilePurpose, Visibility

FILE_PURPOSES: Final = (
    FilePurpose("import", TABLES, (Visibility.PRIVATE,)),
    FilePurpose("application_document", DOCUMENTS, (Visibility.PRIVATE,)),
    FilePurpose("signed_consent", DOCUMENTS, (Visibility.PRIVATE,)),
    FilePurpose("delegation", DOCUMENTS, (Visibility.PRIVATE,)),
    FilePurpose("nomination_letter", {"application/pdf": LARGEST, **PICTURES}, (Visibility.PRIVATE,)),
    FilePurpose("certificate_logo", {"image/png": MIB // 2}, (Visibility.INTERNAL,)),
)
"""Tables to import; papers of an application; consents signed on paper; letters that appoint
officers, and such that put somebody forward; logos."""
