"""Maturity self-assessment: frameworks as versioned content, assessments, responses, results.

Respondents are `accounts.Membership`. Knows nothing of feedback, initiatives or money.
"""
