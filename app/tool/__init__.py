"""What the command line needs beside its verbs: terminal, sentences for faults, papers from a data folder."""
