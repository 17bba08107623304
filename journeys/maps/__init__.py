"""Journey maps: stages and steps as columns, lanes as rows, every change a version of its own.

A map's drawing is one document of plain places and values (`content`); what changes it are operations on
that document (`operations`), kept as what each place was before and after. Copy, comparison, versions and
undo follow from that (`docs/decisions/0052-journey-maps.md`). Figures of customers are brought by
`overview`.
"""
