"""The least that the respondents' scripts need of a page; the real templates give the same attributes."""

QUESTIONS = """
<section data-step><h2>First</h2>
  <fieldset data-question="q1" data-required><legend>One</legend>
    <p data-missing hidden>Please answer.</p>
    <label><input type="radio" name="q1" value="1">low</label>
    <label><input type="radio" name="q1" value="5">high</label></fieldset>
  <fieldset data-question="q2"><legend>Two</legend>
    <label><input type="checkbox" name="q2" value="a">a</label>
    <label><input type="checkbox" name="q2" value="b">b</label></fieldset>
  <button type="button" data-next>Next 1</button></section>
<section data-step><h2>Second</h2>
  <div data-question="why" data-show-when='[{"question": "q1", "below": 3}]'>
    <label>Why <textarea name="why"></textarea></label></div>
  <button type="button" data-back>Back 2</button> <button type="button" data-next>Next 2</button></section>
<section data-step><h2>Third</h2>
  <fieldset data-question="q3"><legend>Three</legend>
    <label><input type="radio" name="q3" value="1">never</label>
    <label><input type="radio" name="q3" value="5">always</label></fieldset>
  <button type="button" data-back>Back 3</button> <button>Send</button></section>
"""

ANSWERING = f"""<!doctype html><meta charset="utf-8"><title>Survey</title><link rel="icon" href="data:,">
<main data-answering data-wave="w7Kq2" data-keys-url="/e/w7Kq2/keys" data-sign-url="/e/w7Kq2/sign"
  data-answer-url="/e/w7Kq2/answer" data-done-url="/e/w7Kq2/done/"
  data-fast-seconds="30" data-straight-names="q1 q3" data-straight-least="2" data-bytes="3000"
  data-words-no-link="Take the link." data-words-wrong-keys="Do not answer here."
  data-words-wrong-signature="The signature is wrong." data-words-already-given="Used already."
  data-words-already-counted="Counted already."
  data-words-offline="No connection." data-words-unknown="Unknown.">
  <section data-stage="unable">Printed slips lie at the reception.</section>
  <section data-stage="start" hidden><button type="button" data-begin>Begin</button></section>
  <section data-stage="working" hidden>One moment.</section>
  <section data-stage="answers" hidden><form novalidate>{QUESTIONS}</form></section>
  <section data-stage="again" hidden><button type="button" data-again>Try again</button></section>
  <section data-stage="stopped" hidden>Stopped.</section>
  <p data-said role="status"></p>
</main><script type="module" src="/static/employee_voice/answering.js"></script>"""

SLIP = f"""<!doctype html><meta charset="utf-8"><title>Slip</title><link rel="icon" href="data:,">
<main><nav><button name="switch" value="1" form="slip" formaction="/e/w7Kq2/other/">Other</button></nav>
<div role="alert" tabindex="-1" data-slip-stopped hidden><p data-slip-said></p>
<button type="button" data-slip-again>Send again</button></div>
<p role="status" data-slip-working hidden>Moment.</p>
<form id="slip" data-slip method="post" action="/e/w7Kq2/done/" novalidate data-wave="w7Kq2" data-group="2"
  data-answer-url="/e/w7Kq2/slip-answer" data-done-url="/e/w7Kq2/done/" data-words-offline="No connection."
  data-words-slip-unknown="Used." data-words-unknown="Unknown." data-sealing="SEALING" data-fast-seconds="0">
  <input type="hidden" name="code" value="K7RT2PWMX4">{QUESTIONS}</form></main>
<script type="module" src="/static/employee_voice/slip.js"></script>"""

KIOSK = """<!doctype html><meta charset="utf-8"><title>Kiosk</title><link rel="icon" href="data:,">
<main data-kiosk data-kiosk-url="/e/w7Kq2/done/"><form><input name="code" aria-label="Code"></form>
<p data-kiosk-warning role="alert" hidden>Forgotten in <span data-kiosk-seconds></span> seconds.</p></main>
<script type="module" src="/static/employee_voice/kiosk.js"></script>"""

PAGES = {
    "i": ANSWERING,
    "s": SLIP,
    "other": SLIP.replace("<h2>First", "<h2>Erstens").replace("<title>Slip", "<title>Zettel"),
    "kiosk": KIOSK,
    "done": '<!doctype html><title>Done</title><link rel="icon" href="data:,"><p>Thank you.</p>',
    "blank": '<!doctype html><title>Blank</title><link rel="icon" href="data:,">',
}
