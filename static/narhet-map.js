// Draws Närhet's maps with Leaflet. Called from the scripts geo/output/maps/folium.py writes; gets numbers, colours
// and labels, and never writes HTML.
"use strict";
(function () {
  const SVG = "http://www.w3.org/2000/svg";
  const SCALE = 100000;
  const GROUND = "narhet-ground";

  // Longitude and latitude of the first point, then the steps to each next.
  function unpack(flat) {
    const out = new Array(flat.length / 2);
    let lon = 0, lat = 0;
    for (let i = 0; i < flat.length; i += 2) {
      lon += flat[i];
      lat += flat[i + 1];
      out[i / 2] = [lat / SCALE, lon / SCALE];
    }
    return out;
  }

  function symbol(data) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "-2 -2 28 28");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data.path);
    path.setAttribute("fill", data.colour);
    path.setAttribute("fill-rule", "evenodd");
    svg.appendChild(path);
    return svg;
  }

  // A marker answers to Enter and space as to a click.
  function keyboard(marker) {
    L.DomEvent.on(marker.getElement(), "keydown", function (event) {
      if (event.key !== "Enter" && event.key !== " ") return;
      L.DomEvent.stop(event);
      marker.fire("click", { latlng: marker.getLatLng(), originalEvent: event }, true);
    });
  }

  function map(id, data) {
    const made = L.map(id, { zoomControl: false, preferCanvas: true, zoomSnap: 0.25, minZoom: 3, maxZoom: 19 });
    const [west, south, east, north] = data.bounds;
    made.fitBounds([[south, west], [north, east]], { padding: [12, 12] });
    L.control.zoom({ zoomInTitle: data.zoom_in, zoomOutTitle: data.zoom_out }).addTo(made);
    L.control.scale({ imperial: false }).addTo(made);
    made.attributionControl.setPrefix('<a href="https://leafletjs.com" target="_blank" rel="noopener">Leaflet</a>');
    made.getContainer().setAttribute("role", "region");
    made.getContainer().setAttribute("aria-label", data.label);
    document.documentElement.setAttribute("data-narhet", "map");
    if (window.frameElement) window.frameElement.setAttribute("title", data.label);
    return made;
  }

  // Outline, water and paths lie under the tiles: they show where no tile answers.
  function ground(on, data) {
    on.createPane(GROUND).style.zIndex = 150;
    on.getPane(GROUND).style.pointerEvents = "none";
    for (const credit of data.credits) on.attributionControl.addAttribution(credit);
    const renderer = L.canvas({ pane: GROUND, padding: 0.2 });
    const plain = { renderer: renderer, pane: GROUND, interactive: false };
    // A page that stands alone brings its background; else it is fetched.
    const brought = data.content ? Promise.resolve(data.content) : fetch(data.background)
      .then(function (answer) {
        if (!answer.ok) throw new Error("background: " + answer.status);
        return answer.json();
      });
    const drawn = brought
      .then(function (content) {
        const rings = (polygons) => polygons.map((polygon) => polygon.map(unpack));
        L.polygon(rings(content.outline), { ...plain, stroke: false, fillColor: "#ffffff", fillOpacity: 1 }).addTo(on);
        L.polygon(rings(content.water), { ...plain, stroke: false, fillColor: "#a9cce3", fillOpacity: 1 }).addTo(on);
        const paths = L.polyline(content.paths.map(unpack), { ...plain, color: "#8d96a0", weight: 1 }).addTo(on);
        const width = () => paths.setStyle({ weight: Math.max(0.5, (on.getZoom() - 11) * 0.45) });
        on.on("zoomend", width);
        width();
        L.polygon(rings(content.outline), { ...plain, fill: false, color: "#4b5560", weight: 2, dashArray: "7 5" }).addTo(on);
        document.documentElement.setAttribute("data-narhet-ground", String(content.paths.length));
      })
      .catch(function () {
        document.documentElement.setAttribute("data-narhet-ground", "missing");
      });
    if (data.tiles) L.tileLayer(data.tiles, { maxZoom: 19 }).addTo(on);
    return drawn;
  }

  function points(group, data) {
    const drawing = symbol(data);
    // A pin points with its tip, and stands before what it points at.
    const anchor = [data.size / 2, data.size * (data.pin ? 0.91 : 0.5)];
    for (const at of unpack(data.at)) {
      const icon = L.divIcon({ html: drawing.cloneNode(true), className: "narhet-symbol", iconSize: [data.size, data.size], iconAnchor: anchor });
      const marker = L.marker(at, { icon: icon, title: data.label, keyboard: true, zIndexOffset: data.pin ? 1000 : 0 });
      marker.on("add", function () {
        marker.getElement().setAttribute("aria-label", data.label);
        keyboard(marker);
      });
      marker.addTo(group);
    }
  }

  function circles(group, data) {
    unpack(data.at).forEach(function (at, row) {
      const [colour, radius] = data.classes[data.index[row]];
      // In metres where a circle stands for a piece of ground: it grows with the map and covers no other.
      const draw = data.metres > 0 ? L.circle : L.circleMarker;
      const circle = draw(at, {
        radius: data.metres > 0 ? radius * data.metres : radius, color: data.outline, weight: 1, fillColor: colour, fillOpacity: 0.85, bubblingMouseEvents: false,
      });
      // A click anywhere in a circle means the circle: its centre is what identifies it.
      circle.on("click", function (event) { event.latlng = circle.getLatLng(); });
      circle.addTo(group);
    });
  }

  function lines(group, data) {
    const at = data.lines.map(unpack);
    L.polyline(at, { color: "#ffffff", weight: data.width + 3, opacity: 0.9, interactive: false }).addTo(group);
    L.polyline(at, { color: data.colour, weight: data.width, dashArray: data.dash || null, interactive: false }).addTo(group);
  }

  function areas(group, data) {
    const at = data.areas.map((polygon) => polygon.map(unpack));
    L.polygon(at, {
      color: data.colour, weight: data.width, dashArray: data.dash || null, fill: data.fill > 0, fillOpacity: data.fill, interactive: false,
    }).addTo(group);
  }

  window.Narhet = { map: map, ground: ground, points: points, circles: circles, lines: lines, areas: areas };
})();
