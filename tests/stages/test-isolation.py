#!/usr/bin/env python3
"""That an isolated stage costs the run the records at which it misbehaves, and no other.
Prints TAP."""
import json
import os
import sys

from run import main

RECORDS = 10_000
DEEDS = {99: "crash", 100: "crash", 2000: "abort", 3000: "exit", 4000: "take", 5000: "close",
         6000: "return", 7000: "write", 8000: "spin", 9000: "wait", 9999: "crash"}
LATE = ("spin", "wait")
SECONDS = min(int(os.environ.get("SAFI_TEST_SLOWER", "1")), 3)


def lines(seen):
    for number in range(RECORDS):
        record = {"id": number, "text": "كتاب " * 40}
        if number in DEEDS:
            record["deed"] = DEEDS[number]
        elif seen:
            record["seen"] = True
        if not (seen and number in DEEDS):
            yield json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def letters(safi):
    with open(safi.path("dead"), encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    os.remove(safi.path("dead"))
    return [(letter["origin"]["record"] - 1, letter["code"]) for letter in found]


def culprits(safi, stage):
    safi.write("in.jsonl", "".join(lines(False)))
    safi.write("p.yaml", "safi: 1\nread: jsonl\nwrite: jsonl\nstages:\n"
               f"  - {stage}: {{}}\n    isolate: {{seconds: {SECONDS}, memory: 128MiB}}\n")
    wanted = "".join(lines(True))
    for jobs in (1, 2, 4):
        out, _ = safi.run("p.yaml", "-j", jobs, "--dead", "dead", "in.jsonl", status=2)
        assert out == wanted, f"-j {jobs}: another output"
        found = letters(safi)
        assert found == [(number, "stage-timeout" if deed in LATE else "stage-crashed")
                         for number, deed in DEEDS.items()], f"-j {jobs}: {found}"


def parallel(safi):
    """Of 10,000 records those at which a parallel stage misbehaves are dead letters, and no other"""
    culprits(safi, "misbehave")


def ordered(safi):
    """Of 10,000 records those at which an ordered stage misbehaves are dead letters, and no other"""
    culprits(safi, "misbehave-in-turn")


def third_party(safi):
    """--isolate third-party isolates a stage that is not safi's, and none that is"""
    safi.write("in.jsonl", "".join(lines(False)))
    out, _ = safi.run("pipe", "jsonl | normalize | misbehave | jsonl", "--isolate", "third-party",
                      "--dead", "dead", "in.jsonl", "--limit", 2000, status=2)
    assert len(out.splitlines()) == 1998
    assert letters(safi) == [(99, "stage-crashed"), (100, "stage-crashed")]
    _, err = safi.run("pipe", "jsonl | misbehave | jsonl", "--isolate", "none", "--dead", "dead",
                      "in.jsonl", status=-11)
    assert "stage 'misbehave' crashed in process()" in err, err


if __name__ == "__main__":
    sys.exit(main([parallel, ordered, third_party]))
