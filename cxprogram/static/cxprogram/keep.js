// Asks before what was typed or chosen is lost. Watched is every posting form; `data-keep="off"` leaves one out (it
// saves by itself, or saves nothing). Filters and searches are no posting forms. A form is unsaved when a field differs from what the
// server sent, or when the server sent it back because of an error. Sending the form is not leaving it.
(() => {
  const question = document.currentScript.dataset.question;
  const WATCHED = 'form[method="post"]:not([data-keep="off"])';
  const sent = new WeakSet();

  const isChanged = (field) => {
    // A browser fills in passwords by itself, which nobody has typed
    if (field.disabled || ["hidden", "submit", "button", "password"].includes(field.type)) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "file") return field.files.length > 0;
    if (field.tagName === "SELECT") {
      const options = [...field.options];
      // A select without a marked option starts on its first one
      const first = options.some((option) => option.defaultSelected) || field.multiple ? -1 : 0;
      return options.some((option, place) => option.selected !== (option.defaultSelected || place === first));
    }
    return field.value !== undefined && field.value !== field.defaultValue;
  };
  const isUnsaved = (form) => {
    if (sent.has(form)) return false;
    if (form.querySelector('[aria-invalid="true"], .form-alert, .form-error')) return true;
    return [...form.elements].some(isChanged);
  };
  const unsaved = (within = document) => [...within.querySelectorAll(WATCHED)].filter(isUnsaved);

  document.addEventListener("submit", (event) => {
    // Another script may still refuse it; what is sent counts only once nobody has
    window.setTimeout(() => {
      if (!event.defaultPrevented) sent.add(event.target);
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form));
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved().length) event.preventDefault();
  });
  // A fragment that would replace a form with typed text asks as well, unless it is the answer to that form
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    const own = event.detail.elt && event.detail.elt.closest("form");
    if (!target || event.detail.shouldSwap === false) return;
    const lost = unsaved(target).filter((form) => form !== own);
    if (lost.length && !window.confirm(question)) event.detail.shouldSwap = false;
  });
})();
