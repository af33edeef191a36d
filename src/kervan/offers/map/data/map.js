"use strict";
(() => {
  const map = document.getElementById("map");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const [left, top, right, bottom] = map.dataset.whole.split(" ").map(Number);
  const gap = Number(map.dataset.gap);
  const MOST_ZOOM = 14;
  const home = map.viewBox.baseVal;
  const fitted = { x: home.x, y: home.y, w: home.width, h: home.height };
  const legs = all(".leg").map((leg) => ({
    points: leg.dataset.points.split(" ").map((p) => p.split(",").map(Number)),
    lanes: leg.dataset.lanes.split(" ").map(Number),
    paths: all("path", leg),
  }));
  const fixed = all(".fixed", map).map((element) => ({
    element,
    x: Number(element.dataset.x),
    y: Number(element.dataset.y),
    dx: Number(element.dataset.dx || 0),
    dy: Number(element.dataset.dy || 0),
    least: Number(element.dataset.least || 0),
  }));
  // Centre of the view in km, and km a px.
  const view = { x: 0, y: 0, unit: 1 };

  // The same as offset_line in geometry.py; change both.
  function moved(points, offsets) {
    const normals = offsets.map((_, i) => {
      const x = points[i + 1][0] - points[i][0];
      const y = points[i + 1][1] - points[i][1];
      const length = Math.hypot(x, y) || 1;
      return [-y / length, x / length];
    });
    const last = normals.length - 1;
    const at = (p, n, by) => [p[0] + n[0] * by, p[1] + n[1] * by];
    const line = [at(points[0], normals[0], offsets[0])];
    for (let i = 1; i <= last; i++) {
      if (offsets[i - 1] === offsets[i]) {
        const both = [normals[i - 1][0] + normals[i][0], normals[i - 1][1] + normals[i][1]];
        const scale = 2 / Math.max(both[0] ** 2 + both[1] ** 2, 1);
        line.push(at(points[i], both, scale * offsets[i]));
      } else {
        line.push(at(points[i], normals[i - 1], offsets[i - 1]));
        line.push(at(points[i], normals[i], offsets[i]));
      }
    }
    line.push(at(points[last + 1], normals[last], offsets[last]));
    return line;
  }

  let drawnUnit = 0;
  function redraw() {
    const width = map.clientWidth, height = map.clientHeight;
    const unit = view.unit;
    map.setAttribute("viewBox", [view.x - (width * unit) / 2, view.y - (height * unit) / 2,
      width * unit, height * unit].join(" "));
    if (unit === drawnUnit) return;
    drawnUnit = unit;
    for (const leg of legs) {
      const line = moved(leg.points, leg.lanes.map((lane) => lane * gap * unit));
      const d = "M" + line.map((p) => p[0].toFixed(1) + " " + p[1].toFixed(1)).join("L");
      for (const path of leg.paths) path.setAttribute("d", d);
    }
    for (const f of fixed) {
      const x = f.x + f.dx * gap * unit, y = f.y + f.dy * gap * unit;
      f.element.setAttribute("transform", `translate(${x} ${y}) scale(${unit})`);
      // The half per cent forgives a window that fits the sheet not quite exactly.
      f.element.classList.toggle("hidden", f.least * unit > 1.005);
    }
    map.classList.toggle("near", unit < fittedUnit() * 0.99);
  }

  function fittedUnit() {
    return Math.max(fitted.w / (map.clientWidth || 1), fitted.h / (map.clientHeight || 1));
  }

  function look(x, y, unit) {
    const far = fittedUnit();
    view.unit = Math.min(Math.max(unit, far / MOST_ZOOM), far * 1.3);
    view.x = Math.min(Math.max(x, left), right);
    view.y = Math.min(Math.max(y, top), bottom);
    redraw();
  }

  const fit = () => look(fitted.x + fitted.w / 2, fitted.y + fitted.h / 2, fittedUnit());

  // The point (px from the map's corner) stays where it is.
  function zoom(factor, px = map.clientWidth / 2, py = map.clientHeight / 2) {
    const offX = px - map.clientWidth / 2, offY = py - map.clientHeight / 2;
    const x = view.x + offX * view.unit, y = view.y + offY * view.unit;
    const far = fittedUnit();
    const unit = Math.min(Math.max(view.unit / factor, far / MOST_ZOOM), far * 1.3);
    look(x - offX * unit, y - offY * unit, unit);
  }

  let chosen = "", pointed = "";
  function show() {
    const number = pointed || chosen;
    document.documentElement.classList.toggle("chosen", chosen !== "");
    map.classList.toggle("chosen", number !== "");
    for (const element of all("[data-offer]")) {
      const shown = element.closest("#map") ? number : chosen;
      element.classList.toggle("on", element.dataset.offer === shown);
    }
    for (const element of all("[data-offers]", map))
      element.classList.toggle("on", element.dataset.offers.split(" ").includes(number));
    for (const track of all(".track"))
      track.setAttribute("aria-pressed", String(track.dataset.offer === chosen));
  }

  function choose(number) {
    chosen = number;
    document.querySelector(`input[name=offer][value="${number}"]`).checked = true;
    show();
  }

  function point(number) {
    if (pointed !== number) { pointed = number; show(); }
  }

  for (const input of all("input[name=offer]"))
    input.addEventListener("change", () => choose(input.value));
  for (const row of all("tbody tr")) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("label")) choose(row.dataset.offer);
    });
    row.addEventListener("pointerenter", () => point(row.dataset.offer));
    row.addEventListener("pointerleave", () => point(""));
  }
  for (const track of all(".track")) {
    const number = track.dataset.offer;
    track.addEventListener("click", () => { if (!dragged) choose(number === chosen ? "" : number); });
    track.addEventListener("pointerenter", () => { if (!pointers.size) point(number); });
    track.addEventListener("pointerleave", () => point(""));
    track.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(number === chosen ? "" : number);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") choose("");
  });

  map.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60 * view.unit;
    const does = {
      ArrowLeft: () => look(view.x - step, view.y, view.unit),
      ArrowRight: () => look(view.x + step, view.y, view.unit),
      ArrowUp: () => look(view.x, view.y - step, view.unit),
      ArrowDown: () => look(view.x, view.y + step, view.unit),
      "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: fit,
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  const does = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), fit };
  for (const button of all(".buttons button"))
    button.addEventListener("click", () => does[button.dataset.do]());

  // One finger or the mouse moves the map, two fingers zoom it.
  const pointers = new Map();
  let dragged = false;
  const spot = (event) => {
    const box = map.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (!pointers.size) dragged = false;
    pointers.set(event.pointerId, spot(event));
  });
  map.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = spot(event);
    if (!dragged && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
    if (!dragged) { dragged = true; map.setPointerCapture(event.pointerId); }
    map.classList.add("moving");
    pointers.set(event.pointerId, now);
    const other = [...pointers].find(([id]) => id !== event.pointerId);
    if (other) {
      const away = (p) => Math.hypot(p[0] - other[1][0], p[1] - other[1][1]) || 1;
      zoom(away(now) / away(before), (now[0] + other[1][0]) / 2, (now[1] + other[1][1]) / 2);
    } else {
      look(view.x - (now[0] - before[0]) * view.unit, view.y - (now[1] - before[1]) * view.unit,
        view.unit);
    }
  });
  for (const name of ["pointerup", "pointercancel"])
    map.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      if (!pointers.size) map.classList.remove("moving");
    });
  // Where the page itself scrolls, the wheel zooms only with Ctrl.
  const fills = matchMedia("(min-width: 900px)");
  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !fills.matches) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), ...spot(event));
  }, { passive: false });

  let touched = false;
  for (const name of ["pointermove", "wheel", "keydown"])
    map.addEventListener(name, () => { touched ||= view.unit < fittedUnit() * 0.98 || dragged; });
  new ResizeObserver(() => (touched ? look(view.x, view.y, view.unit) : fit())).observe(map);

  document.documentElement.classList.add("js");
  document.querySelector(".buttons").hidden = false;
  fit();
})();
