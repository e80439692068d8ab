#!/usr/bin/env python3
"""Where records end: written, dropped, dead, split, held; each is accounted for.  Prints TAP."""
import itertools
import json
import os
import sys

from run import main


def flow(safi, deeds, *words, stage="pick", count=6, status=0, behind=""):
    """The ids that are written, and the accounts."""
    chain = f"count count={count} | {stage} deeds={deeds} {behind}| jsonl fields=id"
    out, err = safi.run("pipe", chain, "--stats", "stats.json", *words, status=status)
    with open(safi.path("stats.json"), encoding="utf-8") as file:
        stats = json.load(file)
    ended = stats["written"] + stats["dropped"] + stats["dead"]
    assert status == 1 or stats["read"] + stats["emitted"] == ended, stats
    counts = {name: value for name, value in stats.items() if name not in ("seconds", "stages")}
    counts["stages"] = [(stage["stage"], stage["in"], stage["out"], stage["bytes"])
                        for stage in stats["stages"]]
    return [json.loads(line)["id"] for line in out.splitlines()], counts, err


def letters(safi):
    if not os.path.exists(safi.path("pipe.dead.jsonl")):
        return []
    with open(safi.path("pipe.dead.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def dropped(safi):
    """A dropped record is counted by its reason, and is no error"""
    ids, stats, err = flow(safi, "2:drop,4:drop,5:drop-silently")
    assert ids == [1, 3, 6] and err == "", err
    reasons = {(reason["what"], reason["code"]): reason["count"] for reason in stats["reasons"]}
    assert reasons == {("dropped", "picked"): 2, ("dropped", "dropped"): 1}
    assert letters(safi) == []


def failed(safi):
    """A failed record is a dead letter with its bytes, its place and the reason"""
    ids, _, _ = flow(safi, "2:fail,4:fail-silently,5:fail-at,6:fail-to-put", status=2)
    assert ids == [1, 3]
    dead = letters(safi)
    assert [(letter["raw"], letter["origin"]["record"], letter["stage"]) for letter in dead] == \
        [(f"{number} text", number, "pick") for number in (2, 4, 5, 6)]
    assert [letter["code"] for letter in dead] == ["picked", "failed", "picked", "bad-put"]


def split(safi):
    """What a record was split into follows it, before the next one, for every number of jobs"""
    for jobs in (1, 2, 8):
        ids, stats, _ = flow(safi, "2:emit,3:emit", "-j", jobs, count=4)
        assert ids == [1, 2, "2a", "2b", 3, "3a", "3b", 4] and stats["emitted"] == 4


def split_again(safi):
    """Parts may be split, dropped and failed like others"""
    ids, stats, _ = flow(safi, "2:emit", count=3, status=2,
                         behind="| pick deeds=2:drop,2a:emit,2b:fail ")
    assert ids == [1, "2a", '"2a"a', '"2a"b', 3] and stats["emitted"] == 4


def held(safi):
    """Held records leave in order of release, before the record in hand"""
    ids, _, _ = flow(safi, "1:hold,2:hold,4:release", stage="pick-in-order")
    assert ids == [3, 2, 1, 4, 5, 6]


def held_to_the_end(safi):
    """Records that are released in finish() come last"""
    ids, _, _ = flow(safi, "1:hold,3:hold", stage="pick-in-order")
    assert ids == [2, 4, 5, 6, 3, 1]


def lost(safi):
    """A record that is held and never let go is a dead letter"""
    ids, _, _ = flow(safi, "2:lose", stage="pick-in-order", status=2)
    assert ids == [1, 3, 4, 5, 6]
    assert [letter["code"] for letter in letters(safi)] == ["never-released"]


def broken_parts(safi):
    """A part that failed ends in the name of the stage that made it, not of the next"""
    for deed, code in (("emit-broken", "bad-put"), ("emit-failed", "picked")):
        ids, stats, _ = flow(safi, f"1:{deed}", count=2, status=2, behind="| sort by=id ")
        assert ids == [1, 2] and stats["emitted"] == 1
        assert letters(safi)[-1]["stage"] == "pick" and letters(safi)[-1]["code"] == code


def broken_and_held(safi):
    """A record that is broken and held stays with its stage until it is let go"""
    ids, _, _ = flow(safi, "1:fail-to-put", status=2, stage="pick", count=3,
                     behind="| pick-in-order deeds=2:hold,3:release ")
    assert ids == [2, 3]


def lost_and_kept(safi):
    """What one stage forgot may release what the next one holds"""
    safi.write("p.yaml", "safi: 1\nread: {count: {count: 4}}\nstages:\n"
               "  - pick-in-order: {deeds: '1:lose,2:lose'}\n    label: first\n    on_error: keep\n"
               "  - pick-in-order: {deeds: '3:hold,1:release,4:hold,2:release'}\n"
               "    label: second\nwrite: {jsonl: {fields: [id]}}\n")
    out, _ = safi.run("run", "p.yaml")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [4, 3, 1, 2]


def relented(safi):
    """A reason that a stage did not act on is not the reason of a later one"""
    _, stats, _ = flow(safi, "2:relent", behind="| pick deeds=2:drop-silently ")
    assert [reason["code"] for reason in stats["reasons"]] == ["dropped"], stats


def shared_bytes(safi):
    """Parts share the bytes of the record they come from, also where a stage holds"""
    deeds = ",".join(f"{number}:emit" for number in range(1, 200))
    ids, stats, _ = flow(safi, deeds, count=200, behind="| sort by=id type=text ")
    assert len(ids) == 200 + 2 * 199 == stats["read"] + stats["emitted"]


def own_output(safi):
    """A run does not read what it writes, nor its dead letters"""
    safi.write_jsonl("a.jsonl", [{"n": number} for number in range(2000)])
    _, err = safi.run("pipe", "jsonl | jsonl", "-o", "out.jsonl", ".", status=0)
    assert "out.jsonl.part: warning: is written by this run" in err, err
    safi.write("pipe.dead.jsonl", "{not a record}\n")
    _, err = safi.run("pipe", "jsonl | jsonl", ".", status=0)
    assert "pipe.dead.jsonl: warning: is written by this run" in err, err


def links(safi):
    """-o writes behind a link, and knows a path that leads to stdout"""
    safi.write("behind", "old")
    os.symlink("behind", safi.path("link"))
    safi.run("pipe", "count count=1 | jsonl fields=id", "-o", "link")
    assert os.path.islink(safi.path("link"))
    with open(safi.path("behind"), encoding="utf-8") as file:
        assert file.read() == '{"id":1}\n'
    out, _ = safi.run("pipe", "count count=1 | jsonl fields=id", "-o", "/dev/stdout")
    assert out == '{"id":1}\n'
    _, err = safi.run("pipe", "count count=1 | jsonl", "-o", ".", status=1)
    assert "Is a directory" in err, err


def stats_to_a_pipe(safi):
    """--stats writes to what is there, also to a pipe"""
    os.mkfifo(safi.path("pipe"))
    reader = os.open(safi.path("pipe"), os.O_RDONLY | os.O_NONBLOCK)
    safi.run("pipe", "count count=3 | jsonl", "--stats", "pipe")
    assert json.loads(os.read(reader, 65536))["read"] == 3
    os.close(reader)


def stopped(safi):
    """A stage that cannot go on stops the run, with its reason"""
    _, _, err = flow(safi, "3:fatal", status=1)
    assert "picked to stop the run" in err, err


def stopped_at_the_first(safi):
    """The reason is that of the first record that stops the run, though a later one was sooner"""
    for jobs in (1, 2, 4):
        ids, _, err = flow(safi, "1:linger,2:fatal,700:fatal", "-j", jobs, count=900, status=1)
        assert ids == [1] and "picked to stop the run at 2\n" in err, (ids, err)


def senseless(safi):
    """A status that means nothing stops the run, and so does holding where none may"""
    for deed in ("make-no-sense", "hold", "lose"):
        _, _, err = flow(safi, f"3:{deed}", status=1)
        assert "means nothing here" in err, err


def every_way(safi):
    """Any mixture of ends is the same for every number of jobs, and adds up"""
    deeds = itertools.cycle(("drop", "keep", "emit", "fail", "keep", "note", "fail-to-put"))
    mixture = ",".join(f"{number}:{next(deeds)}" for number in range(1, 300))
    runs = [flow(safi, mixture, "-j", jobs, count=400, status=2) for jobs in (1, 2, 8)]
    assert runs[0][:2] == runs[1][:2] == runs[2][:2]
    ids = [int(str(number).rstrip("ab")) for number in runs[0][0]]
    assert ids == sorted(ids)


if __name__ == "__main__":
    sys.exit(main([dropped, failed, split, split_again, broken_parts, broken_and_held, held,
                   held_to_the_end, lost, lost_and_kept, relented, shared_bytes, own_output, links,
                   stats_to_a_pipe, stopped, stopped_at_the_first,
                   senseless, every_way]))
