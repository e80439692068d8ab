#!/usr/bin/env python3
"""Builds the plugin beside this file as a stranger would, and runs it.

    run.py BUILD CC

BUILD is installed into an empty folder; only that and pkg-config are used, nothing of the source
tree.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import Tap, difference, environment  # noqa: E402

MANUAL = """\
NAME
    text-size - Puts the size of the text, in bytes, into a field

ROLE
    stage

OPTIONS
    field: text; default size
        The field to put the size into.
        Example: field: bytes

WRITES
    the fields that option 'field' names

THREADS
    parallel: an instance for each worker, no memory between records

PLUGIN
    org.example.text-size 1.0, license MIT
    needs ABI 1.0
    @PLUGIN@
"""


def run(words, env, stdin=""):
    return subprocess.run(words, env=env, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def find(folder, name):
    """The one file of a name below a folder."""
    found = [os.path.join(where, name) for where, _, files in os.walk(folder) if name in files]
    if len(found) != 1:
        raise FileNotFoundError(f"{len(found)} files {name} in {folder}")
    return found[0]


class Stranger:
    """A machine where Safi is installed in `root`, and a folder to work in."""

    def __init__(self, build, work):
        self.work, self.root = work, os.path.join(work, "root")
        subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir",
                        self.root], check=True, stdout=subprocess.DEVNULL)
        self.env = environment(build, work)
        # The files have another place than they will have: that is what a sysroot is.
        self.env.update(PKG_CONFIG_LIBDIR=os.path.dirname(find(self.root, "safi.pc")),
                        PKG_CONFIG_SYSROOT_DIR=self.root)
        self.safi = find(self.root, "safi")
        self.plugins = os.path.dirname(find(self.root, "jsonl.so"))

    def ask(self, *words):
        return run(["pkg-config", *words, "safi"], self.env).stdout.strip()

    def build_with_meson(self):
        folder = os.path.join(self.work, "meson")
        done = run(["meson", "setup", folder, HERE], self.env)
        if done.returncode == 0:
            done = run(["meson", "compile", "-C", folder], self.env)
        return os.path.join(folder, "text-size.so"), done

    def build_by_hand(self, cc):
        plugin = os.path.join(self.work, "text-size.so")
        done = run([*shlex.split(cc), "-shared", "-fPIC", *shlex.split(self.ask("--cflags")),
                    "-o", plugin, os.path.join(HERE, "text-size.c")], self.env)
        return plugin, done

    def use(self, plugin):
        """One record through the plugin; what it made of it."""
        env = dict(self.env, SAFI_PLUGIN_PATH=f"{os.path.dirname(plugin)}:{self.plugins}")
        return run([self.safi, "pipe", "text per=line | text-size | jsonl"], env, "صافٍ\n").stdout

    def inspect(self, plugin):
        return run([self.safi, "inspect", plugin], self.env).stdout


def built(done):
    return done.stdout if done.returncode else ""


def wrong_size(output):
    """What is wrong with the record of a line of eight bytes."""
    try:
        return "" if json.loads(output)["size"] == 8 else output
    except (ValueError, KeyError):
        return f"not the record wanted: {output}"


def differs(wanted, got, name):
    return difference(wanted.encode(), got.encode(), name)


def main(build, cc):
    tap = Tap(7)
    with tempfile.TemporaryDirectory() as work:
        stranger = Stranger(build, work)
        tap.result("there is nothing to link with", differs("", stranger.ask("--libs"), "--libs"))
        tap.result("pkg-config tells the ABI's major version",
                   differs("1", stranger.ask("--variable=abi"), "abi"))
        # Whether a sysroot stands before a variable differs between pkg-config and pkgconf.
        tap.result("pkg-config tells where plugins go",
                   "" if (stranger.root + stranger.ask("--variable=plugindir"))
                   .endswith(stranger.plugins) else stranger.ask("--variable=plugindir"))
        plugin, done = stranger.build_with_meson()
        tap.result("a plugin builds with dependency('safi') and no warning", built(done))
        tap.result("it runs from a folder in SAFI_PLUGIN_PATH",
                   wrong_size(stranger.use(plugin)))
        tap.result("safi inspect says all about it",
                   differs(MANUAL.replace("@PLUGIN@", plugin), stranger.inspect(plugin), "page"))
        plugin, done = stranger.build_by_hand(cc)
        tap.result("a compiler and pkg-config --cflags are enough",
                   built(done) or wrong_size(stranger.use(plugin)))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
