// The editor on the map itself: cells are written in place and saved by themselves, steps move by keys and buttons.
// Everything here is also a form of its own (stages, steps and lanes; a page for each step).
(() => {
  let map = document.querySelector("[data-map]");
  if (!map || !map.dataset.changeUrl) return;
  const words = { ...map.dataset };
  const token = JSON.parse(document.body.dataset.hxHeaders)["X-CSRFToken"];
  const PAUSE = 2000; // milliseconds without a key before what was typed is saved
  let version = map.dataset.version;
  let current = null; // data-at of the cell that has the focus
  let open = null; // the cell that is being written in
  let isStale = false; // the order has changed since the map was drawn
  let line = Promise.resolve(); // one change after the other, so that each knows the version before it
  let waiting = 0;

  // --- what is said ----------------------------------------------------------------------------
  const say = (text, state = "") => {
    const note = map.querySelector(".map-note");
    note.textContent = text;
    note.dataset.state = state;
  };

  // --- sending -----------------------------------------------------------------------------------
  const post = async (told) => {
    const body = new FormData();
    Object.entries(told).forEach(([name, value]) => body.append(name, value));
    if (!("seen" in told)) body.append("seen", version);
    const answer = await fetch(words.changeUrl, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token }, credentials: "same-origin",
    }).catch(() => {
      throw { code: "other", message: words.failed };
    });
    if (answer.redirected || answer.status === 403) throw { code: "signed_out", message: words.signedOut };
    if (answer.status === 404) throw { code: "gone", message: words.gone };
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw { code: "other", message: words.failed };
    const said = await answer.json();
    if (!answer.ok) throw said;
    version = String(said.version);
    const able = (name) => {
      const button = map.querySelector(`[data-act="${name}"]`);
      button.disabled = !said[name];
      button.title = said[name];
    };
    able("undo");
    able("redo");
    return said;
  };
  const change = (told) => {
    waiting += 1;
    say(words.saving);
    const result = line.then(() => post(told));
    line = result.catch(() => {}).finally(() => (waiting -= 1));
    return result.then(
      (said) => (say(words.saved), said),
      (error) => {
        say(error.message || words.failed, "failed");
        throw error;
      },
    );
  };

  // --- the grid as places ------------------------------------------------------------------------
  // Read once for each drawing: a map of 200 steps has 3,000 cells, and a key press has one frame.
  let drawn = { of: null };
  const grid = () => {
    if (drawn.of !== map) {
      const rows = [...map.querySelectorAll(".map-grid tr")].map((row) =>
        [...row.cells].flatMap((cell) => Array(cell.colSpan).fill(cell)),
      );
      const all = [...map.querySelectorAll(".map-grid [data-at]")];
      const places = new Map();
      rows.forEach((row, y) => row.forEach((cell, x) => places.has(cell) || places.set(cell, [y, x])));
      drawn = { of: map, rows, all, places, named: new Map(all.map((cell) => [cell.dataset.at, cell])), entry: null };
    }
    return drawn;
  };
  const cells = () => grid().all;
  const at = (name) => grid().named.get(name);
  const matrix = () => grid().rows;
  const enter = (cell) => {
    const one = grid();
    if (one.entry) one.entry.tabIndex = -1;
    one.entry = cell;
    cell.tabIndex = 0;
  };
  const focus = (cell) => {
    if (!cell) return;
    enter(cell);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    current = cell.dataset.at;
  };
  const go = (cell, down, right) => {
    const rows = matrix();
    const [row, column] = grid().places.get(cell);
    let [y, x] = [row + down, column + right];
    while (rows[y] && rows[y][x] && (rows[y][x] === cell || !rows[y][x].dataset.at)) [y, x] = [y + down, x + right];
    if (rows[y] && rows[y][x]) focus(rows[y][x]);
  };
  const ready = () => {
    const table = map.querySelector(".map-grid");
    table.setAttribute("role", "grid");
    map.querySelector(".map-tools").hidden = false;
    map.querySelector(".map-scroll").tabIndex = -1;
    cells().forEach((cell) => (cell.tabIndex = -1));
    const first = (current && at(current)) || cells().find((cell) => cell.dataset.step) || cells()[0];
    if (first) enter(first);
  };
  const redraw = async () => {
    const scroll = map.querySelector(".map-scroll");
    const [left, top] = [scroll.scrollLeft, scroll.scrollTop];
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    if (!answer.ok) return say(words.gone, "failed");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-map]");
    if (open) {
      isStale = true; // somebody began to write meanwhile: the text stays, and the map is drawn after it
      return undefined;
    }
    isStale = false;
    const note = map.querySelector(".map-note").textContent;
    const had = map.contains(document.activeElement) && current;
    map.replaceWith(fresh);
    map = fresh;
    window.htmx?.process(map);
    version = map.dataset.version;
    const chart = page.querySelector(".lead-sentence");
    if (chart) document.querySelector(".lead-sentence").textContent = chart.textContent;
    ready();
    say(note);
    map.querySelector(".map-scroll").scrollTo(left, top);
    if (had) focus(at(current));
    return undefined;
  };
  // A change of the order: the map is drawn again, and what is new is named at once.
  const rebuild = async (told, names = false) => {
    const before = new Set(cells().map((cell) => cell.dataset.at));
    try {
      await change(told);
    } catch {
      return;
    }
    await redraw();
    const fresh = cells().find((cell) => /^(step|stage)\./.test(cell.dataset.at) && !before.has(cell.dataset.at));
    if (open) return;
    focus(fresh || at(current) || cells()[0]);
    if (fresh && names) write(fresh, fresh.dataset.text, true);
  };

  // --- writing in a cell ---------------------------------------------------------------------------
  const operation = (cell, text) => {
    const { at: place, step, stage, lane, column } = cell.dataset;
    if (place.startsWith("cell.")) return { do: "set_cell", column, lane, text };
    if (place.startsWith("step.")) return { do: "set_step", step, name: text };
    if (place.startsWith("stage.")) return { do: "rename_stage", stage, name: text };
    if (place.startsWith("lane.")) return { do: "rename_lane", lane, name: text };
    if (place.startsWith("emotion.")) return { do: "set_step", step, emotion: text.replace("−", "-").replace("+", "").trim() };
    return null;
  };
  const isWritable = (cell) => /^(cell|step|stage|lane|emotion)\./.test(cell.dataset.at);
  const show = (cell, text) => {
    cell.dataset.text = text;
    if (cell.dataset.at.startsWith("step.")) {
      cell.innerHTML = cell.dataset.number;
      cell.append(` ${text}`);
    } else {
      cell.textContent = "";
      text.split("\n").forEach((part, place) => {
        if (place) cell.append(document.createElement("br"));
        cell.append(part);
      });
    }
  };
  const write = (cell, text, isWhole = false) => {
    if (open || !isWritable(cell)) return;
    const before = { html: cell.innerHTML, text: cell.dataset.text };
    cell.dataset.number = cell.querySelector(".map-number") ? cell.querySelector(".map-number").outerHTML : "";
    const field = document.createElement("textarea");
    field.className = "map-input";
    field.value = text;
    field.maxLength = cell.dataset.at.startsWith("cell.") ? 2000 : 120;
    field.setAttribute("aria-label", cell.getAttribute("aria-label") || labelOf(cell));
    if (cell.dataset.at.startsWith("emotion.")) field.placeholder = words.emotions;
    cell.textContent = "";
    cell.classList.add("is-edited");
    cell.append(field);
    field.focus();
    if (isWhole) field.select();
    else field.setSelectionRange(text.length, text.length);
    open = { cell, field, before, saved: before.text, timer: 0, shown: false };
    field.addEventListener("input", () => {
      window.clearTimeout(open.timer);
      if (cell.dataset.at.startsWith("cell.")) open.timer = window.setTimeout(() => save(open), PAUSE);
    });
    field.addEventListener("blur", () => {
      // A click on one of the buttons below the text is no leaving
      window.setTimeout(() => {
        if (open && open.field === field && !cell.contains(document.activeElement)) finish();
      });
    });
  };
  const labelOf = (cell) => {
    const rows = matrix();
    const [row, column] = grid().places.get(cell);
    const step = rows[1][column];
    return `${rows[row][0].textContent.trim()}: ${step ? step.textContent.trim() : ""}`;
  };
  const save = async (edited, more = {}) => {
    window.clearTimeout(edited.timer);
    const text = edited.field.value;
    if (text === edited.saved && !("seen" in more)) return true;
    try {
      await change({ ...operation(edited.cell, text), ...more });
      edited.saved = text;
      edited.cell.querySelector(".map-problem")?.remove();
      return true;
    } catch (error) {
      problem(edited, error);
      return false;
    }
  };
  const problem = (edited, error) => {
    if (!edited.cell.contains(edited.field)) return;
    edited.cell.querySelector(".map-problem")?.remove();
    const box = document.createElement("div");
    box.className = "map-problem";
    box.setAttribute("role", "alert");
    box.append(error.message || words.failed);
    edited.failed = !error.code || error.code === "other";
    if (error.code === "edit_conflict") {
      const button = (label, act) => {
        const one = document.createElement("button");
        one.type = "button";
        one.className = "btn btn-sm btn-secondary-line";
        one.textContent = label;
        one.addEventListener("click", act);
        box.append(document.createElement("br"), one);
      };
      button(words.replace, async () => {
        if (await save(edited, { seen: error.version })) close(edited.field.value);
      });
      button(words.leave, async () => {
        close(edited.before.text);
        await redraw();
      });
    }
    edited.cell.append(box);
  };
  const close = (text) => {
    if (!open) return;
    const { cell, before } = open;
    window.clearTimeout(open.timer);
    open = null;
    cell.classList.remove("is-edited");
    if (text === before.text) cell.innerHTML = before.html;
    else show(cell, text);
    if (isStale || (cell.dataset.at.startsWith("emotion.") && text !== before.text)) redraw().then(() => focus(at(current)));
  };
  const finish = async () => {
    const edited = open;
    if (!edited) return;
    const text = edited.field.value.trim();
    if (await save(edited)) if (open === edited) close(text);
  };
  window.addEventListener("online", () => {
    if (open && open.failed) save(open);
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting || (open && open.field.value !== open.saved)) event.preventDefault();
  });

  // --- keys ----------------------------------------------------------------------------------------
  const stepOf = (cell) => (cell ? cell.dataset.step || (cell.dataset.column || "").replace(/^s.*/, "") : "");
  const stageOf = (cell) => {
    if (!cell) return "";
    if (cell.dataset.stage) return cell.dataset.stage;
    const step = map.querySelector(`.map-step[data-step="${cell.dataset.column}"]`);
    return step ? step.dataset.stage : cell.dataset.column || "";
  };
  const lastStage = () => [...map.querySelectorAll(".map-stage")].pop().dataset.stage;
  const acts = {
    add_step: (cell) => {
      const told = { do: "add_step", stage: stageOf(cell) || lastStage(), name: words.newStep };
      if (stepOf(cell)) told.after = stepOf(cell);
      return rebuild(told, true);
    },
    add_stage: (cell) => rebuild({ do: "add_stage", name: words.newStage, after: stageOf(cell) || lastStage() }, true),
    left: (cell) => stepOf(cell) && rebuild({ do: "move_step", step: stepOf(cell), by: -1 }),
    right: (cell) => stepOf(cell) && rebuild({ do: "move_step", step: stepOf(cell), by: 1 }),
    copy_step: (cell) => stepOf(cell) && rebuild({ do: "copy_step", step: stepOf(cell) }, true),
    split_step: (cell) => stepOf(cell) && rebuild({ do: "split_step", step: stepOf(cell), name: words.newStep }, true),
    remove_step: (cell) => {
      if (!stepOf(cell) || !window.confirm(words.sure)) return;
      const rows = matrix()[1];
      const place = rows.findIndex((one) => one.dataset.step === stepOf(cell));
      const next = rows[place + 1] || rows[place - 1];
      current = next && next.dataset.at ? next.dataset.at : current;
      rebuild({ do: "remove_step", step: stepOf(cell) });
    },
    undo: () => rebuild({ do: "undo" }),
    redo: () => rebuild({ do: "redo" }),
  };
  const moveBy = (cell, by, isAcross) => {
    if (isAcross && cell.dataset.at.startsWith("stage.")) return rebuild({ do: "move_stage", stage: cell.dataset.stage, by });
    if (isAcross && stepOf(cell)) return rebuild({ do: "move_step", step: stepOf(cell), by });
    if (!isAcross && cell.dataset.lane) return rebuild({ do: "move_lane", lane: cell.dataset.lane, by });
    return undefined;
  };
  const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  document.addEventListener("keydown", async (event) => {
    const cell = event.target.closest && event.target.closest(".map-grid [data-at]");
    if (!cell) return;
    const control = event.ctrlKey || event.metaKey;
    if (open && open.field === event.target) {
      if (event.key === "Escape") {
        close(open.saved);
        focus(cell);
      } else if ((event.key === "Enter" && !event.shiftKey && !event.altKey) || event.key === "Tab") {
        event.preventDefault();
        const back = event.shiftKey;
        const isTab = event.key === "Tab";
        await finish();
        if (!open) {
          focus(at(current));
          if (isTab) go(at(current), 0, back ? -1 : 1);
        }
      }
      return;
    }
    if (event.target !== cell) return; // a link in the cell has its own keys
    const arrow = ARROWS[event.key];
    if (arrow && event.altKey) {
      event.preventDefault();
      moveBy(cell, arrow[0] + arrow[1], arrow[1] !== 0);
    } else if (arrow && !control && !event.shiftKey) {
      event.preventDefault();
      go(cell, ...arrow);
    } else if (event.key === "Insert" || (event.key === "Enter" && event.altKey)) {
      event.preventDefault();
      acts.add_step(cell);
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      if (isWritable(cell)) write(cell, cell.dataset.text);
      else cell.querySelector("a")?.focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      if (cell.dataset.at.startsWith("step.")) acts.remove_step(cell);
      else if (/^(cell|emotion)\./.test(cell.dataset.at) && cell.dataset.text) {
        try {
          await change(operation(cell, ""));
          show(cell, "");
        } catch {
          // said beside the tools
        }
      }
    } else if (control && event.key.toLowerCase() === "z") {
      event.preventDefault();
      (event.shiftKey ? acts.redo : acts.undo)();
    } else if (control && event.key.toLowerCase() === "y") {
      event.preventDefault();
      acts.redo();
    } else if (event.key.length === 1 && !control && !event.altKey && isWritable(cell)) {
      event.preventDefault();
      write(cell, event.key);
    }
  });
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest && event.target.closest(".map-grid [data-at]");
    if (cell) current = cell.dataset.at;
  });
  let pressed = null; // the cell that had the focus before the mouse came down on it
  document.addEventListener("mousedown", (event) => {
    const cell = event.target.closest(".map-grid [data-at]");
    pressed = cell && document.activeElement === cell ? cell : null;
  });
  document.addEventListener("dblclick", (event) => {
    const cell = event.target.closest(".map-grid [data-at]");
    if (cell && !open) write(cell, cell.dataset.text || "");
  });
  document.addEventListener("click", async (event) => {
    const act = event.target.closest("[data-act]");
    if (act && map.contains(act)) {
      await finish();
      if (!open) acts[act.dataset.act](current ? at(current) : null);
      return;
    }
    const cell = event.target.closest(".map-grid [data-at]");
    if (!cell || event.target.closest("a, textarea, button")) return;
    if (open && open.cell !== cell) await finish();
    if (open) return;
    const isSecond = pressed === cell;
    focus(cell);
    if (isWritable(cell) && (isSecond || cell.dataset.at.startsWith("cell."))) write(cell, cell.dataset.text || "");
  });
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest && event.target.closest(".map-grid [data-at]");
    if (!cell || (open && open.field === event.target && !/\t/.test(event.clipboardData.getData("text/plain")))) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!text || !cell.dataset.at.startsWith("cell.")) return;
    event.preventDefault();
    if (open) close(open.saved);
    const { column, lane } = cell.dataset;
    rebuild({ do: "paste", column, lane, rows: text });
  });
  document.addEventListener("copy", (event) => {
    const cell = document.activeElement && document.activeElement.closest(".map-grid [data-at]");
    if (!cell || cell !== document.activeElement || String(window.getSelection())) return;
    event.clipboardData.setData("text/plain", cell.dataset.text || "");
    event.preventDefault();
  });

  ready();
})();
