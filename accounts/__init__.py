"""Who you are, which organization you are in, and what your role lets you do.

Owns users, organizations, business functions, memberships, invitations, API tokens and the audit
trail. Knows nothing of assessments, feedback or initiatives.
"""
