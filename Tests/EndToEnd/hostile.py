"""Input as an enemy would send it, made of valid input by a seed: the same seed, the same input."""

import random

NOISE = [b"\0", b"\xff", b"%zz", b"%00", b"&", b"=", b"{", b"[", b"]", b"}", b'"', b"\\ud800", b"1e999", b"null", b"\r\n",
         b"\xcc\x81" * 900, b"[" * 200, b"9" * 400]


def variants(corpus, count, seed):
    """`count` byte strings: changed, cut, doubled and mixed entries of the corpus, and noise."""
    dice = random.Random(seed)
    for _ in range(count):
        if dice.randrange(12) == 0:
            yield dice.randbytes(dice.randrange(300))
            continue
        data = bytearray(dice.choice(corpus))
        for _ in range(dice.randrange(1, 5)):
            place = dice.randrange(len(data) + 1)
            match dice.randrange(5):
                case 0: data[place:place + 1] = bytes([dice.randrange(256)])
                case 1: data[place:place] = dice.choice(NOISE)
                case 2: del data[place:place + dice.randrange(12)]
                case 3: data[place:] = dice.choice(corpus)[dice.randrange(20):]
                case 4: data[place:place] = data[:dice.randrange(40)] * dice.choice([1, 1, 30])
        yield bytes(data)
