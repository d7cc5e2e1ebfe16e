// Närhet's map on a page. A map lives on between runs and pages: what unmounts it only takes it off the page, and the
// next mount with the same id gets the same map, view and layers. Text from data is set with textContent alone.
const kept = new Map();
const MOST_KEPT = 6;
const NARROW = 700;

export function show(component, parts, base) {
  const { data, parentElement } = component;
  let map = kept.get(data.id);
  if (!map) {
    map = new NarhetMap(data, parts, base);
    kept.set(data.id, map);
    letGo();
  }
  if (map.root.parentNode !== parentElement) {
    if (parentElement.adoptedStyleSheets) parentElement.adoptedStyleSheets = parts.sheets;
    parentElement.appendChild(map.root);
  }
  map.update(component);
  return () => {
    // Another page may have taken the map over already.
    if (map.root.parentNode === parentElement) parentElement.removeChild(map.root);
  };
}

function letGo() {
  for (const [id, map] of kept) {
    if (kept.size <= MOST_KEPT) return;
    if (map.root.isConnected) continue;
    map.leaflet.remove();
    kept.delete(id);
  }
}

function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

class NarhetMap {
  constructor(data, parts, base) {
    const { draw, cards } = parts;
    this.draw = draw;
    this.base = base;
    this.origin = draw.originOf(data.bounds);
    this.layers = new Map();
    this.hidden = new Set();
    this.fetched = new Map();
    this.root = cards.element("div", "narhet");
    this.root.narhet = this; // for tests
    this.stage = cards.element("div", "stage", this.root);
    this.frame = cards.element("div", "map", this.stage);
    this.frame.style.position = "absolute"; // Leaflet asks, and off the page no style sheet answers
    this.leaflet = L.map(this.frame, {
      zoomControl: false, attributionControl: false, keyboard: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 9, maxZoom: 19, preferCanvas: true,
      fadeAnimation: false, zoomAnimation: !still(), markerZoomAnimation: !still(), center: [0, 0], zoom: 12,
    });
    this.view = [];
    const sheet = (name, z, paint) => new draw.Sheet(this.leaflet, name, z, this.origin, paint);
    this.sheets = {
      ground: sheet("ground", 150, (ctx, k) => this.ground && this.ground.paintGround(ctx, k)),
      surface: sheet("surface", 220, (ctx) => this.inside(ctx, () => this.surface && !this.hidden.has("surface") && this.surface.paint(ctx, this.ground))),
      paths: sheet("paths", 260, (ctx, k, zoom) => this.ground && !this.hidden.has("paths") && this.ground.paintPaths(ctx, k, zoom)),
      lines: sheet("lines", 300, (ctx, k, zoom) => this.paintLines(ctx, k, zoom)),
    };
    this.label = this.leaflet.createPane("names");
    Object.assign(this.label.style, { zIndex: 640, pointerEvents: "none" });
    this.top = L.canvas({ padding: 0.12 });
    this.cards = new cards.Cards(this);
    this.hearing();
    new ResizeObserver(() => this.resized()).observe(this.stage);
  }

  hearing() {
    const { leaflet, frame } = this;
    leaflet.on("click", (event) => this.clicked(event.latlng.lng, event.latlng.lat, false));
    leaflet.on("zoomend moveend", () => {
      this.moved = this.moved || !this.fitting;
      this.sized();
      this.placeNames();
    });
    leaflet.on("zoomstart movestart", () => this.cards.hover(null));
    // Streamlit runs the page again at "r", and clears caches at "c": letters on a map are the map's.
    this.root.addEventListener("keydown", (event) => {
      this.key(event);
      event.stopPropagation();
    });
    frame.tabIndex = 0;
    frame.setAttribute("role", "application");
    frame.addEventListener("focus", () => this.frameFocused());
  }

  update(component) {
    const before = this.data, data = component.data;
    this.component = component;
    this.data = data;
    this.root.lang = data.lang;
    this.tall();
    this.root.classList.toggle("whole", !data.height);
    this.frame.setAttribute("aria-label", data.words.label.replace("{name}", data.name));
    if (!before || before.page !== data.page) this.hidden = new Set(data.hidden);
    this.background();
    this.tiles();
    this.theme();
    this.redraw();
    this.cards.update();
    this.look(before);
    if (!before || before.name !== data.name) this.cards.say(data.name);
    this.root.dataset.drawn = String(1 + Number(this.root.dataset.drawn || 0));
  }

