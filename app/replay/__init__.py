"""A recorded consultation, played through the public sockets of a running server and compared in every cell.

The record is Polis's: one file of ideas, one matrix of who rated which idea how. `record` reads it,
`play` plays it; nothing of it is needed or contained here.
"""
