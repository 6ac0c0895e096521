"""What the command line needs beside its verbs: words at the terminal, sentences for faults, papers from a data folder."""