  // The view stays where the reader put it; it moves for a new focus, and to begin with.
  look(before) {
    const { data } = this;
    if (data.focus && !(before && same(before.focus, data.focus))) {
      this.seen(() => this.leaflet.setView([data.focus[1], data.focus[0]], Math.max(15, this.leaflet.getZoom()), { animate: !still() }));
    } else if (!before) {
      this.seen(() => this.whole(false));
    } else if (before.clear !== data.clear && !this.moved) {
      this.seen(() => this.whole(false));
    }
  }

  // A map without a height of its own fills the screen from where it begins.
  tall() {
    const { data } = this, host = this.root.getRootNode().host, page = host && host.closest("[data-testid=stMain]");
    const top = host ? Math.round(host.getBoundingClientRect().top + (page ? page.scrollTop : window.scrollY)) : 0;
    const above = Math.min(Math.max(top, 60), 400) || data.above;
    this.root.style.setProperty("--height", data.height ? `${data.height}px` : `max(480px, calc(100dvh - ${above}px))`);
  }

  seen(run) {
    if (this.frame.clientWidth > 0) {
      this.measure();
      run();
    } else this.waiting = run;
  }

  resized() {
    const width = this.root.clientWidth;
    if (!width) return;
    this.tall();
    this.root.classList.toggle("narrow", width < NARROW);
    this.root.classList.toggle("middle", width >= NARROW && width < 900);
    this.measure();
    if (this.waiting) {
      const run = this.waiting;
      this.waiting = null;
      run();
    } else if (!this.moved && this.data) {
      this.whole(false);
    }
    this.placeNames();
  }

  // A change of size is no move of the reader's.
  measure() {
    this.fitting = true;
    this.leaflet.invalidateSize({ animate: false, pan: false });
    this.fitting = false;
  }

