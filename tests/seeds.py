"""The seeds of suites that try what chance gives: the same in every run, unless somebody asks for others."""

import os
import random


def seed(variable: str, default: int) -> tuple[int, str]:
    """What the environment's variable names (a number, or `any`), else the default; and how to repeat it."""
    named = os.environ.get(variable) or str(default)
    chosen = random.SystemRandom().randrange(1, 10**6) if named == "any" else int(named)
    return chosen, f"seed {chosen}: repeat it with {variable}={chosen}"
