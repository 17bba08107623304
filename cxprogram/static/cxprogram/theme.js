// Before anything is painted: light or dark as the person chose, or as the device says.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wish = root.dataset.theme || "auto";
    root.setAttribute("data-bs-theme", wish === "auto" ? (dark.matches ? "dark" : "light") : wish);
  };
  root.classList.remove("no-script");
  dark.addEventListener("change", apply);
  apply();
})();
