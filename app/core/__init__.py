"""The meeting itself, pure: commands in, events out, state folded from events.

Knows no clock, no dice, no files, no network and no third party. What it is
told about the world comes in as data (`given.Given`).
"""
