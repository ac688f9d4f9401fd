"""A form with one file in it: its size is bounded, its token checked, its file laid in a folder while it is read."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from archiveia.errors import BadRequestError
from archiveia.values import Staff
from search_ui.sessions import FORM_FIELD, is_right_token

FILE_FIELD = "fichier"


@asynccontextmanager
async def form_with_file(request: Request, staff: Staff, *, max_bytes: int) -> AsyncIterator[FormData]:
    """The fields of a form that was sent from our own pages, its file among them until the form is closed.

    Raises:
        HTTPException: 413 of more bytes than these, 403 of a form of another page.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise HTTPException(413)
    async with request.form(max_files=1, max_fields=1000) as form:
        if not is_right_token(request, staff, form.get(FORM_FIELD)):
            raise HTTPException(403)
        yield form


def file_in(form: FormData, *, missing: str, remedy: str) -> UploadFile:
    """The file of the form.

    Raises:
        BadRequestError: there is none, or nothing is in it.
    """
    sent = form.get(FILE_FIELD)
    if not isinstance(sent, UploadFile) or not sent.size:
        raise BadRequestError(missing, remedy)
    return sent


@contextmanager
def laid(sent: BinaryIO, name: str) -> Iterator[Path]:
    """The file under this name in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as target:
            shutil.copyfileobj(sent, target)
        yield path
