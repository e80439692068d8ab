#!/usr/bin/env python3
"""That a run which is killed and resumed, as often as may be, makes what one run makes.  Prints TAP.

    test-resume.py [--build DIR] [--kills N] [--seed N] [--megabytes N]

For each kind of run: it is killed at random moments and goes on with --resume, until it has been
killed N times and has come to its end at least once; then its output and dead letters are compared
with those of a run that nobody disturbed.  What is random follows from the seed, but for when the
machine comes to what.  Then a run is killed at each call that touches the disk, one after another,
and resumed once.
"""
import contextlib
import gzip
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import many
from run import TIME_LIMIT, main, preload

CHECKPOINT = ["--checkpoint", "ck", "--checkpoint-every", "0.02"]
STAGES = "uneven cost=20 fail_every=50 drop_every=40 split_every=30"
DISK = ("write", "pwrite", "fsync", "fdatasync", "dirsync", "ftruncate", "rename", "open", "close")
MOST_CALLS = 12  # of a function at which a run is killed


class Kind:
    """One kind of run: a chain and its files; `look` reads what it made, so that it is comparable."""

    def __init__(self, safi, chain, files, jobs=2, out="out", status=2):
        self.safi, self.files, self.jobs, self.out, self.status = safi, files, jobs, out, status
        self.chain = chain.format(stages=STAGES)

    def words(self, *more):
        return ["pipe", self.chain, "-j", self.jobs, "-o", self.out, "--dead", "dead",
                *more, *self.files]

    def start(self, *more, **variables):
        return subprocess.Popen(self.safi.command(*self.words(*more)), cwd=self.safi.folder,
                                env={**self.safi.env, **variables}, stdin=subprocess.DEVNULL,
                                stderr=subprocess.PIPE)

    def finish(self, *more, **variables):
        """Runs it to its end, which must be a good one."""
        process = self.start(*more, **variables)
        err = process.communicate(timeout=TIME_LIMIT)[1].decode()
        assert process.returncode == self.status, f"status {process.returncode}\n{err}"
        return err

    def made(self):
        """The output, None if it has no name yet, and the dead letters."""
        out = read(self.safi, self.out)
        if out is not None and self.out.endswith(".db"):
            with contextlib.closing(sqlite3.connect(self.safi.path(self.out))) as database:
                out = "\n".join(database.iterdump()).encode()
        return out, read(self.safi, "dead")

    def forget(self):
        for name in os.listdir(self.safi.folder):
            if name.startswith((self.out, "dead", "ck")):
                os.remove(self.safi.path(name))


def read(safi, name):
    if not os.path.exists(safi.path(name)):
        return None
    with open(safi.path(name), "rb") as file:
        return file.read()


def first_difference(wanted, got):
    """Two outputs are too long to show."""
    if wanted is None or got is None or wanted == got:
        return "one of them is not there"
    at = next((at for at, pair in enumerate(zip(wanted, got)) if pair[0] != pair[1]),
              min(len(wanted), len(got)))
    return f"{len(wanted)} and {len(got)} bytes; from byte {at} on:\n" \
        f"{wanted[max(at - 80, 0):at + 80]}\n{got[max(at - 80, 0):at + 80]}"


def check_same(wanted, got, when):
    for what, first, other in zip(("output", "dead letters"), wanted, got):
        assert first == other, f"other {what} {when}: {first_difference(first, other)}"


def check_no_half(kind, wanted):
    assert kind.made()[0] in (None, wanted[0]), "half an output has its name"


# --- at random moments ---------------------------------------------------------------------------

def kill_once(kind, rng, longest):
    """True if the run came to its end before."""
    process = kind.start(*CHECKPOINT, "--resume")
    try:
        process.wait(rng.uniform(0, longest))
    except subprocess.TimeoutExpired:
        # Mostly the one that cannot be heard; the other one may end the run tidily.
        process.send_signal(rng.choice([signal.SIGKILL] * 4 + [signal.SIGTERM]))
    err = process.communicate(timeout=TIME_LIMIT)[1].decode()
    killed = process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
    assert killed or process.returncode == kind.status, f"status {process.returncode}\n{err}"
    return not killed


def resumed(safi, chain, make_input, **options):
    rng = random.Random(safi.options.seed)
    kind = Kind(safi, chain, make_input(safi), **options)
    start = time.monotonic()
    kind.finish()
    longest = 0.4 * (time.monotonic() - start)
    wanted = kind.made()
    kills = ends = 0
    kind.forget()
    while kills < safi.options.kills or not ends:
        assert kills < 20 * safi.options.kills + 200, "it never comes to its end"
        if not kill_once(kind, rng, longest if kills < safi.options.kills else TIME_LIMIT):
            kills += 1
            check_no_half(kind, wanted)
            continue
        ends += 1
        check_same(wanted, kind.made(), f"after {kills} kills, seed {safi.options.seed}")
        check_ended(kind, wanted)
        kind.forget()


