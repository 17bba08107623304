"""Questionnaires: what is asked, as versioned content, and the one way it is shown and answered.

Customer surveys, employee surveys and assessments stand on this room. It owns questions, scales, skip rules,
translations, the reading of content files, and the form that works on phone and desk without JavaScript. It
has no table: whoever asks keeps the answers. `wording`, `content`, `answering`, `paging`, `versions` and
`phrases` know no Django.
"""
