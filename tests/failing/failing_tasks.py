"""Functions that go wrong in every way a worker can; they take a task and never answer well."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from archiveia.errors import UnreadableScanError


def double(number: int) -> int:
    return number * 2


def fail_on_purpose(number: int) -> int:
    raise UnreadableScanError(f"scan {number} is torn", "scan it again")


def fail_unexpectedly(number: int) -> int:
    return number // 0


def leave(number: int) -> int:
    os._exit(3 + 0 * number)


def be_killed(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def crash(number: int) -> int:
    return ctypes.string_at(0) and number


def hang(number: int) -> int:
    time.sleep(60)
    return number


def hang_with_a_program(pid_file: str) -> int:
    program = subprocess.Popen(["sleep", "60"])
    Path(pid_file).write_text(str(program.pid))
    return program.wait()


def die_with_a_program(pid_file: str) -> None:
    leave_a_program(pid_file)
    os.kill(os.getpid(), signal.SIGKILL)


def leave_a_program(pid_file: str) -> None:
    Path(pid_file).write_text(str(subprocess.Popen(["sleep", "60"]).pid))


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError


def fail_unprintably(number: int) -> int:
    raise UnprintableError(number)


def fail_in_odd_characters(number: int) -> int:
    raise ValueError(f"\udcff\0é {number}")


def fail_at_length(number: int) -> int:
    raise ValueError(str(number) * 10**7)


def quit_the_program(number: int) -> int:
    sys.exit(f"no model {number}")


def chatter(number: int) -> int:
    sys.stdout.write("chatter of Python\n")
    sys.stdout.flush()
    os.write(1, b"chatter of C\n")
    return number


def answer_at_length(number: int) -> str:
    return str(number % 10) * 10**6


def swell(number: int) -> int:
    return len(bytearray(64 * 1024**3)) + number


def answer_with_a_lambda(number: int) -> object:
    return lambda: number


def say_which_process(number: int) -> int:
    time.sleep(0.05)
    return os.getpid() + 0 * number


def go_wrong_by_number(number: int) -> int:
    """Every fourth task kills its process, and every fifth one raises."""
    if number % 4 == 3:
        os._exit(1)
    if number % 5 == 4:
        raise RuntimeError(f"bad luck {number}")
    return number


def say_how_many_threads(number: int) -> str:
    return os.environ.get("OMP_THREAD_LIMIT", f"no limit for {number}")


class Unrebuildable:
    """A task that cannot be read back in the worker."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("not a number",)


_here: list[int] = []


def meet(number: int) -> int:
    """How many tasks were in this process at the same time."""
    _here.append(number)
    deadline_s = time.monotonic() + 2
    while len(_here) % 4 and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return len(_here) if len(_here) <= 4 else len(_here) - 4


def hang_at_two(number: int) -> int:
    if number == 2:
        time.sleep(60)
    return number


def answer_two_with_a_lambda(number: int) -> object:
    return (lambda: number) if number == 2 else number


def say_memory_limit(number: int) -> int:
    return resource.getrlimit(resource.RLIMIT_AS)[0] + 0 * number