  // Show the whole area, in what the panel leaves free.
  whole(animate = !still()) {
    const [west, south, east, north] = this.data.bounds, roomy = this.root.clientWidth >= 900;
    const right = roomy && this.data.clear ? this.data.clear + 20 : 12;
    this.fitting = true;
    this.leaflet.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: [roomy && this.data.clear ? 70 : 12, 14], paddingBottomRight: [right, 14], animate,
    });
    const done = () => { this.fitting = this.moved = false; };
    if (animate) this.leaflet.once("moveend", () => setTimeout(done, 0));
    else done();
  }

  background() {
    const { data } = this;
    if (this.groundAt === data.ground) return;
    this.groundAt = data.ground;
    this.fetch(data.ground).then((content) => {
      this.ground = new this.draw.Ground(content, this.origin);
      for (const each of Object.values(this.sheets)) each.repaint();
      this.root.dataset.ground = String(this.ground.count);
    }).catch(() => { this.root.dataset.ground = "missing"; });
  }

  tiles() {
    const { data } = this, on = data.tiles && !this.hidden.has("tiles");
    if (on && !this.tile) this.tile = L.tileLayer(data.tiles, { maxZoom: 19, className: "tiles" }).addTo(this.leaflet);
    if (!on && this.tile) {
      this.tile.remove();
      this.tile = null;
    }
    this.root.classList.toggle("tiled", Boolean(on));
  }

  // What is large is fetched once by an address that never changes its content.
  fetch(address) {
    if (!this.fetched.has(address)) {
      const url = new URL(this.data.root + address, this.base);
      const asked = fetch(url).then((answer) => {
        if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
        return answer.json();
      });
      asked.catch(() => this.fetched.delete(address));
      this.fetched.set(address, asked);
      if (this.fetched.size > 24) this.fetched.delete(this.fetched.keys().next().value);
    }
    return this.fetched.get(address);
  }

  theme() {
    const { theme } = this.data;
    const address = theme ? theme.address : "";
    if (this.themeAt === address) return;
    this.themeAt = address;
    if (!theme) {
      this.surface = null;
      this.sheets.surface.repaint();
      return;
    }
    this.fetch(address).then((content) => {
      if (this.themeAt !== address) return;
      this.surface = new this.draw.Surface(content, theme, this.origin);
      this.sheets.surface.repaint();
      this.sheets.lines.repaint();
      this.root.dataset.surface = address;
    }).catch(() => { this.root.dataset.surface = "missing"; });
  }

  inside(ctx, run) {
    ctx.save();
    if (this.ground) ctx.clip(this.ground.outline.path, "evenodd");
    run();
    ctx.restore();
  }

  paintLines(ctx, k, zoom) {
    const shown = [...this.layers.values()].filter((each) => each.paint && !this.hidden.has(each.id));
    const first = shown.filter((each) => each.type === "areas" || each.type === "lines");
    first.forEach((each) => each.paint.paint(ctx, k, zoom));
    if (this.surface && !this.hidden.has("surface")) this.inside(ctx, () => this.surface.paintLine(ctx, k, this.ground));
    shown.filter((each) => each.type === "borders").forEach((each) => each.paint.paint(ctx, k, zoom));
    if (this.ground) this.ground.paintBorder(ctx, k);
    shown.filter((each) => each.type === "dots").forEach((each) => each.paint.paint(ctx, k, zoom));
  }

  // Only what differs from the run before is made anew.
  redraw() {
    const { draw, data } = this, wanted = new Map();
    const focused = this.focusedPlace();
    for (const each of data.layers) {
      const known = this.layers.get(each.id);
      if (known && same(known.data, each)) {
        wanted.set(each.id, known);
        this.layers.delete(each.id);
        continue;
      }
      wanted.set(each.id, this.made(each, draw));
    }
    for (const each of this.layers.values()) if (each.group) each.group.remove();
    this.layers = wanted;
    for (const each of wanted.values()) this.switched(each);
    this.sheets.lines.repaint();
    this.names();
    this.sized();
    this.roving(focused);
  }

  made(data, draw) {
    const layer = { id: data.id, type: data.type, data };
    if (data.type === "areas") layer.paint = new draw.Areas(data, this.origin);
    if (data.type === "lines") layer.paint = new draw.Lines(data, this.origin);
    if (data.type === "dots") layer.paint = new draw.Dots(data, this.origin);
    if (data.type === "borders") {
      layer.paint = new draw.Borders(data, this.origin);
      layer.group = this.districts(data);
    }
    if (data.type === "points") layer.group = this.points(data);
    if (data.type === "circles") layer.group = this.circles(data);
    return layer;
  }

  switched(layer) {
    if (!layer.group) return;
    const on = !this.hidden.has(layer.id);
    if (on && !this.leaflet.hasLayer(layer.group)) layer.group.addTo(this.leaflet);
    if (!on) layer.group.remove();
  }

  toggle(id) {
    if (this.hidden.has(id)) this.hidden.delete(id);
    else this.hidden.add(id);
    for (const each of this.layers.values()) this.switched(each);
    this.tiles();
    for (const each of ["surface", "paths", "lines"]) this.sheets[each].repaint();
    this.roving(null);
    this.cards.legend();
    this.placeNames();
  }

  points(data) {
    const group = L.layerGroup(), at = this.draw.unpack(data.at);
    at.forEach((spot, row) => {
      const name = data.names[row] || data.label;
      const size = Math.max(data.size, 24), icon = this.cards.symbol(data, row);
      const anchor = [size / 2, data.pin ? size / 2 + data.size * 0.41 : size / 2];
      const marker = L.marker(spot, {
        icon: L.divIcon({ html: icon, className: "place", iconSize: [size, size], iconAnchor: anchor }),
        keyboard: false, zIndexOffset: data.front ? 1000 : 0,
      });
      marker.place = { layer: data.id, id: data.ids[row], name, note: (data.notes || [])[row] || "", kind: data.label };
      marker.on("add", () => this.dressed(marker));
      marker.on("click", (event) => {
        L.DomEvent.stop(event);
        this.pressed(marker);
      });
      marker.addTo(group);
    });
    return group;
  }

  dressed(marker) {
    const box = marker.getElement(), { place } = marker;
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", [place.name, place.name === place.kind ? "" : place.kind, place.note].filter(Boolean).join(", "));
    box.dataset.layer = place.layer;
    box.dataset.place = place.id;
    box.tabIndex = -1;
    box.addEventListener("mouseenter", () => this.cards.hover(place, marker));
    box.addEventListener("mouseleave", () => this.cards.hover(null));
    box.addEventListener("focus", () => {
      this.near(marker);
      this.cards.hover(place, marker);
    });
    box.addEventListener("blur", () => this.cards.hover(null));
  }

  pressed(marker) {
    const at = marker.getLatLng();
    this.roving([marker.place.layer, marker.place.id]);
    this.clicked(at.lng, at.lat, true);
    this.cards.hover(marker.place, marker);
  }

  circles(data) {
    const group = L.layerGroup();
    this.draw.unpack(data.at).forEach((at, row) => {
      const [colour, radius] = data.classes[data.index[row]];
      // In metres where a circle stands for a piece of ground: it grows with the map and covers no other.
      const make = data.metres > 0 ? L.circle : L.circleMarker;
      const circle = make(at, {
        radius: data.metres > 0 ? radius * data.metres : radius, color: data.outline, weight: 1, fillColor: colour, fillOpacity: 0.85, bubblingMouseEvents: false, renderer: this.top,
      });
      circle.on("click", () => this.clicked(circle.getLatLng().lng, circle.getLatLng().lat, true));
      const note = (data.notes || [])[row];
      if (note) {
        circle.on("mouseover", () => this.cards.hover({ name: note, note: "", kind: data.label }, circle));
        circle.on("mouseout", () => this.cards.hover(null));
      }
      circle.addTo(group);
    });
    return group;
  }

  // Districts are painted on a sheet; these take the mouse, and light up.
  districts(data) {
    const group = L.featureGroup();
    data.each.forEach((polygons, row) => {
      const shape = L.polygon(polygons.map((polygon) => polygon.map(this.draw.unpack)), {
        renderer: this.top, color: "#8a1538", weight: 2.4, opacity: 0, fillOpacity: 0, fillColor: "#8a1538",
      });
      shape.name = data.names[row];
      const place = { name: data.names[row], note: (data.notes || [])[row] || "", kind: "", area: true };
      shape.on("mousemove", (event) => {
        this.light(shape.name);
        this.cards.hover(place, null, event.containerPoint);
      });
      shape.on("mouseout", () => {
        this.light(null);
        this.cards.hover(null);
      });
      shape.on("click", () => { if (!this.data.clicks) this.to(shape.name); });
      shape.addTo(group);
    });
    return group;
  }

  district(name) {
    for (const layer of this.layers.values()) {
      if (layer.type !== "borders") continue;
      for (const shape of layer.group.getLayers()) if (shape.name === name) return shape;
    }
    return null;
  }

  light(name) {
    if (this.lit === name) return;
    for (const [each, opacity] of [[this.lit, 0], [name, 1]]) {
      const shape = each && this.district(each);
      if (shape) shape.setStyle({ opacity, fillOpacity: opacity * 0.06 });
    }
    this.lit = name;
    this.cards.lit(name);
    this.placeNames();
  }

  to(name) {
    const shape = this.district(name);
    if (!shape) return;
    this.moved = true;
    this.leaflet.fitBounds(shape.getBounds(), { padding: [40, 40], animate: !still(), maxZoom: 16 });
  }

  clicked(lon, lat, drawn) {
    if (this.tool) return this.tool.add(lon, lat);
    if (!this.data.clicks) return undefined;
    const at = { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)), drawn };
    return this.component.setTriggerValue("clicked", at);
  }

  // Names of districts, the largest first; one that would cover another waits for a nearer view.
  names() {
    this.label.replaceChildren();
    this.named = (this.data.labels || []).map(([lon, lat, name, size]) => {
      const box = document.createElement("span");
      box.className = "name";
      box.textContent = name;
      this.label.appendChild(box);
      return { at: [lat, lon], name, size, box };
    });
    this.placeNames();
  }

  placeNames() {
    if (!this.named) return;
    const taken = this.marks().filter((mark) => mark.front).map((mark) => mark.box);
    taken.push(...this.sides(taken));
    const names = [...this.named].sort((one, other) => (other.name === this.lit) - (one.name === this.lit) || other.size - one.size);
    for (const each of names) {
      const at = this.leaflet.latLngToLayerPoint(each.at);
      L.DomUtil.setPosition(each.box, at);
      const half = each.name.length * 3.7 + 4, box = [at.x - half, at.y - 9, at.x + half, at.y + 9];
      const free = each.name === this.lit || !taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
      each.box.style.display = free && !this.hidden.has("labels") ? "" : "none";
      if (free) taken.push(box);
    }
  }

  // The name beside a place stands to its left where it would cover another, or go under the panel.
  sides(taken) {
    const found = [];
    const right = this.leaflet.getSize().x - (this.root.classList.contains("narrow") ? 0 : this.data.clear || 0);
    for (const marker of this.markers()) {
      const box = marker.getElement(), name = box && box.querySelector(".beside");
      if (!name) continue;
      const at = this.leaflet.latLngToLayerPoint(marker.getLatLng()), x = this.leaflet.latLngToContainerPoint(marker.getLatLng()).x;
      const near = Math.max(box.offsetWidth / 2, 16), far = near + name.offsetWidth;
      const sides = [[at.x + near, at.x + far, x + far < right], [at.x - far, at.x - near, x - far > 0]];
      const covers = ([from, to, fits]) => !fits || [...taken, ...found].some((other) => from < other[2] && other[0] < to && at.y - 9 < other[3] && other[1] < at.y + 9);
      const left = covers(sides[0]) && !covers(sides[1]);
      name.classList.toggle("left", left);
      const [from, to] = sides[left ? 1 : 0];
      found.push([from, at.y - 9, to, at.y + 9]);
    }
    return found;
  }

  marks() {
    const found = [];
    for (const layer of this.layers.values()) {
      if (layer.type !== "points" || !layer.data.front || this.hidden.has(layer.id)) continue;
      layer.group.eachLayer((marker) => {
        const at = this.leaflet.latLngToLayerPoint(marker.getLatLng());
        found.push({ front: true, box: [at.x - 16, at.y - 16, at.x + 16, at.y + 16] });
      });
    }
    return found;
  }

  // Far out a place is its shape alone; near, its picture as well.
  sized() {
    const zoom = this.leaflet.getZoom();
    this.root.classList.toggle("far", zoom < 14);
    this.root.classList.toggle("close", zoom >= 15.5);
    if (this.data) this.cards.scale();
  }

  // One tab stop: the arrows go from place to place, Enter and space press it.
  markers() {
    const found = [];
    for (const layer of this.layers.values()) {
      if (layer.type === "points" && !this.hidden.has(layer.id)) layer.group.eachLayer((marker) => found.push(marker));
    }
    return found;
  }

  focusedPlace() {
    const focused = this.root.getRootNode().activeElement;
    return focused && focused.dataset && focused.dataset.place ? [focused.dataset.layer, focused.dataset.place] : null;
  }

  roving(wanted) {
    const markers = this.markers();
    let stop = markers.find((marker) => wanted && marker.place.layer === wanted[0] && marker.place.id === wanted[1]);
    const focus = Boolean(stop) && Boolean(wanted) && this.root.getRootNode().activeElement !== stop.getElement() && this.lastFocus === wanted.join();
    stop = stop || markers.find((marker) => marker === this.stop) || markers[0];
    this.stop = stop || null;
    for (const marker of markers) if (marker.getElement()) marker.getElement().tabIndex = marker === stop ? 0 : -1;
    this.frame.tabIndex = stop ? -1 : 0;
    if (focus) stop.getElement().focus({ preventScroll: true });
  }

  frameFocused() { this.cards.say(this.data.alt); }

  near(marker) {
    this.lastFocus = [marker.place.layer, marker.place.id].join();
    for (const each of this.markers()) if (each.getElement()) each.getElement().tabIndex = each === marker ? 0 : -1;
    this.stop = marker;
    const inner = this.leaflet.getBounds().pad(-0.08);
    if (!inner.contains(marker.getLatLng())) this.leaflet.panTo(marker.getLatLng(), { animate: !still() });
  }

  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const onPlace = event.target.dataset && event.target.dataset.place, onMap = event.target === this.frame || onPlace;
    if (!onMap) return;
    if (step && onPlace && !event.shiftKey) this.next(step);
    else if (step) {
      this.moved = true;
      this.leaflet.panBy([step[0] * 90, step[1] * 90], { animate: !still() });
    } else if (event.key === "+" || event.key === "=") this.zoom(1);
    else if (event.key === "-") this.zoom(-1);
    else if ((event.key === "Enter" || event.key === " ") && onPlace) this.pressed(this.stop);
    else if (event.key === "Enter" && this.data.clicks) {
      const at = this.leaflet.getCenter();
      this.clicked(at.lng, at.lat, false);
    } else if (event.key === "Escape") this.cards.hover(null);
    else return;
    event.preventDefault();
  }

  // Right and left go through all places from west to east; up and down to the nearest in that direction.
  next([right, down]) {
    const all = this.markers().sort((one, other) => one.getLatLng().lng - other.getLatLng().lng);
    let best = null, least = Infinity;
    if (right) best = all[(all.indexOf(this.stop) + right + all.length) % all.length];
    const from = this.leaflet.latLngToLayerPoint(this.stop.getLatLng());
    for (const marker of right ? [] : all) {
      const to = this.leaflet.latLngToLayerPoint(marker.getLatLng());
      const along = (to.y - from.y) * down, far = along + 1.5 * Math.abs(to.x - from.x);
      if (along > 0 && far < least) [best, least] = [marker, far];
    }
    if (best) best.getElement().focus({ preventScroll: true });
  }

  zoom(by) {
    this.moved = true;
    this.leaflet.setZoom(this.leaflet.getZoom() + by, { animate: !still() });
  }
}

function still() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }
