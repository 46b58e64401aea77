"""Seeds of randomized test suites: fixed by default, changeable by an environment variable."""

import os
import random


def seed(variable: str, default: int) -> tuple[int, str]:
    """Return the seed in a variable (a number, or `any`) or the default, and a line that says how to repeat the run."""
    value = os.environ.get(variable) or str(default)
    chosen = random.SystemRandom().randrange(1, 10**6) if value == "any" else int(value)
    return chosen, f"seed {chosen}: repeat it with {variable}={chosen}"
