// Answering: says what becomes of each answer while it is saved by itself, tries again when the network is back,
// lets nobody lose what was typed last, and leads from question to question on the keyboard.
(() => {
  const ALL = "fieldset[data-autosave]";
  const form = document.getElementById("answers");
  const typed = new Set(); // fieldsets whose last keystroke has not reached the server
  const noteOf = (fieldset) => fieldset && fieldset.querySelector(".saved");
  const fieldsetOf = (event) => event.target.closest && event.target.closest(ALL);
  const say = (fieldset, state, text) => {
    const note = noteOf(fieldset);
    if (!note) return;
    note.dataset.state = state;
    if (text) note.textContent = text;
  };

  // --- saving ---------------------------------------------------------------------------------
  document.addEventListener("input", (event) => {
    const fieldset = fieldsetOf(event);
    if (fieldset) typed.add(fieldset);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const fieldset = fieldsetOf(event);
    if (!fieldset) return;
    typed.delete(fieldset); // typing during the request adds it again
    fieldset.dataset.underway = "yes";
    say(fieldset, "saving", fieldset.dataset.saving);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const fieldset = fieldsetOf(event);
    if (!fieldset) return;
    delete fieldset.dataset.underway;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful) return say(fieldset, "saved", "");
    typed.add(fieldset);
    if (status === 422) say(fieldset, "refused", "");
    else say(fieldset, "failed", fieldset.dataset.failed);
  });
  window.addEventListener("online", () => {
    document.querySelectorAll(`${ALL}:has(.saved[data-state="failed"])`).forEach((fieldset) => {
      fieldset.dispatchEvent(new Event("change"));
    });
  });

  // --- leaving: what is on its way is sent once more; what could not be kept asks ---------------
  let sending = false;
  if (form) form.addEventListener("submit", () => (sending = true));
  window.addEventListener("pageshow", () => (sending = false));
  window.addEventListener("beforeunload", (event) => {
    const lost = document.querySelector(`${ALL}:has(.saved[data-state="failed"], .saved[data-state="refused"])`);
    if (lost && !sending) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    if (sending || !form) return;
    document.querySelectorAll(ALL).forEach((fieldset) => {
      if (!typed.has(fieldset) && !fieldset.dataset.underway) return;
      const values = new FormData();
      values.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      fieldset.querySelectorAll("input, textarea").forEach((field) => {
        if (field.type !== "radio" || field.checked) values.set(field.name, field.value);
      });
      navigator.sendBeacon(fieldset.getAttribute("hx-post"), values);
    });
  });

  // --- the keyboard: Enter chooses a level and goes to the next question, never past an open one --
  const choices = (fieldset) => [...fieldset.querySelectorAll(".level-cards input[type=radio]")];
  const isOpen = (fieldset) => !choices(fieldset).some((choice) => choice.checked);
  const goTo = (fieldset) => {
    const all = choices(fieldset);
    (all.find((choice) => choice.checked) || all[0]).focus();
    fieldset.scrollIntoView({ block: "nearest" });
  };
  if (form) {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.type !== "radio") return;
      event.preventDefault(); // a form sends itself on Enter
      if (!event.target.checked) event.target.click();
      if (!event.target.closest(".level-cards")) return;
      const all = [...form.querySelectorAll(ALL)];
      const place = all.indexOf(event.target.closest(ALL));
      const next = all[place + 1] || all.find(isOpen);
      if (next) goTo(next);
      else form.querySelector(".answer-foot .btn-primary").focus();
    });
  }
})();
