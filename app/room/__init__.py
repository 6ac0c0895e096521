"""A simulated room: tables, seats, theme team and crew as clients of a running server.

Everybody in it comes in as people do, by a code or a link over HTTP, and then speaks the public
WebSocket contract through `app/client.py`. Nobody has a private way in, and nobody knows more than
the channels of their role tell. With the same seed the same people say the same things.
"""
