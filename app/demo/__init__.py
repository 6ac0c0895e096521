"""The demonstration: a server of its own, a meeting, and a simulated room that talks to it."""
