"""The documents say nothing that is not there: their links, commands, settings and the words of the desk."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from archiveia.cli.parser import build_parser
from archiveia.settings import Settings
from search_ui.labels import LABELS

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("docs", "docs/adr", "schemas", "models", "bench")
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))])
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in PAGES}
GUIDE = TEXTS["docs/guide-archiviste.md"]
IMAGES = sorted((ROOT / "docs" / "images").glob("*"))

LINK = re.compile(r"\]\(([^)\s]+)\)")
FORBIDDEN = re.compile(r"/root/|/home/\w|\.venv/lib|TODO|FIXME|XXX|lorem ipsum", re.IGNORECASE)
HOSTS = {"127.0.0.1", "keepachangelog.com", "semver.org"}
"""The only sites that the documents speak of: nothing is fetched from a site that they name."""
MOST_IMAGE_BYTES = 300_000


def anchor(heading: str) -> str:
    """The anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_and_picture_leads_somewhere(page):
    lost = []
    for target in LINK.findall(TEXTS[page]):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, part = target.partition("#")
        found = (ROOT / page).parent / path if path else ROOT / page
        headings = re.findall(r"^#+ (.+)$", found.read_text("utf-8"), re.MULTILINE) if part else []
        if not found.exists() or (part and part not in map(anchor, headings)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", TEXTS)
def test_no_page_speaks_of_the_machine_that_it_was_written_on(page):
    assert FORBIDDEN.findall(TEXTS[page]) == []


@pytest.mark.parametrize("page", TEXTS)
def test_pages_name_no_other_site_than_those_of_the_list(page):
    assert set(re.findall(r"https?://([\w.-]+)", TEXTS[page])) <= HOSTS


@pytest.mark.parametrize("page", TEXTS)
def test_every_setting_that_a_page_names_exists(page):
    known = {f"ARCHIVEIA_{name.upper()}" for name in Settings.model_fields}
    of_the_tests = {"ARCHIVEIA_CORPORA", "ARCHIVEIA_REFERENCE"}
    assert set(re.findall(r"ARCHIVEIA_[A-Z_]*[A-Z]", TEXTS[page])) <= known | of_the_tests


def test_pictures_are_small_and_each_is_shown_somewhere():
    shown = {Path(target).name for text in TEXTS.values() for target in LINK.findall(text)}
    assert [path.name for path in IMAGES if path.stat().st_size > MOST_IMAGE_BYTES] == []
    assert {path.name for path in IMAGES} <= shown


def test_every_decision_is_listed_and_has_its_three_parts():
    decisions = [page for page in TEXTS if page.startswith("docs/adr/")]
    for number, page in enumerate(decisions, start=1):
        assert Path(page).name.startswith(f"{number:04d}-")
        parts = re.findall(r"^## (.+)$", TEXTS[page], re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], page
        assert f"](adr/{Path(page).name})" in TEXTS["docs/architecture.md"]


# --- the guide for archivists ---


def words_of_the_desk() -> str:
    """Everything that the web pages can say, on one line."""
    templates = [path.read_text("utf-8") for path in (ROOT / "search_ui" / "templates").glob("*.html")]
    labels = json.dumps(LABELS, ensure_ascii=False)
    return " ".join(" ".join([*templates, labels]).replace("\\n", " ").split())


def test_the_guide_uses_the_words_of_the_desk():
    """What stands in bold there is a word of the screen."""
    screen = words_of_the_desk()
    bold = {" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", GUIDE)}
    assert len(bold) > 30
    assert sorted(words for words in bold if words not in screen) == []


@pytest.mark.parametrize("command", re.findall(r"(?:^    |`)archiveia ([^`\n]+)", GUIDE, re.MULTILINE))
def test_every_command_of_the_guide_can_be_typed(command):
    assert build_parser().parse_args(shlex.split(command, comments=True)).command
