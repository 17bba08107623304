// The drawing libraries are heavy; only a page with a chart asks for them, once.
(() => {
  const sources = JSON.parse(document.currentScript.dataset.sources);
  let asked = false;
  const ask = () => {
    if (asked || !document.querySelector("[data-chart]")) return;
    asked = true;
    sources.forEach((source) => {
      const script = document.createElement("script");
      script.src = source;
      script.async = false; // in this order
      document.head.append(script);
    });
  };
  document.addEventListener("DOMContentLoaded", ask);
  document.addEventListener("htmx:load", ask);
})();
