#!/usr/bin/env python3
"""What the built plugins offer to the linker: one function, so that no two plugins can meet.

    test-exports.py PLUGIN...
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import harness


def exported(plugin):
    done = subprocess.run(["nm", "-D", "--defined-only", plugin], stdout=subprocess.PIPE, text=True,
                          check=True)
    return [line.split()[-1] for line in done.stdout.splitlines()]


def main(plugins):
    tap = harness.Tap(len(plugins))
    for plugin in plugins:
        names = exported(plugin)
        tap.result(f"{os.path.basename(plugin)} exports safi_plugin_entry and nothing else",
                   "" if names == ["safi_plugin_entry"] else "\n".join(["exports:", *names]))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
