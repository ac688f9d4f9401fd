"""Uploads, streamed to the disk as they come: hostile names made harmless, sizes held, nothing half-left."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from archiveia.errors import BadRequestError, RefusedError, TooLargeScanError
from search_ui.sessions import FORM_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

MAX_NAME_CHARS = 100
MAX_DEPTH = 6
MAX_FILES = 10_000
MAX_FIELD_BYTES = 10_000
UPLOADING = ".envoi-"
"""Beginning of the folders in which files arrive: what begins with a dot is no batch."""

_RESERVED = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


def safe_part(part: str) -> str:
    """One name of a path without what can hurt: controls, invisible and bidi signs, dots that lead; maybe empty."""
    visible = "".join(
        c for c in unicodedata.normalize("NFC", part) if not unicodedata.category(c).startswith("C")
    )
    clean = " ".join(_RESERVED.sub("_", visible).split()).strip(". ")
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = clean, ""
    room = MAX_NAME_CHARS - len(suffix) - 1
    short = stem[:room].strip(". ")
    while len(short.encode()) > 200:  # file systems count bytes
        short = short[:-1]
    return f"{short}.{suffix}" if suffix else short


def safe_path(name: str) -> Path | None:
    """A relative path inside the batch for the name that a browser sent; ``None`` when nothing of it is left."""
    parts = [p for p in map(safe_part, re.split(r"[/\\]", name)) if p]
    return Path(*parts[-MAX_DEPTH:]) if parts else None


@dataclass
class Upload:
    """Takes the body of one upload form, piece by piece, into ``incoming``.

    The token and the names of the form come before its files, which are refused until they are right.
    """

    incoming: Path
    boundary: bytes
    max_bytes: int
    is_right_token: Callable[[str], bool]
    fields: dict[str, str] = field(default_factory=dict)
    files: int = 0
    received_bytes: int = 0

    def __post_init__(self) -> None:
        self.incoming.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=self.incoming, prefix=UPLOADING))
        self._taken: set[str] = set()
        self._headers: dict[bytes, bytes] = {}
        self._header = (b"", b"")
        self._name: str | None = None
        self._value = b""
        self._target: BinaryIO | None = None
        self._ended = False
        self._parser = MultipartParser(
            self.boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        """The next piece of the body.

        Raises:
            TooLargeScanError: the whole is over the limit.
            RefusedError: the form does not come from our pages.
            BadRequestError: the body is no form.
        """
        self.received_bytes += len(data)
        if self.received_bytes > self.max_bytes:
            raise too_large(self.max_bytes)
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise _interrupted() from error

    def finish(self) -> Path:
        """The folder of the new batch, complete, under the batch's name.

        Raises:
            BadRequestError: files are missing, or there is a batch of this name.
        """
        if not self._ended:
            raise _interrupted()
        if not self.files:
            raise BadRequestError(
                "aucun fichier n’a été reçu", "choisissez des fichiers ou un dossier, puis envoyez"
            )
        folder = self.incoming / self.batch
        if folder.exists():
            raise name_taken(self.batch)
        self._folder.chmod(0o755)
        self._folder.rename(folder)
        return folder

    @property
    def batch(self) -> str:
        """The name of the batch, fit for a folder.

        Raises:
            BadRequestError: there is none.
        """
        if not self._ended:
            raise _interrupted()
        parts = (safe_part(part) for part in re.split(r"[/\\]", self.fields.get("lot", "")))
        name = safe_part("-".join(part for part in parts if part))
        if not name:
            raise BadRequestError(
                "le lot n’a pas de nom", "donnez-lui un nom, par exemple « Versement 2026-04 »"
            )
        return name

    def abandon(self) -> None:
        """Nothing of the upload is left."""
        if self._target is not None:
            self._target.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # --- the parser's words ---

    def _begin(self) -> None:
        self._headers, self._header, self._name, self._value, self._target = {}, (b"", b""), None, b"", None

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            return
        sent = options[b"filename"].decode("utf-8", "replace").replace("%22", "_")
        if not sent:
            self._name = None  # a file field in which nothing was chosen
            return
        if not self.is_right_token(self.fields.get(FORM_FIELD, "")):
            raise RefusedError("le formulaire a expiré", "revenez à la page d’envoi et recommencez")
        self._target = self._open(safe_path(sent) or Path("sans-nom"))

    def _open(self, path: Path) -> BinaryIO:
        self.files += 1
        if self.files > MAX_FILES:
            raise BadRequestError(f"plus de {MAX_FILES} fichiers", "envoyez-les en plusieurs lots")
        place, number = path, 1
        while str(place).casefold() in self._taken:
            number += 1
            place = path.with_name(f"{path.stem} ({number}){path.suffix}")
        parents = {str(p).casefold() for p in place.parents}
        if parents & self._taken:  # a file already has the name of this one's folder
            place = Path(f"{place.parent} (dossier)".replace("/", "_")) / place.name
        self._taken.add(str(place).casefold())
        target = self._folder / place
        if target.is_dir():  # a folder already has the name of this file
            target = target.with_name(f"{target.name} (fichier)")
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.open("xb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._target is not None:
            self._target.write(data[start:end])
        elif self._name is not None:
            self._value += data[start:end]
            if len(self._value) > MAX_FIELD_BYTES:
                raise BadRequestError(f"le champ {self._name!r} est trop long", "raccourcissez-le")

    def _part_end(self) -> None:
        if self._target is not None:
            self._target.close()
            self._target = None
        elif self._name is not None:
            self.fields[self._name] = self._value.decode("utf-8", "replace").strip()

    def _end(self) -> None:
        self._ended = True


def too_large(max_bytes: int) -> TooLargeScanError:
    """The refusal of an upload that is over the limit."""
    message = f"l’envoi dépasse la limite de {max_bytes // 1024**2} Mio ; rien n’a été conservé"
    return TooLargeScanError(
        message, "envoyez les fichiers en plusieurs lots (réglage ARCHIVEIA_MAX_UPLOAD_MB)"
    )


def name_taken(batch: str) -> BadRequestError:
    """The refusal of a second batch of the same name."""
    return BadRequestError(f"il y a déjà un lot « {batch} »", "choisissez un autre nom")


def _interrupted() -> BadRequestError:
    return BadRequestError("l’envoi a été interrompu ; rien n’a été conservé", "recommencez l’envoi")
