// A shared screen: forgets everything 60 seconds after the last touch or key, and warns 15 seconds before.
// What the template gives: [data-kiosk] with data-kiosk-url (the page that asks for a code); in it, hidden,
// [data-kiosk-warning] with role="alert" and [data-kiosk-seconds] for the seconds left.
const FORGETS_AFTER = 60;
const WARNS_AFTER = 45;
const kiosk = document.querySelector("[data-kiosk]");
const warning = kiosk.querySelector("[data-kiosk-warning]");
let last = Date.now();

const forget = () => {
  sessionStorage.clear();
  for (const form of document.forms) form.reset();
  // Replaced, so that the back button finds no page with answers
  location.replace(kiosk.dataset.kioskUrl);
};

const stay = () => {
  last = Date.now();
  warning.hidden = true;
};

const tick = () => {
  // By the clock: the timers of a sleeping screen stand still
  const left = FORGETS_AFTER - Math.floor((Date.now() - last) / 1000);
  if (left <= 0) {
    last = Date.now(); // once, while the next page loads
    forget();
  } else if (left <= FORGETS_AFTER - WARNS_AFTER) {
    kiosk.querySelector("[data-kiosk-seconds]").textContent = String(left);
    warning.hidden = false;
  }
};

for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) document.addEventListener(kind, stay);
window.addEventListener("pageshow", (event) => event.persisted && forget()); // brought back as it was left
setInterval(tick, 1000);
