#!/usr/bin/env python3
"""The order that sort gives, and what becomes of the records it holds.  Prints TAP."""
import functools
import json
import os
import random
import sys

from run import main

SEED = 1


def by_hand(records, descending=False, kind="auto"):
    """The plainest sort there is: ranks, then values, and Python's sort is stable."""
    def key(record):
        value = record.get("key")
        if isinstance(value, list):
            value = value[0] if value else None
        if value is None:
            return None
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if kind != "text" and number:
            return (0, value)
        if kind == "number":
            return None
        return (1, (value if isinstance(value, str) else json.dumps(value)).encode())

    present = [record for record in records if key(record) is not None]
    missing = [record for record in records if key(record) is None]

    def compare(a, b):
        order = (key(a) > key(b)) - (key(a) < key(b))
        return -order if descending else order
    return sorted(present, key=functools.cmp_to_key(compare)) + missing


def mixed_records(n):
    chance = random.Random(SEED)
    values = [
        lambda: chance.randint(-20, 20),
        lambda: chance.choice([2**63 - 1, 2**53 + 1, 2**53, -2**63]),
        lambda: chance.choice([0.5, -0.5, 2.0**53, 1e300, -1e300, 3.0, 2.0**63]),
        lambda: "".join(chance.choice("abقك😀") for _ in range(chance.randint(0, 3))),
        lambda: chance.choice([True, False]), lambda: None, lambda: [chance.randint(0, 9), 5],
        lambda: chance.choice([[None], [None, 1], "null"]),
    ]
    records = [{"n": n, "key": chance.choice(values)()} for n in range(n)]
    for record in records:
        if chance.random() < 0.1:
            del record["key"]
    return records


def check(safi, chain, **how):
    records = mixed_records(5000)
    name = safi.write_jsonl("mixed.jsonl", records)
    got = [record["n"] for record in safi.records("pipe", f"jsonl | {chain} | jsonl", name)]
    wanted = [record["n"] for record in by_hand(records, **how)]
    assert got == wanted, f"seed {SEED}: first difference at " + \
        str(next(i for i, (a, b) in enumerate(zip(got, wanted)) if a != b))


def ascending(safi):
    """Numbers come before texts, missing values last, equal keys in order of input"""
    check(safi, "sort by=key")


def descending(safi):
    """Descending order turns all around but missing values and equal keys"""
    check(safi, "sort by=key order=descending", descending=True)


def as_text(safi):
    """As text, values compare byte by byte as they are written"""
    check(safi, "sort by=key type=text", kind="text")


def as_number(safi):
    """As numbers, what is no number counts as missing"""
    check(safi, "sort by=key type=number", kind="number")
    check(safi, "sort by=key type=number order=descending", kind="number", descending=True)


def twice(safi):
    """A sort behind a sort keeps the first one's order among its own equals"""
    name = safi.write_jsonl("in.jsonl", [{"a": i % 3, "b": i * 7 % 10} for i in range(1000)])
    got = safi.records("pipe", "jsonl | sort by=b | sort by=a order=descending | jsonl", name)
    keys = [(-record["a"], record["b"]) for record in got]
    assert keys == sorted(keys) and len(keys) == 1000


def any_jobs(safi):
    """The order is the same for every number of jobs"""
    outs = {safi.run("pipe", "count count=3000 | sort order=descending | jsonl", "-j", jobs)[0]
            for jobs in (1, 2, 8)}
    assert len(outs) == 1
    assert outs.pop().startswith('{"id":3000,')


def decoded(safi):
    """A text with escapes compares as the text it is"""
    name = safi.write("in.jsonl", '{"id":"b"}\n{"id":"\\u0061c"}\n{"id":"ab"}\n')
    out, _ = safi.run("pipe", "jsonl | sort | jsonl", name)
    assert out == '{"id":"ab"}\n{"id":"\\u0061c"}\n{"id":"b"}\n', out


def goes_on(safi):
    """Released records go on through the stages behind, which may drop, fail or split them"""
    chain = "count count=6 | sort order=descending | pick deeds=5:drop,4:fail,2:emit | jsonl"
    got = [record["id"] for record in safi.records("pipe", chain, status=2)]
    assert got == [6, 3, 2, "2a", "2b", 1], got


def spilt(safi):
    """A run that holds more than limits.held is the same as one that may hold all"""
    safi.write("p.yaml", "safi: 1\nread: {count: {count: 20000}}\nwrite: jsonl\n"
               "stages: [sort: {order: descending}]\nlimits: {held: 1MiB}\n")
    whole, _ = safi.run("pipe", "count count=20000 | sort order=descending | jsonl")
    for jobs in (1, 2):
        assert safi.run("p.yaml", "-j", jobs)[0] == whole
    assert not [name for name in os.listdir(safi.env.get("TMPDIR", "/var/tmp"))
                if name.startswith("safi-held-")]


def spilt_nowhere(safi):
    """What is held past limits.held and cannot be kept in a file stops the run, and it says so"""
    safi.write("p.yaml", "safi: 1\nread: {count: {count: 20000}}\nstages: [sort]\nwrite: jsonl\n"
               "limits: {held: 1MiB}\n")
    safi.env["TMPDIR"] = safi.path("nowhere")
    out, err = safi.run("p.yaml", status=1)
    assert out == "" and "no temporary file can be made" in err and "nowhere" in err, err


def stopped(safi):
    """A run that is stopped while records are held ends in good order"""
    chain = "count count=100 | pick deeds=50:fatal | sort | jsonl"
    out, err = safi.run("pipe", chain, status=1)
    assert out == "" and "picked to stop the run" in err, err
    # Behind the sort: some are released, some still held.
    chain = "count count=100 | sort | pick deeds=50:fatal | jsonl"
    out, err = safi.run("pipe", chain, status=1)
    assert "picked to stop the run" in err, err


def long_name(safi):
    """A field's name of more than 255 bytes is refused"""
    _, err = safi.run("pipe", f"count | sort by={'n' * 256} | jsonl", status=78)
    assert "255 bytes" in err, err


def nothing(safi):
    """A run without records sorts nothing"""
    assert safi.run("pipe", "count count=0 | sort | jsonl")[0] == ""


if __name__ == "__main__":
    sys.exit(main([ascending, descending, as_text, as_number, twice, any_jobs, decoded, goes_on,
                   spilt, spilt_nowhere, stopped, long_name, nothing]))
