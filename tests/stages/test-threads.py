#!/usr/bin/env python3
"""That the host keeps the thread rules of safi.h: stages that watch over them say so.  Prints TAP."""
import json
import os
import re
import sys

from run import main

RECORDS = 300
FINISHED = re.compile(r"safi: warning: (\S+): finished after (\d+) records")


def finished(err):
    """For each stage, what its instances had seen when they finished."""
    seen = {}
    for stage, count in FINISHED.findall(err):
        seen.setdefault(stage, []).append(int(count))
    return seen


def ruled(safi, chain, jobs, linger):
    safi.write("lines.txt", "".join(f"line {number}\n" for number in range(RECORDS)))
    chain = " | ".join(f"{stage} linger={linger}" for stage in chain.split(" | "))
    out, err = safi.run("pipe", chain, "-j", jobs, "lines.txt")
    assert "rule broken" not in err, err
    with open(safi.path("lines.txt"), encoding="utf-8") as file:
        assert out == file.read()
    seen = finished(err)
    for stage in re.sub("linger=[0-9]+", "", chain).replace("|", "").split():
        assert sum(seen[stage]) == RECORDS, (stage, seen)
        assert len(seen[stage]) == (1 if "order" in stage else jobs), (stage, seen)


def parallel(safi):
    """A chain of parallel stages keeps the rules for every number of jobs"""
    for jobs in (1, 2, 4, 8, 33):
        for linger in (0, 50):
            ruled(safi, "ruled-lines | ruled | ruled-out", jobs, linger)


def ordered(safi):
    """An ordered stage sees all records in input order, one at a time"""
    for jobs in (1, 2, 4, 8, 33):
        for linger in (0, 50):
            ruled(safi, "ruled-lines | ruled | ruled-in-order | ruled-out", jobs, linger)


def first_and_last(safi):
    """Ordered stages at both ends of the chain keep the rules"""
    safi.write("p.yaml", "safi: 1\nread: ruled-lines\nstages:\n"
               "  - ruled-in-order: {linger: 20}\n    label: first\n"
               "  - ruled-in-order: {linger: 20}\n    label: second\n"
               "  - ruled: {linger: 100}\n"
               "  - ruled-in-order: {linger: 20}\n    label: last\nwrite: ruled-out\n")
    text = "".join(f"line {number}\n" for number in range(RECORDS))
    safi.write("lines.txt", text)
    for jobs in (1, 2, 4, 8):
        out, err = safi.run("run", "p.yaml", "-j", jobs, "lines.txt")
        assert "rule broken" not in err and out == text, err
        seen = finished(err)
        for label in ("first", "second", "last"):
            assert seen[label] == [RECORDS], seen


def stopped(safi):
    """A run that is stopped in the middle keeps the rules on its way out"""
    safi.write("lines.txt", "".join(f"{number}\n" for number in range(RECORDS)))
    for jobs in (1, 2, 8):
        _, err = safi.run("pipe", "ruled-lines | ruled linger=20 | pick by=id deeds=200:fatal | "
                          "ruled-in-order | ruled-out", "-j", jobs, "lines.txt", status=1)
        assert "rule broken" not in err, err
        assert "picked to stop the run" in err, err


def has_assertions(build):
    with open(os.path.join(build, "meson-info", "intro-buildoptions.json"),
              encoding="utf-8") as file:
        return "release" not in {option["value"] for option in json.load(file)
                                 if option["name"] == "buildtype"}


def broken(safi):
    """A stage that breaks a rule is told with it, in builds that have assertions"""
    for deeds, rule in (("2:intern", "key() outside of open() and create()"),
                        ("2:ask", "opt_given() while there are records"),
                        ("1:remember,2:meddle",
                         "put_int() on a record that the stage has not in hand")):
        if not has_assertions(safi.build):
            return
        for jobs in (1, 2):
            _, err = safi.run("pipe", f"count count=3 | pick deeds={deeds} | jsonl fields=id", "-j",
                              jobs, status=1)
            assert f"safi.h does not allow {rule}, in process() of stage 'pick'" in err, err


def held(safi):
    """A record that a stage holds is in its hand, and may be changed"""
    for jobs in (1, 2):
        out, _ = safi.run("pipe", "count count=4 | pick-in-order "
                          "deeds=1:remember-and-hold,2:meddle,3:release | jsonl fields=id", "-j", jobs)
        assert [json.loads(line)["id"] for line in out.splitlines()] == [2, 0, 3, 4], out


if __name__ == "__main__":
    sys.exit(main([parallel, ordered, first_and_last, stopped, broken, held]))
