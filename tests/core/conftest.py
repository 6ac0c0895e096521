"""Hypothesis without deadlines: a machine that is busy makes no test slow or wrong."""

from hypothesis import settings

settings.register_profile("core", deadline=None)
settings.load_profile("core")
