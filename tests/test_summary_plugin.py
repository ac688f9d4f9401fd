from summary_plugin import skip_line, skipped_extras

REASONS = [
    "data absent: corpora (ARCHIVEIA_CORPORA, looked in corpora)",
    "extra nli is not installed",
    "extra nli is not installed",
]


def test_the_line_counts_each_reason_and_names_the_absent_data():
    assert skip_line(REASONS) == (
        "data absent: corpora; skipped: 3 (extra nli is not installed x2, "
        "data absent: corpora (ARCHIVEIA_CORPORA, looked in corpora) x1)"
    )


def test_a_run_that_skips_nothing_says_so():
    assert skip_line([]) == "data absent: none; skipped: 0"


def test_only_the_extras_asked_for_count_as_missing():
    assert skipped_extras(REASONS, ["nli", "pdf"]) == ["nli"]
    assert skipped_extras(REASONS, ["pdf"]) == []
    assert skipped_extras(REASONS, [""]) == []
