"""The report: a meeting in, documents out. Knows neither sockets nor where a log lies."""
