"""safi.h as it might be one day: edited copies of it, and the sample plugin built with them."""
import os
import re
import shlex
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CORE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "core")

# Members as a later version would write them, by the struct they would go into.
NEWER = {
    "safi_host": "\tconst char *(*newer)(void);\n",
    "safi_stage": "\tvoid (*newer)(void *self);\n",
    "safi_option": "\tconst char *newer;\n",
    "safi_plugin": "\tconst char *newer;\n",
    "safi_state": "\tbool (*newer)(void *self);\n",
}


def read():
    with open(os.path.join(CORE, "safi.h"), encoding="utf-8") as header:
        return header.read()


def replace(text, old, new):
    """Replaces what must be there exactly once."""
    if text.count(old) != 1:
        raise ValueError(f"{text.count(old)} times in safi.h: {old!r}")
    return text.replace(old, new)


def body(text, struct):
    """The text between the braces of a struct, without its comments' braces in the way."""
    return re.search(rf"typedef struct {struct} \{{[^\n]*\n(.*?)\n\}} {struct};", text, re.S)[1]


def append(text, struct):
    return replace(text, f"\n}} {struct};", f"\n{NEWER[struct]}}} {struct};")


def insert(text, struct):
    """A new member in the middle, before the last line of the struct that declares one."""
    inside = body(text, struct)
    lines = inside.split("\n")
    lines.insert(len(lines) - 1, NEWER[struct].rstrip("\n"))
    return replace(text, inside, "\n".join(lines))


def minor(text, number):
    return re.sub(r"(#define SAFI_ABI_MINOR) \d+", rf"\1 {number}", text)


def build_sample(cc, text, folder, *args):
    """Builds sample.c with a header of this text; returns the path of the plugin."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "safi.h"), "w", encoding="utf-8") as header:
        header.write(text)
    plugin = os.path.join(folder, "sample.so")
    # From its own folder, so that no path of this machine gets into the debug information.
    subprocess.run([*shlex.split(cc), "-std=c11", "-g", "-shared", "-fPIC", "-fvisibility=hidden",
                    "-I", folder, *args, "-o", plugin, "sample.c"], cwd=HERE, check=True)
    return plugin
