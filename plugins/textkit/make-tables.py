#!/usr/bin/env python3
"""Writes canonical.inc, the tables of compose.c: combining classes, canonical decompositions and
compositions of every character but the Hangul syllables, which are computed.

make-tables.py           writes the file
make-tables.py --check   says as TAP if it is what it should be
"""

import os

import ucd

HEAD = '''\
/* Made by make-tables.py from the Unicode Character Database 15.0; see compose.c for what the parts
 * mean.  Not for editing. */
'''


def pack(data, point):
    """A code point with its combining class in the top byte."""
    return data.combining.get(point, 0) << 24 | point


def compositions(data):
    """By first character: the (second, composite) pairs in ascending order."""
    pairs = {}
    for point, (tag, parts) in sorted(data.decomposition.items()):
        if tag is None and len(parts) == 2 and point not in data.excluded:
            pairs.setdefault(parts[0], []).append((parts[1], point))
    return {first: sorted(found) for first, found in pairs.items()}


def make():
    data = ucd.Database()
    pairs = compositions(data)
    canonical = [point for point, (tag, _) in data.decomposition.items() if tag is None]
    parts_pool, pairs_pool = [0], ['{0,0}']
    records, numbers, values = ['{0,0,0}'], {(0, 0, 0): 0}, {}
    for point in sorted({*canonical, *pairs, *data.combining}):
        parts_at = pairs_at = 0
        if point in data.decomposition and data.decomposition[point][0] is None:
            parts_at = len(parts_pool)
            parts_pool += [pack(data, part) for part in data.canonical(point)] + [0]
        if point in pairs:
            pairs_at = len(pairs_pool)
            pairs_pool += [f'{{{second},{whole}}}' for second, whole in pairs[point]] + ['{0,0}']
        record = parts_at, pairs_at, data.combining.get(point, 0)
        if record not in numbers:
            numbers[record] = len(records)
            records.append('{%d,%d,%d}' % record)
        values[point] = numbers[record]
    blocks = ucd.Blocks(values)
    return '\n'.join([
        HEAD,
        ucd.array('static const uint8_t', 'block_of', blocks.index),
        ucd.array('static const uint16_t', 'record_of', blocks.cells),
        ucd.array('static const SafiCanonical', 'canonical', records),
        ucd.array('static const uint32_t', 'parts_pool', parts_pool),
        ucd.array('static const SafiPair', 'pairs_pool', pairs_pool)])


if __name__ == '__main__':
    ucd.main(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'canonical.inc'), make)
