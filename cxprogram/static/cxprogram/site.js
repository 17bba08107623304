// Small conveniences. Every page works without them.
document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-nav-toggle]");
  if (toggle) {
    const open = document.body.classList.toggle("nav-open");
    toggle.setAttribute("aria-expanded", String(open));
  }
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest(dismiss.dataset.dismiss)?.remove();
});

// A destructive form says what goes before it goes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) return event.preventDefault();
  // A second click on the button sends nothing twice.
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 2000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A form that comes back starts where something has to be mended.
document.querySelector("[aria-invalid=true]:not([type=hidden])")?.focus();

// A select in a filter bar applies itself.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form) form.requestSubmit();
});

// Copies what a field holds; the button shows where the browser can.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).value);
    button.textContent = button.dataset.copied;
  });
});

// "/" goes to the search field of the page, Control+K (on a Mac Command+K) to the one that searches everything.
document.addEventListener("keydown", (event) => {
  const everywhere = document.querySelector("#frame-search");
  const isCommand = event.ctrlKey || event.metaKey;
  let field = null;
  if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") field = everywhere;
  if (event.key === "/" && !isCommand && !/INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) {
    field = document.querySelector("#content input[type=search]") ?? everywhere;
  }
  if (!field) return;
  event.preventDefault();
  if (field === everywhere && !field.checkVisibility()) document.querySelector("[data-nav-toggle]")?.click();
  field.focus();
  field.select();
});

// Toasts of success leave by themselves; errors stay until dismissed.
const leave = (toast) => {
  if (toast.dataset.level !== "error") window.setTimeout(() => toast.remove(), 8000);
};
document.querySelectorAll(".toast-line").forEach(leave);
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll(".toast-line").forEach(leave));

// Server refusals of fragments (401, 409, 422) are shown, not swallowed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([401, 409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// On a phone a table becomes cards: each cell is told the head of its column, which the style then shows.
// A matrix (class table-scroll) and a table without heads stay tables that scroll.
const becomeCards = (root) => {
  root.querySelectorAll(".table-wrap > table:not(.table-scroll, .table-cards)").forEach((table) => {
    const heads = [...table.querySelectorAll(":scope > thead > tr:last-child > th")];
    if (heads.length < 3 || heads.some((head) => head.colSpan > 1)) return;
    const labels = heads.map((head) => head.textContent.trim());
    table.querySelectorAll(":scope > tbody > tr").forEach((row) => {
      [...row.cells].forEach((cell, at) => {
        if (cell.colSpan === 1) cell.dataset.label = at ? labels[at] : "";
      });
    });
    table.classList.add("table-cards");
  });
};
becomeCards(document);
document.addEventListener("htmx:afterSettle", (event) => becomeCards(event.target));
