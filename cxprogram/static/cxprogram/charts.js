// Draws every <figure data-chart> from the specification beside it (templates/components/chart.html).
// No eval: expressions run in Vega's interpreter. Without this file the reader has the table.
(() => {
  "use strict";

  if (window.cxprogramCharts) return; // loaded twice in one page
  window.cxprogramCharts = true;

  const root = document.documentElement;
  const drawn = new Map(); // figure -> {view, width, theme, turn}

  const payloadOf = (figure) => {
    const source = figure.querySelector('script[type="application/json"]');
    return source ? JSON.parse(source.textContent) : null;
  };

  const theme = () => (root.getAttribute("data-bs-theme") === "dark" ? "dark" : "light");

  // The same rule as cxcharts.render.fitted: one specification, made for a width in pixels.
  const fitted = (spec, width) => {
    const result = structuredClone(spec);
    const page = Math.max(Math.floor(width), 120);
    for (const param of result.params || []) if (param.name === "page") param.value = page;
    const meta = (result.usermeta && result.usermeta.cxcharts) || {};
    if (result.width === "container") result.width = page;
    if (meta.heights) result.height = meta.heights[page < meta.narrow ? 1 : 0];
    if (meta.panels) {
      const { columns, smallest, gap, outside } = meta.panels;
      const room = page - outside;
      const fits = Math.floor((room + gap) / (smallest + gap));
      const count = Math.max(1, Math.min(columns, fits, result.concat.length));
      result.columns = count;
      const inner = Math.max(60, Math.floor((room - gap * (count - 1)) / count));
      for (const panel of result.concat) panel.width = inner;
    }
    return result;
  };

  const withoutHover = (spec) => {
    if (Array.isArray(spec)) return spec.map(withoutHover);
    if (!spec || typeof spec !== "object") return spec;
    const copy = {};
    for (const [key, value] of Object.entries(spec)) {
      if (key === "tooltip") continue;
      const kept =
        key === "layer" ? value.filter((layer) => !String(layer.name || "").startsWith("hover_")) : value;
      copy[key] = withoutHover(kept);
    }
    return copy;
  };

  const embed = (target, payload, spec, look, tooltip) =>
    window.vegaEmbed(target, spec, {
      mode: "vega-lite",
      ast: true,
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      tooltip,
      config: payload.config[look],
      formatLocale: payload.formatLocale,
      timeFormatLocale: payload.timeFormatLocale,
    });

  const forget = (figure) => {
    const state = drawn.get(figure);
    if (state && state.view) state.view.finalize();
    drawn.delete(figure);
  };

  const draw = async (figure, force) => {
    const target = figure.querySelector("[data-chart-drawing]");
    if (!target || !window.vegaEmbed) return;
    const width = target.clientWidth || figure.clientWidth;
    if (!width) return; // in a closed tab or drawer: the resize observer calls again
    const look = theme();
    const before = drawn.get(figure);
    if (before && !force && before.look === look && Math.abs(before.width - width) < 2) return;
    const turn = (before ? before.turn : 0) + 1;
    drawn.set(figure, { view: before && before.view, width, look, turn });
    try {
      const payload = payloadOf(figure);
      if (!payload) return;
      if (document.fonts && document.fonts.ready) await document.fonts.ready;
      const holder = document.createElement("div");
      const result = await embed(holder, payload, fitted(payload.spec, width), look, {
        disableDefaultStyle: true,
        id: "chart-tooltip",
      });
      const now = drawn.get(figure);
      if (!now || now.turn !== turn) {
        result.view.finalize();
        return;
      }
      if (now.view) now.view.finalize();
      target.replaceChildren(holder);
      drawn.set(figure, { view: result.view, width, look, turn });
      target.setAttribute("role", "img"); // named as a whole; its marks are not read one by one
      holder.setAttribute("aria-hidden", "true");
      target.setAttribute("aria-label", figure.dataset.alternative || "");
      figure.dataset.state = "drawn";
      const menu = figure.querySelector("[data-chart-menu]");
      if (menu) menu.hidden = false;
    } catch (error) {
      figure.dataset.state = "failed";
      console.error("The chart could not be drawn; its table is shown.", error);
    }
  };

  const saveAs = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const fileName = (figure, ending) => {
    const words = (figure.dataset.title || figure.id || "chart").replace(/[\\/:*?"<>|.\s]+/g, "-");
    return `${words.replace(/^-+|-+$/g, "").slice(0, 80) || "chart"}.${ending}`;
  };

  // A picture that stands alone: title inside, on light paper, whatever the page looks like.
  const picture = async (figure) => {
    const payload = payloadOf(figure);
    const spec = withoutHover(fitted(payload.spec, 800));
    spec.title = payload.title;
    spec.background = payload.paper.light;
    spec.padding = 16;
    const result = await embed(document.createElement("div"), payload, spec, "light", false);
    return result.view;
  };

  const actions = {
    async png(figure) {
      const view = await picture(figure);
      const canvas = await view.toCanvas(2);
      canvas.toBlob((blob) => saveAs(blob, fileName(figure, "png")), "image/png");
      view.finalize();
    },
    async svg(figure) {
      const view = await picture(figure);
      const text = await view.toSVG();
      saveAs(new Blob([text], { type: "image/svg+xml;charset=utf-8" }), fileName(figure, "svg"));
      view.finalize();
    },
    async csv(figure) {
      const text = payloadOf(figure).csv;
      saveAs(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }), fileName(figure, "csv"));
    },
    async table(figure, button) {
      const shown = figure.dataset.view !== "table";
      figure.dataset.view = shown ? "table" : "chart";
      button.setAttribute("aria-pressed", String(shown));
      button.textContent = shown ? button.dataset.labelChart : button.dataset.labelTable;
      if (!shown) draw(figure, false);
    },
  };

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("[data-chart-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-chart-action]");
    closeMenus(button ? null : event.target.closest("[data-chart-menu]"));
    if (!button) return;
    const figure = button.closest("[data-chart]");
    const action = actions[button.dataset.chartAction];
    const menu = button.closest("[data-chart-menu]");
    if (menu) menu.querySelector("summary").focus();
    if (figure && action) {
      try {
        await action(figure, button);
      } catch (error) {
        console.error("The chart could not be saved.", error);
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("[data-chart-menu]");
    if (!menu) return;
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!menu.open) menu.open = true;
      const items = [...menu.querySelectorAll("[data-chart-action]")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const at = items.indexOf(document.activeElement);
      items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length].focus();
      event.preventDefault();
    }
  });

  let waiting = 0;
  const redrawAll = () => {
    for (const figure of [...drawn.keys()]) {
      if (figure.isConnected) draw(figure, false);
      else forget(figure);
    }
  };
  const resized = new ResizeObserver((entries) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const entry of entries) draw(entry.target, false);
      redrawAll();
    }, 120);
  });

  const start = (within) => {
    const figures = [...within.querySelectorAll("[data-chart]")];
    if (within.matches && within.matches("[data-chart]")) figures.push(within);
    for (const figure of figures) {
      resized.observe(figure);
      draw(figure, false);
    }
  };

  new MutationObserver(redrawAll).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    const element = event.detail.elt;
    for (const figure of [...drawn.keys()]) {
      if (element === figure || element.contains(figure)) {
        resized.unobserve(figure);
        forget(figure);
      }
    }
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
  else start(document);
})();
