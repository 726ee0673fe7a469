from collections.abc import Iterable

from customers.operations.file_places import FilesPlace, StoredFile
from services.models import Attachment, Enclosure, InboundMail, WebFormFile
from services.operations.attachment_files import stored_file


def _of_row(row: Attachment | Enclosure | InboundMail | WebFormFile) -> Iterable[StoredFile]:
    return [(stored_file(row.path), row.path)] if row.path else []


ATTACHMENTS = FilesPlace("services.attachment.file", Attachment.objects.all, _of_row)
FORM_FILES = FilesPlace("services.webformfile.file", WebFormFile.objects.all, _of_row)
INBOUND_MAILS = FilesPlace("services.inboundmail.file", InboundMail.objects.all, _of_row)
ENCLOSURES = FilesPlace("services.enclosure.file", Enclosure.objects.all, _of_row)
