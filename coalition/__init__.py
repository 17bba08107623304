"""The leadership coalition: seats, initiatives, evaluation plans, votes and decisions.

Makes no causal claim: what an initiative did is said in `impact`.
"""
