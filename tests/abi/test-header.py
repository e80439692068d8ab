#!/usr/bin/env python3
"""safi.h alone, as somebody else's compiler sees it.

    test-header.py CC CXX
"""
import os
import shlex
import subprocess
import sys

import header

sys.path.insert(0, os.path.dirname(header.HERE))
import harness

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Werror"]
CASES = [
    ("the header alone compiles as C11, without a warning and without padding", 0, "c", "c11"),
    ("the header alone compiles as C++17, without a warning and without padding", 1, "c++",
     "c++17"),
]


def main(compilers):
    tap = harness.Tap(len(CASES))
    for sentence, which, language, standard in CASES:
        done = subprocess.run([*shlex.split(compilers[which]), *WARNINGS, f"-std={standard}",
                               "-I", header.CORE, "-fsyntax-only", "-x", language, "-"],
                              input='#include "safi.h"\n', stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        tap.result(sentence, f"status {done.returncode}\n{done.stdout}" if done.returncode else "")
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