def check_ended(kind, wanted):
    """To resume what has ended says so, and leaves all as it is."""
    assert kind.finish(*CHECKPOINT, "--resume"), "it does not say that the run has ended"
    check_same(wanted, kind.made(), "after --resume of a run that had ended")


# --- the kinds -----------------------------------------------------------------------------------

def plain_input(safi):
    many.write_file(safi.path("in.jsonl"), safi.options.megabytes * 1_000_000)
    return ["in.jsonl"]


def many_files(safi):
    for number in range(12):
        many.write_file(safi.path(f"in-{number:02}.jsonl"), 300_000 * (number % 4), seed=number)
    return [f"in-{number:02}.jsonl" for number in range(12)]


def packed_input(safi):
    plain_input(safi)
    with open(safi.path("in.jsonl"), "rb") as plain, \
            gzip.open(safi.path("in.jsonl.gz"), "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed)
    return ["in.jsonl.gz"]


def plain(safi):
    """Lines through parallel stages"""
    resumed(safi, "jsonl | {stages} | jsonl", plain_input)


def one_job(safi):
    """Lines through parallel stages, with one job"""
    resumed(safi, "jsonl | {stages} | jsonl", plain_input, jobs=1)


def files(safi):
    """Twelve files, some of them empty, through parallel stages"""
    resumed(safi, "jsonl | {stages} | jsonl", many_files, jobs=4)


def packed(safi):
    """Packed lines through parallel stages"""
    resumed(safi, "jsonl | {stages} | jsonl", packed_input)


def stateful(safi):
    """An ordered stage goes on where its state was, between parallel ones"""
    resumed(safi, "jsonl | {stages} | in-turn | uneven seed=1 cost=5 | in-turn by=work | jsonl",
            plain_input, jobs=4)


def database(safi):
    """A database holds what was put into it by all of the runs, and nothing twice"""
    resumed(safi, "jsonl | {stages} | in-turn | sqlite", plain_input, out="out.db")


# --- at each call that touches the disk ----------------------------------------------------------

def counts_of(kind):
    kind.finish(*CHECKPOINT, **preloaded(kind.safi, SAFI_FAULT_COUNT=kind.safi.path("counts")))
    with open(kind.safi.path("counts"), encoding="utf-8") as file:
        return {name: int(count) for name, count in map(str.split, file)}


def preloaded(safi, **variables):
    return {"LD_PRELOAD": preload(safi.build, os.path.join("faults", "faults.so")), **variables}


def kill_at(kind, function, number, wanted):
    kind.forget()
    process = kind.start(*CHECKPOINT, **preloaded(kind.safi,
                                                  SAFI_FAULT=f"{function}:{number}:kill"))
    process.communicate(timeout=TIME_LIMIT)
    # How often a thing is called is a matter of time: it may have come to its end.
    assert process.returncode in (-signal.SIGKILL, kind.status), process.returncode
    check_no_half(kind, wanted)
    kind.finish(*CHECKPOINT, "--resume")
    check_same(wanted, kind.made(), f"after a kill at {function}:{number}")


def killed_at_calls(safi, chain, **options):
    many.write_file(safi.path("in.jsonl"), 1_500_000)
    kind = Kind(safi, chain, ["in.jsonl"], **options)
    kind.finish()
    wanted = kind.made()
    counts = counts_of(kind)
    most = MOST_CALLS if safi.options.kills < 100 else 10 * MOST_CALLS
    for function in DISK:
        step = max(1, counts[function] // most)
        for number in range(1, counts[function] + 1, step):
            kill_at(kind, function, number, wanted)


def calls(safi):
    """Killed at any call that touches the disk, and resumed"""
    killed_at_calls(safi, "jsonl | {stages} | in-turn | jsonl")


def calls_of_database(safi):
    """A database, killed at any call that touches the disk, and resumed"""
    killed_at_calls(safi, "jsonl | {stages} | in-turn | sqlite", out="out.db")


# --- all of it -----------------------------------------------------------------------------------

TESTS = [plain, one_job, files, packed, stateful, database, calls, calls_of_database]


if __name__ == "__main__":
    if "SAFI_TEST_WRAP" in os.environ:
        print("1..0 # SKIP to kill the wrapper does not kill safi")
        sys.exit(0)
    sys.exit(main(TESTS, kills=5, seed=1, megabytes=3))
