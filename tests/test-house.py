"""The rules of the house that a reader would otherwise have to watch over, held by a machine."""
import glob
import os
import re
import sys

from harness import TOP, Tap

TAB = 4  # columns, as CONTRIBUTING.md says


def sources(*patterns):
    """(path, lines) of the files, paths relative to the project."""
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(TOP, pattern), recursive=True)):
            with open(path, encoding="utf-8") as file:
                yield os.path.relpath(path, TOP), file.read().split("\n")


def foreign_includes():
    """A plugin sees safi.h, its own headers and textkit's; its tests may look around."""
    own = {os.path.basename(path) for path, _ in sources("core/*.h")} - {"safi.h"}
    for path, lines in sources("plugins/**/*.c", "plugins/**/*.h", "plugins/**/*.cc"):
        if "/tests/" in path:
            continue
        beside = set(os.listdir(os.path.join(TOP, os.path.dirname(path))))
        beside |= set(os.listdir(os.path.join(TOP, os.path.dirname(path), "..")))
        for number, line in enumerate(lines, 1):
            found = re.match(r'#include "([^"]+)"', line)
            if found and (found[1] in own - beside or found[1].startswith("..")):
                yield f"{path}:{number}: {line}"
            if re.match(r"#include <(glib|gio)", line):
                yield f"{path}:{number}: {line}"


def arabic_in_core():
    for path, lines in sources("core/*"):
        for number, line in enumerate(lines, 1):
            if re.search("[\u0600-\u06ff\ufb50-\ufefc]", line) or re.search(r"<(html|body|p)\b", line):
                yield f"{path}:{number}: {line}"


def long_lines():
    for path, lines in sources("core/*.[ch]", "plugins/**/*.[ch]", "plugins/**/*.cc",
                               "tests/**/*.[ch]"):
        for number, line in enumerate(lines, 1):
            if len(line.expandtabs(TAB)) > 100:
                yield f"{path}:{number}: {len(line.expandtabs(TAB))} columns"


def long_functions():
    for path, lines in sources("core/*.c", "core/*.cc", "plugins/**/*.c", "plugins/**/*.cc"):
        begin = 0
        for number, line in enumerate(lines, 1):
            if line == "{":
                begin = number
            elif line == "}" and begin:
                if number - begin > 60:
                    yield f"{path}:{begin}: {number - begin} lines"
                begin = 0


def long_files():
    for path, lines in sources("core/*.[ch]", "plugins/**/*.[ch]", "plugins/**/*.cc"):
        if len(lines) > 600 and os.path.basename(path) != "safi.h":
            yield f"{path}: {len(lines)} lines"


def silent_headers():
    for path, lines in sources("core/*.h", "plugins/**/*.h"):
        if not lines[0].startswith("/*"):
            yield f"{path}: does not open by saying what it is for"


RULES = [
    ("plugins include safi.h and nothing else of core's", foreign_includes),
    ("core knows no Arabic and no HTML", arabic_in_core),
    ("no line is over 100 columns", long_lines),
    ("no function is over 60 lines", long_functions),
    ("no file is over 600 lines", long_files),
    ("every header opens by saying what it is for", silent_headers),
]

tap = Tap(len(RULES))
for sentence, rule in RULES:
    tap.result(sentence, "\n".join(rule()))
sys.exit(tap.status())
