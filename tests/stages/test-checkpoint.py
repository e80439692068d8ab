#!/usr/bin/env python3
"""What a run that goes on must know of the one before, where a case folder cannot show it.  TAP."""
import os
import signal
import subprocess
import sys
import time

from run import TIME_LIMIT, main, preload

CHAIN = "jsonl | jsonl"


def words(*more):
    return ["pipe", CHAIN, "-q", "--dead", "dead", "-o", "out", "--checkpoint", "ck", *more]


def read(safi, name):
    with open(safi.path(name), "rb") as file:
        return file.read()


def start(safi, *more, **variables):
    return subprocess.Popen(safi.command(*words(*more)), cwd=safi.folder,
                            env={**safi.env, **variables}, stdin=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def finish(process):
    err = process.communicate(timeout=TIME_LIMIT)[1].decode()
    return process.returncode, err


def open_for_writing(safi, name):
    """A FIFO, as soon as safi reads it."""
    deadline = time.monotonic() + TIME_LIMIT
    while time.monotonic() < deadline:
        try:
            return os.open(safi.path(name), os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.01)
    raise AssertionError(f"nobody reads {name}")


def stopped_before_its_place(safi):
    """A run that is asked to stop before it has found its place again leaves the place as it was"""
    safi.write_jsonl("a", [{"n": 1}])
    safi.write_jsonl("b", [{"n": 2}])
    os.mkfifo(safi.path("list"))
    listed = ("--files-from", "list")
    process = start(safi, *listed)
    to = open_for_writing(safi, "list")
    os.write(to, b"a\nb\nnowhere\n")
    os.close(to)
    assert finish(process)[0] == 1
    before = read(safi, "ck")

    process = start(safi, *listed, "--resume")
    to = open_for_writing(safi, "list")
    os.write(to, b"a\n")
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    status, err = finish(process)
    os.close(to)
    assert status == -signal.SIGTERM, f"{status}\n{err}"
    assert read(safi, "ck") == before

    process = start(safi, *listed, "--resume")
    to = open_for_writing(safi, "list")
    os.write(to, b"a\nb\nnowhere\n")
    os.close(to)
    assert finish(process)[0] == 1
    assert read(safi, "out.part") == b'{"n": 1}\n{"n": 2}\n'


def ended_behind_a_link(safi):
    """A run that was killed before its output got its name behind a link gives it when it is resumed"""
    safi.write_jsonl("a", [{"n": 1}])
    safi.write("real", "old")
    os.symlink("real", safi.path("out"))
    fault = preload(safi.build, os.path.join("faults", "faults.so"))
    process = start(safi, "a", LD_PRELOAD=fault, SAFI_FAULT_COUNT=safi.path("counts"))
    assert finish(process)[0] == 0
    with open(safi.path("counts"), encoding="utf-8") as file:
        last = {name: int(count) for name, count in map(str.split, file)}["rename"]
    safi.write("real", "old")
    os.remove(safi.path("ck"))
    process = start(safi, "a", LD_PRELOAD=fault, SAFI_FAULT=f"rename:{last}:kill")
    assert finish(process)[0] == -signal.SIGKILL
    assert os.path.exists(safi.path("real.part")) and read(safi, "real") == b"old"
    safi.run(*words("--resume", "a"))
    assert read(safi, "real") == b'{"n": 1}\n'
    assert not os.path.exists(safi.path("real.part"))


if __name__ == "__main__":
    if "SAFI_TEST_WRAP" in os.environ:
        print("1..0 # SKIP to signal the wrapper is not to signal safi")
        sys.exit(0)
    sys.exit(main([stopped_before_its_place, ended_behind_a_link]))
