"""The JSON API, described by `/openapi.json`: getting in, meetings, capabilities, commands, reports."""
