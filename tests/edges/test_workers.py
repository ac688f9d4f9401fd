"""Workers: whatever becomes of a task, it comes back once, and the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

FAILING = Path(__file__).resolve().parents[1] / "failing"
sys.path.insert(0, str(FAILING))  # the workers import it from there too

import failing_tasks as failing  # noqa: E402 - only found after the line above

from archiveia.edges.workers import Workers  # noqa: E402 - keeps the imports together
from archiveia.errors import (  # noqa: E402 - same
    ArchiveiaError,
    PageFailedError,
    PageTimeoutError,
    UnreadableScanError,
    WorkerDiedError,
)


@pytest.fixture(scope="module")
def workers():
    with Workers(count=2, memory_mb=2048, tasks_per_worker=50, timeout_s=20) as pool:
        yield pool


def _only(workers, function, timeout_s=None):
    [(task, result)] = list(workers.run(function, [7], timeout_s=timeout_s))
    assert task == 7
    return result


def _wait_until_gone(pid: int) -> None:
    program = Path("/proc") / str(pid)
    deadline = time.monotonic() + 10
    with suppress(FileNotFoundError, ProcessLookupError):  # gone between two looks
        while "State:\tZ" not in (program / "status").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_every_task_comes_back_once_with_its_result(workers):
    assert sorted(workers.run(failing.double, range(50))) == [(n, 2 * n) for n in range(50)]


def test_no_task_at_all_starts_no_process():
    pool = Workers(count=2, memory_mb=2048, tasks_per_worker=5, timeout_s=5)
    with pool:
        assert list(pool.run(failing.double, [])) == []
        assert pool._idle == []


def test_an_error_raised_on_purpose_comes_back_whole(workers):
    error = _only(workers, failing.fail_on_purpose)
    assert type(error) is UnreadableScanError
    assert (error.message, error.remedy) == ("scan 7 is torn", "scan it again")


def test_an_unexpected_error_becomes_a_failed_page_and_its_traceback_is_logged(workers, caplog):
    error = _only(workers, failing.fail_unexpectedly)
    assert type(error) is PageFailedError
    assert "ZeroDivisionError" in error.message
    assert "in fail_unexpectedly" in caplog.text


@pytest.mark.parametrize(
    ("function", "says"),
    [
        pytest.param(failing.leave, "exit code 3", id="leaves"),
        pytest.param(failing.be_killed, "SIGKILL", id="killed, as by the kernel when memory is short"),
        pytest.param(failing.crash, "SIGSEGV", id="crashes in C"),
        pytest.param(failing.swell, "ran out of memory", id="takes too much memory"),
    ],
)
def test_a_worker_that_dies_fails_its_task_only(workers, function, says):
    error = _only(workers, function)
    assert type(error) is WorkerDiedError
    assert says in error.message
    assert _only(workers, failing.double) == 14


def test_a_task_that_hangs_is_stopped(workers):
    error = _only(workers, failing.hang, timeout_s=0.5)
    assert type(error) is PageTimeoutError
    assert error.retryable
    assert "longer than 0.5 s" in error.message


def test_an_answer_that_cannot_travel_is_a_failed_page(workers):
    assert "answer_with_a_lambda" in _only(workers, failing.answer_with_a_lambda).message


@pytest.mark.parametrize(
    "task",
    [pytest.param(lambda: 0, id="cannot leave"), pytest.param(failing.Unrebuildable(), id="cannot arrive")],
)
def test_a_task_that_cannot_travel_is_a_failed_page_and_the_others_go_on(workers, task):
    results = dict(workers.run(failing.double, [1, task, 3]))
    assert (results[1], results[3]) == (2, 6)
    assert type(results[task]) is PageFailedError


def test_bad_tasks_among_good_ones_are_all_accounted_for(workers):
    results = dict(workers.run(failing.go_wrong_by_number, range(20)))
    assert sorted(results) == list(range(20))
    for number, result in results.items():
        if number % 4 == 3:
            assert isinstance(result, WorkerDiedError), number
        elif number % 5 == 4:
            assert f"bad luck {number}" in str(result)
        else:
            assert result == number


def test_a_process_that_cannot_start_fails_its_task():
    with Workers(count=2, memory_mb=2**70, tasks_per_worker=5, timeout_s=10) as pool:
        results = list(pool.run(failing.double, range(3)))
    assert [type(error) for _, error in results] == [WorkerDiedError] * 3


def test_what_a_task_started_is_killed_with_it(workers, tmp_path):
    [(_, error)] = workers.run(failing.hang_with_a_program, [str(tmp_path / "pid")], timeout_s=2)
    assert type(error) is PageTimeoutError
    _wait_until_gone(int((tmp_path / "pid").read_text()))


def test_what_a_dead_worker_started_is_killed_too(workers, tmp_path):
    [(_, error)] = workers.run(failing.die_with_a_program, [str(tmp_path / "pid")])
    assert type(error) is WorkerDiedError
    _wait_until_gone(int((tmp_path / "pid").read_text()))


def test_what_a_worker_left_running_is_killed_when_it_is_replaced(tmp_path):
    with Workers(count=1, memory_mb=2048, tasks_per_worker=1, timeout_s=20) as pool:
        list(pool.run(failing.leave_a_program, [str(tmp_path / "pid")]))
    _wait_until_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(
    ("function", "says"),
    [
        pytest.param(failing.fail_unprintably, "UnprintableError: <exception str() failed>", id="no message"),
        pytest.param(failing.fail_in_odd_characters, r"ValueError: \\udcff\\0é", id="no text"),
        pytest.param(failing.fail_at_length, "ValueError: 77", id="too long"),
        pytest.param(failing.quit_the_program, "SystemExit: no model", id="wants to end the program"),
    ],
)
def test_an_error_that_cannot_be_told_is_told(workers, function, says):
    error = _only(workers, function)
    assert type(error) is PageFailedError
    assert error.message.startswith(says.replace("\\\\", "\\"))
    assert len(error.message.encode()) < 600


def test_what_a_library_prints_is_not_in_the_output_of_the_command(capfd):
    with Workers(count=1, memory_mb=2048, tasks_per_worker=5, timeout_s=20) as pool:
        assert _only(pool, failing.chatter) == 7
    out, err = capfd.readouterr()
    assert out == ""
    assert "chatter" in err


def test_a_slow_reader_loses_no_answer(workers):
    running = workers.run(failing.answer_at_length, range(4), timeout_s=1.5)
    results = []
    for result in running:
        results.append(result)
        time.sleep(1)
    assert sorted(number for number, text in results if len(text) == 10**6) == [0, 1, 2, 3]


def test_tasks_are_read_as_workers_get_free(workers):
    read = []

    def tasks():
        for number in range(1000):
            read.append(number)
            yield number

    running = workers.run(failing.double, tasks())
    next(running)
    assert len(read) < 20
    running.close()


def test_a_process_is_replaced_after_its_share_of_tasks():
    with Workers(count=1, memory_mb=2048, tasks_per_worker=2, timeout_s=20) as pool:
        processes = [pid for _, pid in pool.run(failing.say_which_process, range(5))]
    assert len(set(processes)) == 3


def test_workers_use_one_thread(workers):
    assert _only(workers, failing.say_how_many_threads) == "1"


def test_ctrl_c_leaves_no_process_behind(tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        "import signal, sys; sys.path.insert(0, sys.argv[1])\n"
        "import failing_tasks as failing\n"
        "from archiveia.edges.workers import Workers\n"
        "if __name__ == '__main__':\n"
        # a test run that a shell put in the background inherits an ignored Ctrl-C
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    with Workers(count=1, memory_mb=2048, tasks_per_worker=9, timeout_s=60) as pool:\n"
        "        print([pid for _, pid in pool.run(failing.say_which_process, [1])][0], flush=True)\n"
        "        list(pool.run(failing.hang, [1, 2]))\n"
    )
    main = subprocess.Popen(
        [sys.executable, script, FAILING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with main:
        worker = int(main.stdout.readline())
        time.sleep(0.5)
        main.send_signal(signal.SIGINT)
        _, complaint = main.communicate(timeout=20)
    assert "KeyboardInterrupt" in complaint
    assert main.returncode != 0
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_workers_and_their_programs_end_with_a_main_process_that_is_killed(tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import failing_tasks as failing\n"
        "from archiveia.edges.workers import Workers\n"
        "if __name__ == '__main__':\n"
        "    with Workers(count=1, memory_mb=2048, tasks_per_worker=9, timeout_s=60) as pool:\n"
        "        print([pid for _, pid in pool.run(failing.say_which_process, [1])][0], flush=True)\n"
        "        list(pool.run(failing.hang_with_a_program, [sys.argv[2]]))\n"
    )
    pid_file = tmp_path / "pid"
    with subprocess.Popen([sys.executable, script, FAILING, pid_file], stdout=subprocess.PIPE) as main:
        worker = int(main.stdout.readline())
        deadline = time.monotonic() + 20
        while not (pid_file.exists() and pid_file.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        main.kill()
    _wait_until_gone(worker)
    _wait_until_gone(int(pid_file.read_text()))


def test_every_failure_says_what_to_do(workers):
    for function in (failing.leave, failing.fail_unexpectedly, failing.swell):
        error = _only(workers, function)
        assert isinstance(error, ArchiveiaError)
        assert error.message
        assert error.remedy
