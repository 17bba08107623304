"""Tables from files: CSV and other delimited text, Excel and OpenDocument workbooks.

Every app that takes a file from people stands on this room. It finds encoding, delimiter, sheet and header,
gives the rows one after the other with the number that a spreadsheet shows, and reads dates, numbers and yes
or no a column at a time. It has no table and no rule of a domain. `opening` is where to begin; `opening`,
`choices`, `errors` and `words` know Django, the rest does not.
"""
