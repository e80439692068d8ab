#!/usr/bin/env python3
"""What extract-metadata takes from a page, and what it leaves alone.  Prints TAP.

    test-extract.py [--build DIR]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests"))
from harness import Tap, environment  # noqa: E402

CHAIN = "text | strip-boilerplate | extract-metadata | jsonl fields=title,published notes=none"
TITLE = "عاصفة شديدة تغلق ميناء طنجة"
BODY = ("أغلقت السلطات ميناء طنجة يوم الأربعاء بعد عاصفة شديدة اقتلعت القوارب من مراسيها.\n"
        "ولن تغادر أي سفينة الميناء قبل يوم الجمعة كما قال مدير الميناء في بيان له اليوم.\n")


def fields(page, env):
    done = subprocess.run(["safi", "pipe", CHAIN], input=page.encode(), capture_output=True,
                          env=env, timeout=60, check=True)
    return json.loads(done.stdout)


def differences(member, cases, env):
    """`cases` are pages and what the field must be; None: absent."""
    problem = ""
    for page, wanted in cases:
        got = fields(page, env).get(member)
        if got != wanted:
            problem += f"{page!r}: {got!r}, not {wanted!r}\n"
    return problem


def titles(env):
    """Only a site's name is cut from a title: what is behind the last bar, and shorter"""
    cases = {
        f"عاجل | {TITLE}": f"عاجل | {TITLE}",
        f"{TITLE} | TangerPress": TITLE,
        f"{TITLE} | A harbour paper": TITLE,
        f"{TITLE}|صحيفة": f"{TITLE}|صحيفة",
    }
    return differences("title", [(f"{title}\n{BODY}", wanted) for title, wanted in cases.items()],
                       env)


def changes(env):
    """The day of a change is never the day of publication"""
    cases = {
        "آخر تحديث: 4 ديسمبر 2025 10:15": None,
        "Updated on December 4, 2025": None,
        "تم التحديث 4 ديسمبر 2025\n3 ديسمبر 2025": "2025-12-03",
        "3 ديسمبر 2025\nآخر تحديث 10:15": "2025-12-03",
        "نشر 3 ديسمبر 2025 09:30 - آخر تحديث 4 ديسمبر 2025 10:15": "2025-12-03T09:30",
        "3 ديسمبر 2025، آخر تحديث 10:15": "2025-12-03",
        "4 ديسمبر 2025 أخر تحديث": None,
        "آخر تحديث\n4 ديسمبر 2025": None,
    }
    return differences("published", [(f"{TITLE}\n{lines}\n{BODY}", wanted)
                                     for lines, wanted in cases.items()], env)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    args = parser.parse_args()
    tests = [titles, changes]
    tap = Tap(len(tests))
    with tempfile.TemporaryDirectory() as home:
        env = environment(os.path.abspath(args.build), home)
        for test in tests:
            tap.result(test.__doc__, test(env))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
