#!/usr/bin/env python3
"""Writes classes.inc: what the repair profile does with each character (classes.h names the
classes), and what each Arabic presentation form stands for.

make-tables.py           writes the file
make-tables.py --check   says as TAP if it is what it should be
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'textkit'))

import ucd  # noqa: E402 (its folder is known only now)

HEAD = '''\
/* Made by make-tables.py from the Unicode Character Database 15.0.  Not for editing. */
'''

# As in classes.h.
PLAIN, MARK, UNSURE, SPACE, DELETED, LINE, RETURN, FORM, MARKED_FORM = range(9)

# Zero width and bidi control: soft hyphen, Arabic letter mark, Mongolian vowel separator, zero
# width space, LRM and RLM, embeddings and overrides, word joiner and invisible operators, isolates,
# byte order mark.  Not ZWNJ and ZWJ, which spell words (README.md).
INVISIBLE = [0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F),
             *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF]
FORMS = [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)]
FIRST, LAST = FORMS[0], FORMS[-1]


def form_of(data, point):
    """The characters a presentation form stands for.  Where the mapping begins with a space, that
    only carries the marks behind it: no text has a space there, so it is left out."""
    parts = data.compatible(point)
    if parts == [point]:
        return None
    if parts[0] == 0x20:
        parts = parts[1:]
        assert all(part in data.combining for part in parts)
    assert all(data.quick.get(part, 'Y') == 'Y' for part in parts)
    return parts


def classes(data, forms):
    found = {point: MARK for point in data.combining}
    found.update((point, UNSURE) for point in data.quick)
    found.update((point, SPACE) for point, category in data.category.items() if category == 'Zs')
    found.update((point, DELETED) for point in INVISIBLE)
    for point, parts in forms.items():
        found[point] = MARKED_FORM if any(part in data.combining for part in parts) else FORM
    found.update({0x20: PLAIN, 0x0D: RETURN, 0x2028: LINE, 0x2029: LINE})
    return found


def make():
    data = ucd.Database()
    forms = {point: parts for point in FORMS if (parts := form_of(data, point))}
    pool, starts = [], {}
    for parts in forms.values():
        text = ''.join(map(chr, parts)).encode()
        if text not in starts:
            starts[text] = len(pool)
            pool += [len(text), *text]
        assert starts[text] < 0x10000
    at = [starts[''.join(map(chr, forms[point])).encode()] if point in forms else 0
          for point in range(FIRST, LAST + 1)]
    pool += [0] * 32  # SLACK of repair.c: whole vectors are copied from any place
    blocks = ucd.Blocks(classes(data, forms), plain=32)
    return '\n'.join([
        HEAD,
        ucd.array('const uint8_t', 'safi_class_block', blocks.index),
        ucd.array('const uint8_t', 'safi_class_cells', blocks.cells),
        ucd.array('static const uint16_t', 'form_at', at),
        ucd.array('static const uint8_t', 'form_pool', pool)])


if __name__ == '__main__':
    ucd.main(os.path.join(HERE, 'classes.inc'), make)
