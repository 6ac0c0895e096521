"""Not there, as in an installation: only a tool of development brings it, and it takes 2 s to import."""

raise ImportError(__doc__)
