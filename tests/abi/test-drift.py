#!/usr/bin/env python3
"""Holds safi.h against the ABI as it was at 1.0, with libabigail.

    test-drift.py CC              the tests
    test-drift.py CC --baseline   writes 1.0.abixml anew: before 1.0 is released, never after

What a minor version appended to a struct is cut off first; the rest must be equal.  A suppression
file would be the usual way, but `has_data_member_inserted_at = end` also hides members that were
swapped, retyped or removed (libabigail 2.2), so it proves nothing.  The test is itself tested: what
a minor version may do must pass, what it may not must fail.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

import header

sys.path.insert(0, os.path.dirname(header.HERE))
import harness

BASELINE = os.path.join(header.HERE, "1.0.abixml")

# A sentence, what becomes of the header, whether that is allowed.
CASES = [
    ("the ABI is that of 1.0, or has only grown at the end", lambda text: text, True),
    *((f"a member appended to {struct} is allowed",
       lambda text, struct=struct: header.append(text, struct), True) for struct in header.NEWER),
    *((f"a member inserted into {struct} is refused",
       lambda text, struct=struct: header.insert(text, struct), False) for struct in header.NEWER),
    ("members appended to the host and to the stage at once are allowed",
     lambda text: header.append(header.append(text, "safi_host"), "safi_stage"), True),
    ("a member appended to a value is refused",
     lambda text: header.replace(text, "{ uint32_t begin, end; }", "{ uint32_t begin, end, to; }"),
     False),
    ("two members that changed places are refused",
     lambda text: header.replace(text, "*name, *fallback,", "*fallback, *name,"), False),
    ("a member that changed its type is refused",
     lambda text: header.replace(text, "uint32_t role, flags,", "int32_t role, flags,"), False),
    ("a function that takes one argument more is refused",
     lambda text: header.replace(text, "(*close)(void *model)", "(*close)(void *model, int)"),
     False),
    ("a member that went is refused",
     lambda text: header.replace(text, "void (*close)(void *model);", ""), False),
]


def write_abi(plugin, path):
    subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs",
                    "--no-elf-needed", "--no-parameter-names", "--type-id-style", "hash",
                    "--out-file", path, plugin], check=True)


def structs(tree):
    return {struct.get("name"): struct for struct in tree.iter("class-decl")}


def cut(path):
    """Takes off what the structs that begin with their size have had appended since 1.0."""
    tree = xml.parse(path)
    before, now = structs(xml.parse(BASELINE)), structs(tree)
    for name in header.NEWER:
        size = before[name].get("size-in-bits")
        for member in now[name].findall("data-member"):
            if int(member.get("layout-offset-in-bits")) >= int(size):
                now[name].remove(member)
        if int(now[name].get("size-in-bits")) > int(size):
            now[name].set("size-in-bits", size)
    tree.write(path)


def judge(cc, edit, allowed, folder):
    path = os.path.join(folder, "now.abixml")
    write_abi(header.build_sample(cc, edit(header.read()), folder), path)
    cut(path)
    done = subprocess.run(["abidiff", BASELINE, path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    # 4: the ABI changed, with or without 8: incompatibly.  1 and 2 would be a failure of abidiff.
    changed = done.returncode & 4 and not done.returncode & 3
    good = done.returncode == 0 if allowed else changed
    return "" if good else f"abidiff: {done.returncode}\n{done.stdout}"


def write_baseline(cc):
    with tempfile.TemporaryDirectory() as folder:
        write_abi(header.build_sample(cc, header.read(), folder), BASELINE)


def main(cc):
    tap = harness.Tap(len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        for sentence, edit, allowed in CASES:
            if shutil.which("abidiff"):
                tap.result(sentence, judge(cc, edit, allowed, folder))
            else:
                tap.skip(sentence, "no abidiff")
    return tap.status()


if __name__ == "__main__":
    if sys.argv[2:] == ["--baseline"]:
        write_baseline(sys.argv[1])
    else:
        sys.exit(main(sys.argv[1]))
