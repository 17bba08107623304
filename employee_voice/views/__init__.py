"""Pages for setting up (`surveys`, `waves`, `people`) and pages of respondents (`answering`)."""
