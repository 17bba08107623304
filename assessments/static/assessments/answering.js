// Says what becomes of each answer while it is saved by itself, and tries again when the network is back.
(() => {
  const noteOf = (fieldset) => fieldset && fieldset.querySelector(".saved");
  const fieldsetOf = (event) => event.target.closest && event.target.closest("fieldset[data-autosave]");
  const say = (fieldset, state, text) => {
    const note = noteOf(fieldset);
    if (!note) return;
    note.dataset.state = state;
    if (text) note.textContent = text;
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const fieldset = fieldsetOf(event);
    if (fieldset) say(fieldset, "saving", fieldset.dataset.saving);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const fieldset = fieldsetOf(event);
    if (!fieldset) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful || status === 422) say(fieldset, "saved", "");
    else say(fieldset, "failed", fieldset.dataset.failed);
  });
  window.addEventListener("online", () => {
    document.querySelectorAll('fieldset[data-autosave]:has(.saved[data-state="failed"])').forEach((fieldset) => {
      fieldset.dispatchEvent(new Event("change"));
    });
  });
})();
