// What lies on a map as cards: buttons, search, layers, legend, scale, credit, what the mouse is over, and the panel with
// figures and ranking. Names come from files: they are set with textContent, and never as HTML.
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  add: "M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6z",
  remove: "M19 13H5v-2h14z",
  fit: "M5 15H3v4a2 2 0 0 0 2 2h4v-2H5zM5 5h4V3H5a2 2 0 0 0-2 2v4h2zm14-2h-4v2h4v4h2V5a2 2 0 0 0-2-2zm0 16h-4v2h4a2 2 0 0 0 2-2v-4h-2zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  search: "M15.5 14h-.8l-.3-.3a6.5 6.5 0 1 0-.7.7l.3.3v.8l5 5 1.5-1.5zm-6 0a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9z",
  layers: "m12 18.5-7.4-5.7L3 14l9 7 9-7-1.6-1.3zM12 16l7.4-5.7L21 9l-9-7-9 7 1.6 1.3zm0-11.5L17.7 9 12 13.5 6.3 9z",
};

export function element(tag, name, parent) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (parent) parent.appendChild(made);
  return made;
}

function text(tag, name, words, parent) {
  const made = element(tag, name, parent);
  made.textContent = words;
  return made;
}

function drawing(paths, box, size) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("width", size[0]);
  svg.setAttribute("height", size[1]);
  for (const attributes of paths) {
    const shape = document.createElementNS(SVG, attributes.r ? "circle" : "path");
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.appendChild(shape);
  }
  return svg;
}

export class Cards {
  constructor(map) {
    this.map = map;
    const { stage, root } = map;
    this.toolbar = element("div", "card tools", stage);
    this.corner = element("div", "corner", stage);
    this.key = element("section", "card legend", this.corner);
    this.ruler = element("div", "scale", this.corner);
    this.credit = element("div", "credit", stage);
    this.box = element("div", "card hover", stage);
    this.box.hidden = true;
    this.panel = element("aside", "card panel", root);
    this.live = element("div", "unseen", root);
    this.live.setAttribute("aria-live", "polite");
    this.about = element("p", "unseen", root);
  }

  update() {
    const { data } = this.map, { words } = data;
    this.about.textContent = data.alt;
    if (this.language !== data.lang) this.buttons(words);
    this.language = data.lang;
    this.legend();
    this.credits();
    this.figures();
    this.scale();
  }

  say(words) { this.live.textContent = words; }

  // A toolbar is one tab stop; its arrows go from button to button.
  buttons(words) {
    const { map, toolbar } = this;
    toolbar.replaceChildren();
    toolbar.setAttribute("role", "toolbar");
    toolbar.setAttribute("aria-label", words.tools);
    toolbar.setAttribute("aria-orientation", "vertical");
    const add = (icon, name, run) => {
      const button = element("button", icon, toolbar);
      button.type = "button";
      button.title = name;
      button.setAttribute("aria-label", name);
      button.tabIndex = toolbar.children.length > 1 ? -1 : 0;
      button.appendChild(drawing([{ d: ICONS[icon], fill: "currentColor" }], "0 0 24 24", [20, 20]));
      button.addEventListener("click", () => run(button));
      return button;
    };
    add("add", words.zoom_in, () => map.zoom(1));
    add("remove", words.zoom_out, () => map.zoom(-1));
    add("fit", words.fit, () => map.whole());
    add("search", words.search, (button) => this.open(button, this.finder(words)));
    add("layers", words.layers, (button) => this.open(button, this.switches(words)));
    toolbar.onkeydown = (event) => {
      const all = [...toolbar.querySelectorAll("button")], at = all.indexOf(event.target);
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") this.close();
      if (!step || at < 0) return;
      event.preventDefault();
      const to = all[(at + step + all.length) % all.length];
      all.forEach((each) => { each.tabIndex = each === to ? 0 : -1; });
      to.focus();
    };
  }

