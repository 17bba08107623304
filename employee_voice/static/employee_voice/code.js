// A slip that was scanned brings its code behind the # of the address, which no browser sends. The code is put into
// the field, and taken out of the address, so that no history keeps it.
// What the template gives: <input id="code"> in a form with one button.
const input = document.getElementById("code");
const scanned = location.hash.slice(1);

if (/^[0-9A-Za-z-]{4,40}$/.test(scanned)) {
  history.replaceState(null, "", location.pathname + location.search);
  input.value = scanned;
  for (const link of document.querySelectorAll(".q-languages a")) link.hash = scanned;
  input.form.querySelector("button").focus();
}
