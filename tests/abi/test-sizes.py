#!/usr/bin/env python3
"""Holds every size, offset and constant of safi.h against a table, so that a change of the ABI is a
change of a line that a reviewer sees.

    test-sizes.py CC              the test
    test-sizes.py CC --baseline   writes the table anew, when a minor version appended something

The C program that prints the table is made from the header, so that no member can be left out.
"""
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile

import header

sys.path.insert(0, os.path.dirname(header.HERE))
import harness

TABLE = os.path.join(header.HERE, "sizes-x86_64.txt")
SENTENCE = "every size, offset and constant is as in sizes-x86_64.txt"

PROGRAM = """#include "safi.h"
#include <stdio.h>
#define STRUCT(s) printf("%s %zu\\n", #s, sizeof(s));
#define MEMBER(s, m) printf("  %s %zu\\n", #m, offsetof(s, m));
#define CONSTANT(c) printf("%s %lld\\n", #c, (long long)(c));
int main(void)
{
"""


def members(inside):
    """The names that the declarations between a struct's braces declare."""
    for declaration in inside.split(";")[:-1]:
        if function := re.match(r"[^(]*\(\*(\w+)\)\(", declaration):
            yield function[1]
        else:
            yield from re.findall(r"(\w+)\s*(?:,|$)", declaration)


def program(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    lines = []
    for name, inside in re.findall(r"typedef struct (\w+) \{(.*?)\} \1;", text, re.S):
        lines += [f"STRUCT({name})", *(f"MEMBER({name}, {member})" for member in members(inside))]
    for inside in re.findall(r"enum \{(.*?)\}", text, re.S):
        lines += [f"CONSTANT({name})" for name in re.findall(r"SAFI_\w+", inside)]
    lines += [f"CONSTANT({name})" for name in ("SAFI_RAW", "SAFI_WHOLE", "SAFI_PADDING")]
    return PROGRAM + "\n".join(lines) + "\n}\n"


def table(cc):
    with tempfile.TemporaryDirectory() as folder:
        source, binary = (os.path.join(folder, name) for name in ("sizes.c", "sizes"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(program(header.read()))
        subprocess.run([*shlex.split(cc), "-std=c11", "-I", header.CORE, "-o", binary, source],
                       check=True)
        return subprocess.run([binary], stdout=subprocess.PIPE, check=True).stdout


def main(cc):
    tap = harness.Tap(1)
    if platform.machine() == "x86_64":
        with open(TABLE, "rb") as file:
            tap.result(SENTENCE, harness.difference(file.read(), table(cc), "sizes-x86_64.txt"))
    else:
        tap.skip(SENTENCE, f"this is {platform.machine()}")
    return tap.status()


if __name__ == "__main__":
    if sys.argv[2:] == ["--baseline"]:
        with open(TABLE, "wb") as file:
            file.write(table(sys.argv[1]))
    else:
        sys.exit(main(sys.argv[1]))
