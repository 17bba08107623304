"""What keeps answers unjoinable: blind signatures, sealed answers, key files. No framework, no model.

The other half runs in the browser: static/employee_voice/credential.js and seal.js. What is promised, and
what is not, stands in docs/decisions/0023-unjoinable-answers.md.
"""
