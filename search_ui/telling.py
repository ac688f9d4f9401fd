"""What went wrong and what to do about it, told in the visitor's language."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from search_ui.labels import LABELS

TABLE: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "translations" / "messages_fr.json").read_text(encoding="utf-8")
)
"""French forms by the English message, ``%(name)s`` for what varies: those of the program, those of its libraries."""

_NAME = re.compile(r"%\((\w+)\)s")
_QUOTED = re.compile(r"(['\"])(.*)\1", re.DOTALL)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each message as a pattern with its French form, the one with the most words of its own first."""
    forms = {english: french for part in TABLE.values() for english, french in part.items()}
    ranked = sorted(forms, key=lambda english: -len(_NAME.sub("", english)))
    return tuple((_pattern(english), forms[english]) for english in ranked)


def _pattern(english: str) -> re.Pattern[str]:
    pieces = _NAME.split(english)  # words, name, words, name, words
    pieces[::2] = map(re.escape, pieces[::2])
    pieces[1::2] = (f"(?P<{name}>.*?)" for name in pieces[1::2])
    return re.compile("".join(pieces), re.DOTALL)


@lru_cache(maxsize=2**15)
def told(message: str, language: str) -> str:
    """The message in this language, what varies in it kept or told in turn; itself when no form is known.

    The program's messages are in English, or in French already: only French needs a table. The quotes
    that Python puts around a value are left out, since the French form has its own.
    """
    if language != "fr":
        return message
    for pattern, french in _patterns():
        if match := pattern.fullmatch(message):
            return french % {name: _part(name, value) for name, value in match.groupdict().items()}
    return message


def _part(name: str, value: str) -> str:
    """A part that varies, in French: a cause, a field or an outcome has its own words."""
    quoted = _QUOTED.fullmatch(value)
    bare = quoted[2] if quoted else value
    return LABELS.get(f"{name}s", {}).get(bare) or told(bare, "fr")


def tongue(message: str, language: str) -> str:
    """The language that ``told`` gives the message in, for the ``lang`` of its place on the page."""
    is_english = any(pattern.fullmatch(message) for pattern, _ in _patterns())
    return "en" if language != "fr" and is_english else "fr"
