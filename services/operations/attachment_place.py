from collections.abc import Iterable

from customers.operations.file_places import FilesPlace, StoredFile
from services.models import Attachment
from services.operations.attachment_files import stored_file


def _of_attachment(attachment: Attachment) -> Iterable[StoredFile]:
    return [(stored_file(attachment.path), attachment.path)]


ATTACHMENTS = FilesPlace("services.attachment.file", Attachment.objects.all, _of_attachment)