  open(button, content) {
    const again = this.opened === button;
    this.close();
    if (again) return;
    this.opened = button;
    button.setAttribute("aria-expanded", "true");
    this.popover = element("div", "card popover", this.map.stage);
    this.popover.appendChild(content);
    this.popover.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.close();
      button.focus();
    });
    const first = this.popover.querySelector("input");
    if (first) first.focus();
  }

  close() {
    if (this.popover) this.popover.remove();
    if (this.opened) this.opened.setAttribute("aria-expanded", "false");
    this.popover = this.opened = null;
  }

  finder(words) {
    const box = element("div", "finder"), field = element("input", "", box), list = element("ul", "", box);
    field.type = "search";
    field.placeholder = words.search;
    field.setAttribute("aria-label", words.search);
    const fill = () => {
      const asked = field.value.trim().toLowerCase();
      list.replaceChildren();
      if (!asked) return;
      const places = this.map.markers().map((marker) => ({ name: marker.place.name, kind: marker.place.kind, run: () => this.go(marker) }));
      const districts = (this.map.data.labels || []).map(([, , name]) => ({ name, kind: words.district, run: () => this.map.to(name) }));
      const found = [...districts, ...places].filter((each) => each.name.toLowerCase().includes(asked)).slice(0, 8);
      if (!found.length) text("li", "none", words.none, list);
      for (const each of found) {
        const button = element("button", "", element("li", "", list));
        button.type = "button";
        text("span", "", each.name, button);
        text("small", "", each.kind, button);
        button.addEventListener("click", () => {
          this.close();
          each.run();
        });
      }
    };
    field.addEventListener("input", fill);
    field.addEventListener("keydown", (event) => {
      const first = list.querySelector("button");
      if (event.key === "Enter" && first) first.click();
    });
    return box;
  }

  go(marker) {
    const { map } = this;
    map.moved = true;
    map.leaflet.setView(marker.getLatLng(), Math.max(15, map.leaflet.getZoom()), { animate: false });
    marker.getElement().focus({ preventScroll: true });
  }

  switches(words) {
    const box = element("fieldset", "switches"), { map } = this, { data } = map;
    text("legend", "", words.layers, box);
    const own = data.layers.filter((each) => each.label && !each.front).map((each) => [each.id, each.label]);
    const rows = [...(data.theme ? [["surface", data.theme.title]] : []), ...own, ["labels", words.names], ["paths", words.paths], ...(data.tiles ? [["tiles", words.tiles]] : [])];
    for (const [id, label] of rows) {
      const row = element("label", "", box), tick = element("input", "", row);
      tick.type = "checkbox";
      tick.checked = !map.hidden.has(id);
      tick.addEventListener("change", () => map.toggle(id));
      text("span", "", label, row);
    }
    return box;
  }

  // Only what is on the map now. Classes are one bar with their cut points under the joints.
  legend() {
    const { map, key } = this, { data } = map, { words } = data;
    // A small map has its legend under it, a whole one on it.
    if (data.height) map.root.insertBefore(key, this.panel);
    else this.corner.prepend(key);
    key.replaceChildren();
    const title = data.theme ? data.theme.title : data.legend_title;
    // On a phone the legend is a line until it is asked for.
    const fold = text("button", "fold", words.legend, key);
    fold.type = "button";
    fold.setAttribute("aria-expanded", String(Boolean(this.unfolded)));
    key.classList.toggle("open", Boolean(this.unfolded));
    fold.addEventListener("click", () => {
      this.unfolded = !this.unfolded;
      key.classList.toggle("open", this.unfolded);
      fold.setAttribute("aria-expanded", String(this.unfolded));
    });
    if (title) text("h3", "", title, key);
    if (data.theme && !map.hidden.has("surface")) this.bar(data.theme);
    const list = element("ul", "", key);
    list.setAttribute("aria-label", words.legend);
    for (const layer of data.layers) {
      if (map.hidden.has(layer.id)) continue;
      for (const entry of layer.legend || []) {
        const row = element("li", "", list);
        row.appendChild(this.mark(entry));
        text("span", "", entry.label, row);
        if (entry.badge) text("span", "badge", entry.badge, row);
      }
    }
    if (data.theme || data.bare) {
      const row = element("li", "ground", list);
      row.appendChild(this.mark({ mark: "area", colour: "#dfe7ea", fill: 1, plain: true }));
      text("span", "", words.bare, row);
    }
    key.hidden = !title && !list.children.length;
    key.classList.toggle("barred", Boolean(data.theme));
  }

  bar(theme) {
    const { key } = this, bar = element("div", "bar", key), cuts = element("div", "cuts", key);
    const wide = 100 / theme.colours.length;
    theme.colours.forEach((colour) => { element("span", "", bar).style.background = colour; });
    theme.cuts.forEach((label, at) => {
      const mark = text("span", at === theme.limit ? "limit" : "", label, cuts);
      mark.style.left = `${at * wide}%`;
    });
    const tick = element("i", "tick", bar);
    tick.style.left = `${theme.limit * wide}%`;
  }

  mark(entry) {
    const colour = entry.colour;
    if (entry.mark === "symbol") return drawing(this.symbolPaths(entry), "-2 -2 28 28", [20, 20]);
    if (entry.mark === "dots") {
      return drawing((entry.colours || [colour]).flatMap((each, at) => [
        { cx: 4 + at * 8, cy: 7 + (at % 2) * 4, r: 2.2, fill: each }, { cx: 10 + at * 8, cy: 12, r: 2.2, fill: each },
      ]), "0 0 22 18", [22, 18]);
    }
    if (entry.mark === "ring") return drawing([{ cx: 10, cy: 10, r: 7.5, fill: "#ffffff", stroke: colour, "stroke-width": 2.2 }, { d: "M10 10V2.5A7.5 7.5 0 0 1 16.5 13.7Z", fill: colour }], "0 0 20 20", [20, 20]);
    if (entry.mark === "circle") return drawing([{ cx: 16, cy: 16, r: entry.size / 2, fill: colour, stroke: "#2b0a00" }], "0 0 32 32", [22, 22]);
    const line = { stroke: colour, "stroke-width": entry.plain ? 1 : 2.5, "stroke-dasharray": entry.dash || "", fill: "none" };
    if (entry.mark === "line") return drawing([{ d: "M1 9H27", ...line }], "0 0 28 18", [28, 18]);
    const shapes = [{ d: "M2 2H26V16H2Z", ...line, fill: colour, "fill-opacity": entry.fill || 0, stroke: entry.plain ? "#9fb0b8" : colour }];
    if (entry.pattern) shapes.push({ d: "M2 10L10 2M2 16L16 2M8 16L22 2M14 16L26 4M20 16L26 10", stroke: colour, "stroke-width": 1, fill: "none" });
    return drawing(shapes, "0 0 28 18", [28, 18]);
  }

  symbolPaths(entry) {
    return [{ d: entry.path, fill: entry.colour, "fill-rule": "evenodd", stroke: "#ffffff", "stroke-width": 2.5, "stroke-linejoin": "round", "paint-order": "stroke" }];
  }

  // The picture of one place: a shape, a ring filled by a share with a number beside it, or a struck ring.
  symbol(data, row) {
    const box = element("span", "symbol");
    const shown = (data.share || [])[row];
    if (shown !== undefined && shown !== null) {
      const arc = shown >= 0.999 ? "M12 2a10 10 0 1 1-.01 0Z" : `M12 12V2A10 10 0 ${shown > 0.5 ? 1 : 0} 1 ${12 + 10 * Math.sin(2 * Math.PI * shown)} ${12 - 10 * Math.cos(2 * Math.PI * shown)}Z`;
      box.appendChild(drawing([
        { cx: 12, cy: 12, r: 10, fill: "#ffffff", stroke: data.colour, "stroke-width": 2.4 },
        ...(shown > 0 ? [{ d: arc, fill: data.colour }] : []),
      ], "-2 -2 28 28", [data.size, data.size]));
    } else {
      const paths = this.symbolPaths(data);
      if ((data.struck || [])[row]) paths.push({ d: "M3 21L21 3", stroke: data.colour, "stroke-width": 2.4, fill: "none" });
      box.appendChild(drawing(paths, "-2 -2 28 28", [data.size, data.size]));
    }
    box.classList.toggle("small", Boolean(data.small));
    const beside = (data.beside || [])[row];
    if (beside) text("span", "beside", beside, box);
    return box;
  }

  credits() {
    this.credit.replaceChildren();
    this.credit.hidden = !this.map.data.credits.length;
    this.map.data.credits.forEach((each, at) => {
      if (at) this.credit.append(" · ");
      if (!each.link) return this.credit.append(each.text);
      const link = text("a", "", each.text, this.credit);
      link.href = each.link;
      link.target = "_blank";
      return link.setAttribute("rel", "noopener");
    });
  }

  scale() {
    const { leaflet } = this.map, size = leaflet.getSize();
    if (!size.x) return;
    const middle = size.y / 2, metres = leaflet.distance(leaflet.containerPointToLatLng([0, middle]), leaflet.containerPointToLatLng([100, middle]));
    const power = 10 ** Math.floor(Math.log10(metres)), round = [5, 2, 1].find((each) => each * power <= metres) * power;
    this.ruler.style.width = `${(100 * round) / metres}px`;
    this.ruler.textContent = round >= 1000 ? `${round / 1000} km` : `${round} m`;
  }

  hover(place, marker, point) {
    const { box, map } = this;
    box.hidden = !place;
    if (!place) return;
    box.replaceChildren();
    text("strong", "", place.name, box);
    if (place.kind && place.kind !== place.name) text("span", "", place.kind, box);
    if (place.note) text("p", "", place.note, box);
    if (place.area && !map.data.clicks) text("small", "", map.data.words.to_zoom, box);
    const at = point || map.leaflet.latLngToContainerPoint(marker.getLatLng()), size = map.leaflet.getSize();
    const width = box.offsetWidth, height = box.offsetHeight;
    const left = at.x + 18 + width > size.x ? at.x - width - 14 : at.x + 18;
    const top = Math.min(Math.max(8, at.y + 14), size.y - height - 8);
    box.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
  }

  // Figures and the ranking of districts: hovering either lights the other, and asks nobody.
  figures() {
    const { panel, map } = this, { data } = map;
    panel.hidden = !data.panel;
    if (!data.panel) return;
    const { figures, ranking, foot } = data.panel;
    if (same(this.shown, [data.panel, data.lang])) return;
    this.shown = [data.panel, data.lang];
    panel.replaceChildren();
    panel.setAttribute("aria-label", data.words.panel);
    if (figures && figures.length) {
      const list = element("dl", "figures", panel);
      for (const each of figures) {
        const pair = element("div", each.tone || "", list);
        text("dd", "", each.value, pair);
        if (each.range) text("dd", "range", each.range, pair);
        text("dt", "", each.label, pair);
      }
    }
    if (ranking) this.ranking(ranking);
    if (foot) text("p", "foot", foot, panel);
  }

  ranking(ranking) {
    const { panel, map } = this, head = element("div", "head", panel);
    text("h3", "", ranking.title, head);
    const sort = element("button", "sort", head);
    sort.type = "button";
    const list = element("ol", "ranking", panel);
    const fill = () => {
      const by = this.byShare ? "share_order" : "order";
      sort.textContent = `${this.byShare ? ranking.share_first : ranking.most_first} ↕`;
      list.replaceChildren();
      for (const row of [...ranking.rows].sort((one, other) => one[by] - other[by])) {
        const button = element("button", "", element("li", "", list));
        button.type = "button";
        button.dataset.district = row.name;
        text("span", "what", row.name, button);
        const value = text("span", "value", row.value, button);
        if (row.share) text("small", "", ` · ${row.share}`, value);
        const bar = element("span", row.hidden ? "track hidden" : "track", button);
        if (!row.hidden) {
          element("i", "", bar).style.width = `${row.bar}%`;
          if (row.high > row.bar) {
            const range = element("b", "", bar);
            range.style.left = `${row.bar}%`;
            range.style.width = `${row.high - row.bar}%`;
          }
        }
        button.addEventListener("mouseenter", () => map.light(row.name));
        button.addEventListener("mouseleave", () => map.light(null));
        button.addEventListener("focus", () => map.light(row.name));
        button.addEventListener("blur", () => map.light(null));
        button.addEventListener("click", () => map.to(row.name));
      }
    };
    sort.addEventListener("click", () => {
      this.byShare = !this.byShare;
      fill();
    });
    fill();
  }

  lit(name) {
    for (const button of this.panel.querySelectorAll("[data-district]")) button.classList.toggle("lit", button.dataset.district === name);
  }
}

function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }
