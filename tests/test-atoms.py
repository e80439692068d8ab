#!/usr/bin/env python3
"""Holds the model of tests/atoms.py to cases that can be counted on fingers, and to one byte an atom.
Prints TAP."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from atoms import Broken, View  # noqa: E402
from harness import Tap  # noqa: E402


def apply(text, changes, puts):
    """The text that the changes make, with these bytes put in."""
    out, at = b"", 0
    for (begin, taken, _), put in zip(changes, puts):
        out += text[at:begin] + put
        at = begin + taken
    return out + text[at:]


def view(raw, *levels):
    """A view of raw bytes after lists of (from, taken, bytes put)."""
    made = View.of_raw(raw)
    for level in levels:
        changes = [(begin, taken, len(put)) for begin, taken, put in level]
        made = made.changed(changes, apply(made.text, changes, [put for *_, put in level]))
    return made


def unruly(atoms):
    """Atoms with every run taken apart."""
    for begin, end, length, is_run in atoms:
        if is_run:
            yield from ((begin + i, begin + i + 1, 1) for i in range(length))
        else:
            yield begin, end, length


def expect(got, wanted):
    return "" if got == wanted else f"{got!r}, not {wanted!r}"


def plain():
    return expect(view(b"abc").replay(1, 3), (b"bc", 1))


def deletion():
    made = view(b"abcd", [(1, 2, b"")])
    return expect(made.text, b"ad") or expect(made.replay(1, 3)[0], b"") \
        or expect(made.cover(0, 2), (0, 4))


def insertion():
    made = view(b"ab", [(1, 0, b"X")])
    return expect(made.replay(0, 1)[0], b"aX") or expect(made.replay(1, 2)[0], b"Xb") \
        or expect(made.cover(1, 2), (1, 1))


def change_over_change():
    made = view(b"abcdef", [(1, 2, b"XYZ")], [(3, 2, b"!")])
    return expect(made.text, b"aXY!ef") or expect(made.replay(1, 4)[0], b"XY!") \
        or expect(made.cover(2, 3), (1, 4))


def insertion_inside():
    made = view(b"abc", [(1, 1, b"XY")], [(2, 0, b"!")])
    return expect(made.text, b"aX!Yc") or expect(made.cover(2, 3), (1, 2))


def two_changes_of_one_atom():
    made = view(b"abc", [(1, 1, b"VWXY")], [(1, 1, b"1"), (3, 1, b"2")])
    return expect(made.text, b"a1W2Yc") or expect(made.cover(1, 2), (1, 2)) \
        or expect(len(made.atoms), 3)


def cutting_a_change():
    made = view(b"abcd", [(1, 2, b"X")])
    try:
        made.replay(0, 2)
    except Broken:
        return ""
    return "no complaint"


def wrong_text():
    for text, changes in ((b"abX", [(1, 0, 0)]), (b"ab", [(0, 1, 0)]), (b"abc", [(9, 1, 1)]),
                          (b"abc", [(2, 0, 0), (1, 0, 0)]), (b"abcd", [])):
        try:
            View.of_raw(b"abc").changed(changes, text)
        except Broken:
            continue
        return f"no complaint for {text!r}"
    return ""


def random_level(rng, length):
    level, at = [], 0
    while at <= length and rng.random() < 0.7:
        begin = rng.randint(at, length)
        taken = rng.choice((0, 0, 1, 2, 3))
        taken = min(taken, length - begin)
        level.append((begin, taken, bytes(rng.choice(b"XYZ") for _ in range(rng.randint(0, 3)))))
        at = begin + max(taken, 1)
    return level


def runs_are_atoms_side_by_side():
    """A view with its runs taken apart beforehand becomes the same atoms."""
    rng = random.Random(1)
    for _ in range(3000):
        raw = bytes(rng.choice(b"abc") for _ in range(rng.randint(0, 12)))
        whole, apart = View.of_raw(raw), View(raw, [(i, i + 1, 1, True) for i in range(len(raw))])
        for _ in range(rng.randint(1, 4)):
            level = random_level(rng, len(whole.text))
            changes = [(begin, taken, len(put)) for begin, taken, put in level]
            text = apply(whole.text, changes, [put for *_, put in level])
            whole, apart = whole.changed(changes, text), apart.changed(changes, text)
            if problem := expect(list(unruly(whole.atoms)), list(unruly(apart.atoms))):
                return problem
    return ""


TESTS = {
    "raw bytes replay as they are": plain,
    "a deletion leaves an atom without bytes": deletion,
    "an insertion belongs to the ranges on both of its sides": insertion,
    "a change over part of a change takes all of it": change_over_change,
    "an insertion inside a change edits it": insertion_inside,
    "two changes of one atom make one atom": two_changes_of_one_atom,
    "a range that cuts a change is refused": cutting_a_change,
    "a text that its changes do not make is refused": wrong_text,
    "a run is nothing but its bytes side by side": runs_are_atoms_side_by_side,
}

tap = Tap(len(TESTS))
for sentence, test in TESTS.items():
    tap.result(sentence, test())
sys.exit(tap.status())
