#!/usr/bin/env python3
"""That a large model is in memory once, whatever the number of instances.  Prints TAP."""
import array
import hashlib
import os
import subprocess
import sys

from run import main

MODEL = 50 << 20  # the size that `model` makes by default, and that the file has
SPARE = 15 << 20  # far less than a second model


def write_model(safi):
    """In pieces: a child's peak is never told as less than what its parent had when it began."""
    with open(safi.path("model.bin"), "wb") as file:
        for begin in range(0, MODEL // 8, 4096):
            file.write(array.array("Q", range(begin, min(begin + 4096, MODEL // 8))).tobytes())
    return "model.bin"


def run(safi, chain, jobs):
    """The SHA-256 of the records, and the most memory that was in use, in bytes."""
    with open(safi.path("out"), "wb") as out:
        # Popen.wait() would lose what the kernel says of the child.
        process = subprocess.Popen(safi.command("pipe", chain, "-j", jobs), cwd=safi.folder,
                                   env=safi.env, stdin=subprocess.DEVNULL, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    with open(safi.path("out"), "rb") as out:
        return hashlib.sha256(out.read()).hexdigest(), usage.ru_maxrss * 1024


def check(safi, options, uses, all_jobs=(1, 2, 8)):
    _, without = run(safi, "count count=500 | model size=0 | jsonl", 1)
    stages = " | ".join([f"model {options}"] * uses)
    outs = set()
    for jobs in all_jobs:
        out, peak = run(safi, f"count count=500 | {stages} | jsonl", jobs)
        outs.add(out)
        assert peak > without + MODEL - SPARE, "the model was never in memory"
        assert peak < without + MODEL + SPARE, \
            f"{(peak - without) >> 20} MiB more than without a model with -j {jobs}"
    assert len(outs) == 1
    return outs.pop()


def made(safi):
    """A model that open() made is in memory once for 1, 2 and 8 instances"""
    check(safi, "", 1)


def mapped(safi):
    """A model in a file is in memory once for 1, 2 and 8 instances"""
    check(safi, f"file={write_model(safi)}", 1)


def mapped_often(safi):
    """A model in a file is in memory once for a stage that stands in the chain 8 times"""
    check(safi, f"file={write_model(safi)}", 8)


def alike(safi):
    """What a record gets does not tell a mapped model from one that was made"""
    made_out = check(safi, "", 1, all_jobs=[1])
    assert made_out == check(safi, f"file={write_model(safi)}", 1, all_jobs=[1])


def missing(safi):
    """A model that is not there refuses the stage before anything runs"""
    out, err = safi.run("pipe", "count | model file=no.bin | jsonl", status=78)
    assert out == "" and "no.bin" in err, err


if __name__ == "__main__":
    sys.exit(main([made, mapped, mapped_often, alike, missing]))
