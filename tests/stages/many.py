"""Many records of very different sizes, the same ones for the same seed, for tests that compare runs."""
import json
import random

MIN, MAX = 10, 1_000_000  # bytes of a line
WORDS = "قال المتحدث \"إن\" الأمر\\n\ttext 1.10 – ".split(" ")


def long_text(rng):
    """Twice the same, so that one of any size begins anywhere in the first half."""
    words = " ".join(rng.choice(WORDS) for _ in range(MAX // 5))[:MAX]
    return words + words


def size_of_line(rng, number):
    """Mostly small; one in ten anything, the first of these as large as may be."""
    if number == 5:
        return MAX
    if number % 10 == 5:
        return int(MIN * (MAX / MIN) ** (rng.random() ** 4))
    return rng.randint(MIN, 1500)


def lines(size, seed=0):
    """JSON Lines, as bytes, of about `size` bytes in all; one in 97 is cut short and no JSON."""
    rng = random.Random(seed)
    text = long_text(rng)
    number = made = 0
    while made < size:
        record, wanted = {"id": f"r{number}"}, size_of_line(rng, number)
        line = json.dumps(record)
        if wanted > 30:
            begin = rng.randrange(len(text) // 2)
            record["text"] = text[begin:begin + wanted * 2 // 3 - 15]
            record["n"] = rng.random()
            line = json.dumps(record, ensure_ascii=False)
        if number % 97 == 96:
            line = line[:-1]
        line = line.encode() + b"\n"
        number += 1
        made += len(line)
        yield line


def write_file(path, size, seed=0):
    """Returns the number of records."""
    count = 0
    with open(path, "wb") as file:
        for line in lines(size, seed):
            file.write(line)
            count += 1
    return count
