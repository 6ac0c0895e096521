"""The JSON API, described by `/openapi.json`: getting in, meetings, rights, places, commands, reports."""
