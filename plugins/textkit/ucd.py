"""The Unicode Character Database as Debian's unicode-data installs it, and how tables made from it
are packed, written as C and checked.  For the make-tables.py scripts only."""

import os
import sys

FOLDER = '/usr/share/unicode'
WIDTH = 100
BLOCK = 64  # what one UTF-8 continuation byte tells apart


class Database:
    """By code point: category, combining class, decomposition (tag or None, code points), NFC
    quick check ('Y', 'N' or 'M'); and which decompositions never compose again."""

    def __init__(self):
        self.category, self.combining, self.decomposition = {}, {}, {}
        self.quick, self.excluded = {}, set()
        for fields in _rows('UnicodeData.txt'):
            self._add(int(fields[0], 16), fields)
        for fields in _rows('DerivedNormalizationProps.txt'):
            if fields[1] == 'NFC_QC':
                self.quick.update((point, fields[2]) for point in _range(fields[0]))
            elif fields[1] == 'Full_Composition_Exclusion':
                self.excluded.update(_range(fields[0]))

    def _add(self, point, fields):
        self.category[point] = fields[2]
        if fields[3] != '0':
            self.combining[point] = int(fields[3])
        if fields[5]:
            words = fields[5].split()
            tag = words.pop(0) if words[0].startswith('<') else None
            self.decomposition[point] = tag, [int(word, 16) for word in words]

    def canonical(self, point):
        """The full canonical decomposition, Hangul syllables aside."""
        return self._parts(point, lambda tag: tag is None)

    def compatible(self, point):
        """What is left when no character has a compatibility decomposition any more."""
        return self._parts(point, lambda tag: tag is not None)

    def _parts(self, point, wanted):
        tag, points = self.decomposition.get(point, (None, None))
        if not points or not wanted(tag):
            return [point]
        return [part for each in points for part in self._parts(each, wanted)]


def present():
    return os.path.exists(os.path.join(FOLDER, 'UnicodeData.txt'))


def _rows(name):
    with open(os.path.join(FOLDER, name), encoding='utf-8') as lines:
        for line in lines:
            fields = [field.strip() for field in line.split('#')[0].split(';')]
            if len(fields) > 1:
                yield fields


def _range(text):
    first, _, last = text.partition('..')
    return range(int(first, 16), int(last or first, 16) + 1)


class Blocks:
    """A table by code point in two steps: a block number for each 64 code points, and each distinct
    block once.  The first `plain` blocks are not shared, so that they need no first step."""

    def __init__(self, values, plain=0):
        count = max(max(values) // BLOCK + 1, plain)
        self.index, self.cells, numbers = [], [], {}
        for number in range(count):
            block = tuple(values.get(number * BLOCK + i, 0) for i in range(BLOCK))
            if number < plain or block not in numbers:
                numbers.setdefault(block, len(self.cells) // BLOCK)
                self.index.append(len(self.cells) // BLOCK)
                self.cells.extend(block)
            else:
                self.index.append(numbers[block])


def array(kind, name, values):
    """A C array, as many values a line as fit."""
    lines, line = [], ''
    for value in values:
        item = f'{value},'
        if len(line) + len(item) > WIDTH - 8:
            lines.append(line)
            line = ''
        line += item
    return '\n'.join([f'{kind} {name}[{len(values)}] = {{'] +
                     ['\t' + each for each in lines + [line] if each] + ['};\n'])


def main(path, make):
    """Writes make() to the path; with --check says as TAP if that would change the file."""
    if '--check' not in sys.argv:
        with open(path, 'w', encoding='utf-8') as out:
            out.write(make())
        return
    print('1..1')
    case = 'the committed tables are what unicode-data gives'
    if not present():
        print(f'ok 1 - {case} # SKIP unicode-data is not installed')
        return
    with open(path, encoding='utf-8') as committed:
        same = committed.read() == make()
    print(f'{"ok" if same else "not ok"} 1 - {case}')
    sys.exit(not same)
