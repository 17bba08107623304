"""Words and figures as readers read them, for every room: formats, units, intervals, refusals, joined text.

Sentences about the objects of one app stay in that app. What is written here is about nobody's object: how a
reader writes dates and numbers, what a size is called with its unit, how a range reads, why one is missing.
"""
