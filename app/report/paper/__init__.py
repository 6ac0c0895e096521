"""The report on paper: a `Report` and a language in, blocks of text, tables and charts out. Pure.

`blocks` is the form, `pen` writes texts into it, each other module one part of the report, and
`whole` puts them in the order of the report. What it looks like is in templates/report/report.typ.
"""
