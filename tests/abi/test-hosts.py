#!/usr/bin/env python3
"""Plugins and hosts of different minor versions, really built and really run.

    test-hosts.py BUILD CC SANITIZE

The host of 1.0 is the one in BUILD.  The host of 1.1 is made from a copy of core/ in whose header a
member is appended to safi_host and to safi_stage; the plugins of BUILD, built for 1.0, run on it as
they are.  SANITIZE is BUILD's b_sanitize: a host must have been built as its plugins were.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import header

sys.path.insert(0, os.path.dirname(header.HERE))
import harness

NEWER_HOST = 'static const char *newer(void)\n{\n\treturn "newer";\n}\n\n'


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def header_1_1():
    text = header.minor(header.read(), 1)
    return header.append(header.append(text, "safi_host"), "safi_stage")


def host_1_1(folder, sanitize):
    """Builds the host of 1.1, and of the tree only that; returns its folder."""
    source, build = os.path.join(folder, "source"), os.path.join(folder, "build")
    shutil.copytree(header.CORE, os.path.join(source, "core"))
    for name in ("meson.build", "meson_options.txt"):
        shutil.copy(os.path.join(harness.TOP, name), source)

    root, host = os.path.join(source, "meson.build"), os.path.join(source, "core", "host.c")
    write(root, "".join(line for line in read(root).splitlines(True)
                        if not line.startswith("subdir(") or "core" in line))
    write(os.path.join(source, "core", "safi.h"), header_1_1())
    text = header.replace(read(host), "static void fill_stages(",
                          NEWER_HOST + "static void fill_stages(")
    write(host, header.replace(text, "\ttable->extension = extension;\n",
                               "\ttable->extension = extension;\n\ttable->newer = newer;\n"))

    for words in (["meson", "setup", "--buildtype=debug", f"-Db_sanitize={sanitize}", build,
                   source], ["ninja", "-C", build, "-j2"]):
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode:
            sys.exit(f"Bail out! the host of 1.1 does not build\n{done.stdout}")
    return build


class Hosts:
    """Both hosts, and the sample plugin built with both headers."""

    def __init__(self, build, cc, sanitize, folder):
        self.folder = folder
        self.plugins = os.path.join(build, "plugins")
        self.builds = {"1.0": build, "1.1": host_1_1(folder, sanitize)}
        self.samples = {
            "1.0": header.build_sample(cc, header.read(), os.path.join(folder, "sample-1.0")),
            "1.1": header.build_sample(cc, header_1_1(), os.path.join(folder, "sample-1.1"),
                                       "-DSAMPLE_KNOWS_NEWER"),
            "needs 1.1": header.build_sample(cc, header_1_1(), os.path.join(folder, "needs-1.1"),
                                             "-DSAFI_NEED_MINOR=1"),
            "2.0": header.build_sample(cc, header.read().replace(
                "#define SAFI_ABI_MAJOR 1", "#define SAFI_ABI_MAJOR 2"),
                os.path.join(folder, "sample-2.0")),
        }

    def safi(self, host, words, plugins="", stdin=None):
        env = harness.environment(self.builds[host], self.folder)
        env["SAFI_PLUGIN_PATH"] = f"{plugins}:{self.plugins}"
        return subprocess.run(["safi", *words], env=env, input=stdin, cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)

    def sample_says(self, sample, host):
        """What the sample plugin puts into its field."""
        done = self.safi(host, ["pipe", "text per=line | sample | jsonl"],
                         os.path.dirname(self.samples[sample]), "a line\n")
        try:
            return json.loads(done.stdout)["sample"]
        except (ValueError, KeyError):
            return f"status {done.returncode}: {done.stdout}{done.stderr}"

    def refusal(self, sample):
        """How the host of 1.0 refuses a sample."""
        done = self.safi("1.0", ["inspect", self.samples[sample]])
        return f"{done.returncode} {done.stderr}".replace(self.samples[sample], "sample.so")

    def refine(self, host):
        """The sample pages through the ready pipeline, with the plugins of the build."""
        pages = sorted(glob.glob(os.path.join(harness.TOP, "seeds", "*.txt")))
        done = self.safi(host, ["arabic-news", *pages])
        if done.returncode or done.stdout.count("\n") != len(pages):
            return f"the host of {host} failed: status {done.returncode}\n{done.stderr}"
        return done.stdout


def main(build, cc, sanitize):
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(build, cc, sanitize, folder)
        # A sentence, what is wanted, what is.
        cases = [
            ("a plugin built for 1.0 runs on a host of 1.0", "plain",
             hosts.sample_says("1.0", "1.0")),
            ("a plugin built for 1.0 runs on a host of 1.1", "plain",
             hosts.sample_says("1.0", "1.1")),
            ("a plugin built for 1.1 runs on a host of 1.0, without what is newer", "plain",
             hosts.sample_says("1.1", "1.0")),
            ("a plugin built for 1.1 finds what is newer on a host of 1.1", "newer",
             hosts.sample_says("1.1", "1.1")),
            ("all plugins of this build do on a host of 1.1 what they do on 1.0, to the byte",
             hosts.refine("1.0"), hosts.refine("1.1")),
            ("a plugin that needs 1.1 is refused by a host of 1.0",
             "78 sample.so: error: needs ABI 1.1, this safi speaks 1.0; use a newer safi\n",
             hosts.refusal("needs 1.1")),
            ("a plugin built for 2.0 is refused",
             "78 sample.so: error: is built for ABI 2.0, this safi speaks 1.0; build it "
             "with this safi's safi.h\n",
             hosts.refusal("2.0")),
        ]
        tap = harness.Tap(len(cases))
        for sentence, wanted, got in cases:
            tap.result(sentence, harness.difference(wanted.encode(), got.encode(), "output"))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
