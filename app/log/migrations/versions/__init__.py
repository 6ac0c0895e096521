"""One file a version of the tables, in the order that each names (`down_revision`)."""
