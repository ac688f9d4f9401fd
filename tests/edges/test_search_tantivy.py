"""The embedded index: its files, its lock, and what happens when a process dies."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tantivy
from test_search_contract import fill, found, page, query

from archiveia.edges.search_index import open_index
from archiveia.edges.search_tantivy import TantivyIndex
from archiveia.errors import SearchIndexBusyError, SearchIndexError
from archiveia.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]


def live(folder: Path) -> Path:
    return folder / (folder / "current").read_text()


def test_a_new_workspace_has_an_empty_index(tmp_path):
    settings = read_settings(home=tmp_path / "home", meilisearch_url="")
    index = open_index(settings)
    assert index.search(query("conseil")).total == 0
    assert index.count("ville") == 0
    open_index(settings, write=True).replace([], [page("a", "conseil")])
    assert found(index, "conseil") == {"a"}


def test_a_reader_sees_a_change_at_once(tmp_path):
    writer = TantivyIndex(tmp_path, write=True)
    reader = TantivyIndex(tmp_path)
    for i in range(5):
        fill(writer, page(f"r{i}", "secret"))
        assert reader.count("ville") == i + 1
    writer.withdraw([f"r{i}" for i in range(5)])
    assert found(reader, "secret") == set()


def test_a_reader_follows_a_rebuild_and_the_old_folder_goes(tmp_path):
    writer = TantivyIndex(tmp_path, write=True)
    reader = TantivyIndex(tmp_path)
    fill(writer, page("old", "conseil"))
    (tmp_path / "20200101T000000-1").mkdir()  # left by a rebuild that was killed
    assert found(reader, "conseil") == {"old"}
    writer.rebuild([page("new", "conseil")])
    assert found(reader, "conseil") == {"new"}
    assert [f for f in tmp_path.iterdir() if f.is_dir()] == [live(tmp_path)]


def test_searches_never_fail_while_the_index_is_rebuilt(tmp_path):
    writer = TantivyIndex(tmp_path, write=True)
    fill(writer, page("a", "conseil"))
    totals, done = set(), threading.Event()

    def read() -> None:
        reader = TantivyIndex(tmp_path)
        while not done.is_set():
            totals.add(reader.search(query("conseil")).total)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for thread in readers:
        thread.start()
    for _ in range(5):
        writer.rebuild([page("a", "conseil")])
    done.set()
    for thread in readers:
        thread.join()
    assert totals == {1}


def test_a_second_writer_waits_then_says_who_is_busy(tmp_path):
    index = TantivyIndex(tmp_path, write=True)
    fill(index, page("a"))
    with index._alone():
        other = TantivyIndex(tmp_path, write=True, busy_wait_s=0.1)
        with pytest.raises(SearchIndexBusyError, match=r"still writes to .* after 0.1 s; try again") as error:
            other.withdraw(["a"])
        assert error.value.retryable
        assert other.count("ville") == 1  # reading goes on
    other.withdraw(["a"])


def test_the_lock_of_tantivy_itself_is_told_as_busy(tmp_path):
    index = TantivyIndex(tmp_path, write=True, busy_wait_s=0.1)
    fill(index, page("a"))
    foreign = tantivy.Index.open(str(live(tmp_path))).writer(15_000_000, 1)
    with pytest.raises(SearchIndexBusyError, match="still writes"):
        index.withdraw(["a"])
    del foreign
    index.withdraw(["a"])


def test_nothing_is_locked_while_nobody_writes(tmp_path):
    first = TantivyIndex(tmp_path, write=True, busy_wait_s=0.1)
    second = TantivyIndex(tmp_path, write=True, busy_wait_s=0.1)
    for i in range(3):
        fill(first, page(f"a{i}"))
        fill(second, page(f"b{i}"))
    assert first.count("ville") == 6


WRITE_FOR_EVER = """
import sys
from pathlib import Path
sys.path.insert(0, "tests/edges")
from test_search_contract import page
from archiveia.edges.search_tantivy import TantivyIndex

index = TantivyIndex(Path(sys.argv[1]), write=True)
for n in range(10**6):
    index.replace([f"r{n}"], [page(f"r{n}/{i}", "conseil " * 200) for i in range(20)])
    print(n, flush=True)
"""


def test_an_index_whose_writer_was_killed_opens_at_its_last_commit(tmp_path):
    for round_number in range(2):
        command = [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            for committed in process.stdout:
                if int(committed) >= 3 + round_number:
                    break
            process.send_signal(signal.SIGKILL)
        index = TantivyIndex(tmp_path, write=True, busy_wait_s=1)
        pages = index.count("ville")
        assert pages % 20 == 0  # a record is whole or absent
        assert pages >= 20 * (int(committed) + 1)
        assert len(index.record_ids("ville")) * 20 == pages
        fill(index, page("after", "registre"))
        assert found(index, "registre") == {"after"}
        index.withdraw(["after"])


def damage_meta(folder: Path) -> None:
    (live(folder) / "meta.json").write_text("{")


def lose_a_segment(folder: Path) -> None:
    next(live(folder).glob("*.idx")).unlink()


def cut_a_segment(folder: Path) -> None:
    file = next(live(folder).glob("*.term"))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def lose_the_folder(folder: Path) -> None:
    shutil.rmtree(live(folder))


def lose_the_pointer(folder: Path) -> None:
    (folder / "current").unlink()


def change_the_fields(folder: Path) -> None:
    for file in live(folder).iterdir():
        file.unlink()
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("words")
    tantivy.Index(fields.build(), str(live(folder)))


@pytest.mark.parametrize(
    "damage",
    [damage_meta, lose_a_segment, cut_a_segment, lose_the_folder, lose_the_pointer, change_the_fields],
)
def test_a_damaged_index_says_to_reindex_and_a_rebuild_repairs_it(tmp_path, damage):
    index = TantivyIndex(tmp_path, write=True)
    fill(index, page("a", "conseil"))
    damage(tmp_path)
    with pytest.raises(SearchIndexError, match="archiveia reindex"):
        TantivyIndex(tmp_path).search(query("conseil"))
    assert index.rebuild([page("a", "conseil")]) == 1
    assert found(TantivyIndex(tmp_path), "conseil") == {"a"}


def test_reindex_opens_an_index_that_is_damaged(tmp_path):
    settings = read_settings(home=tmp_path, meilisearch_url="")
    fill(open_index(settings, write=True), page("a"))
    damage_meta(tmp_path / "index")
    assert open_index(settings, write=True).rebuild([page("a")]) == 1


def test_an_error_in_the_middle_of_a_change_changes_nothing(tmp_path):
    index = TantivyIndex(tmp_path, write=True)
    fill(index, page("a", "conseil"))

    def pages():
        yield page("b")
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        index.replace(["a"], pages())
    assert found(index) == {"a"}
    fill(index, page("d", "conseil"))
    assert index.count("ville") == 2
