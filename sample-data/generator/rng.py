"""Random numbers that are the same on every machine and in every Python.

Each draw names what it is for (``Rng("amount", deal)``), so a new draw in one
place does not shift the numbers of all others.
"""

import math

MASK = (1 << 64) - 1
SEED = 20251231


class Rng:
    def __init__(self, *key):
        state = 0xCBF29CE484222325 ^ SEED
        for byte in "\x1f".join(str(part) for part in key).encode():
            state = ((state ^ byte) * 0x100000001B3) & MASK
        self.state = state

    def next(self):
        """splitmix64"""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def unit(self):
        return (self.next() >> 11) / (1 << 53)

    def between(self, low, high):
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def share(self, low, high):
        return low + self.unit() * (high - low)

    def chance(self, p):
        return self.unit() < p

    def pick(self, items):
        return items[self.between(0, len(items) - 1)]

    def weighted(self, weights):
        """A key of {key: weight}."""
        left = self.unit() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return key

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.between(0, i)
            items[i], items[j] = items[j], items[i]
        return items

    def normal(self):
        """Twelve uniforms: close enough to a bell curve, and no libm."""
        return sum(self.unit() for _ in range(12)) - 6

    def lognormal(self, median, sigma):
        return median * math.exp(sigma * self.normal())
