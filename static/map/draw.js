// Paints what lies still on a map: ground, surface, paths, lines and dots, each on a canvas of its own, so that a new
// answer repaints only what it changes. Gets numbers and colours, never text.
const SCALE = 100000;
const ZOOM = 15; // Everything is projected once, to pixels of this zoom.

const COLOUR = {
  outside: "rgba(20,35,43,.045)", land: "#fcf8ef", bare: "#dfe7ea", water: "#cfdde3", green: "#e3ebd9",
  path: "rgba(20,35,43,.17)", ink: "#14232b", white: "#ffffff",
};

// Longitude and latitude of the first point, then the steps to each next: as [lat, lon] in degrees.
export function unpack(flat) {
  const out = new Array(flat.length / 2);
  let lon = 0, lat = 0;
  for (let i = 0; i < flat.length; i += 2) {
    lon += flat[i];
    lat += flat[i + 1];
    out[i / 2] = [lat / SCALE, lon / SCALE];
  }
  return out;
}

function x(lon) { return ((lon / SCALE + 180) / 360) * 256 * 2 ** ZOOM; }
function y(lat) {
  const sine = Math.sin((lat / SCALE) * Math.PI / 180);
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256 * 2 ** ZOOM;
}

// One shape of many lines or rings, in pixels from an origin: Path2D keeps few decimals far from it.
export class Shape {
  constructor(lines, origin, closed) {
    this.path = new Path2D();
    for (const flat of lines) {
      let lon = flat[0], lat = flat[1];
      this.path.moveTo(x(lon) - origin[0], y(lat) - origin[1]);
      for (let i = 2; i < flat.length; i += 2) {
        lon += flat[i];
        lat += flat[i + 1];
        this.path.lineTo(x(lon) - origin[0], y(lat) - origin[1]);
      }
      if (closed) this.path.closePath();
    }
  }
}

export function originOf(bounds) { return [x(bounds[0] * SCALE), y(bounds[3] * SCALE)]; }
export function rings(polygons) { return polygons.flat(); }

export function spots(flat, origin) {
  const out = [];
  let lon = 0, lat = 0;
  for (let i = 0; i < flat.length; i += 2) {
    lon += flat[i];
    lat += flat[i + 1];
    out.push([x(lon) - origin[0], y(lat) - origin[1]]);
  }
  return out;
}

// A canvas under the map's own, painted at each change of view.
export class Sheet {
  constructor(map, name, z, origin, paint) {
    const pane = map.createPane(name);
    pane.style.zIndex = z;
    pane.style.pointerEvents = "none";
    this.pane = pane;
    this.renderer = L.canvas({ pane: name, padding: 0.12 });
    this.renderer._draw = () => {
      const ctx = this.renderer._ctx, corner = map.getPixelOrigin(), k = 2 ** (map.getZoom() - ZOOM);
      if (!ctx) return;
      ctx.save();
      ctx.translate(origin[0] * k - corner.x, origin[1] * k - corner.y);
      ctx.scale(k, k);
      ctx.lineJoin = ctx.lineCap = "round";
      paint(ctx, k, map.getZoom());
      ctx.restore();
    };
    this.renderer.addTo(map);
  }

  repaint() { if (this.renderer._ctx) this.renderer._redraw(); }
}

function stroke(ctx, shape, colour, width, dash) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash || []);
  ctx.stroke(shape.path);
  ctx.setLineDash([]);
}

function hatch(ctx, k, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const at of [-8, 0, 8]) { pen.moveTo(at, 0); pen.lineTo(at + 8, 8); }
  pen.stroke();
  const pattern = ctx.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / k));
  return pattern;
}

function dotted(ctx, k, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 9;
  const pen = tile.getContext("2d");
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(4.5, 4.5, 1.3, 0, 7);
  pen.fill();
  const pattern = ctx.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / k));
  return pattern;
}

export class Ground {
  constructor(content, origin) {
    this.outline = new Shape(rings(content.outline), origin, true);
    this.near = content.near && content.near.length ? new Shape(rings(content.near), origin, true) : null;
    this.water = new Shape(rings(content.water), origin, true);
    this.paths = new Shape(content.paths, origin);
    this.steps = new Shape(content.steps || [], origin);
    this.foot = new Shape(content.foot || [], origin);
    this.count = content.paths.length;
  }

  paintGround(ctx, k) {
    stroke(ctx, this.paths, COLOUR.outside, 0.7 / k);
    stroke(ctx, this.foot, COLOUR.outside, 0.7 / k);
    ctx.fillStyle = this.near ? COLOUR.bare : COLOUR.land;
    ctx.fill(this.outline.path, "evenodd");
    ctx.save();
    ctx.clip(this.outline.path, "evenodd");
    if (this.near) {
      ctx.fillStyle = COLOUR.land;
      ctx.fill(this.near.path, "evenodd");
    }
    ctx.fillStyle = COLOUR.water;
    ctx.fill(this.water.path, "evenodd");
    ctx.restore();
  }

  paintPaths(ctx, k, zoom) {
    ctx.save();
    ctx.clip(this.outline.path, "evenodd");
    if (zoom < 14.5) {
      for (const each of [this.paths, this.foot, this.steps]) stroke(ctx, each, COLOUR.path, 0.7 / k);
    } else {
      stroke(ctx, this.paths, "#cbc6ba", 5 / k);
      stroke(ctx, this.paths, COLOUR.white, 3.6 / k);
      stroke(ctx, this.foot, "#7c8a80", 1.4 / k);
      stroke(ctx, this.steps, COLOUR.ink, 2.5 / k, [1 / k, 3 / k]);
    }
    ctx.restore();
  }

  // The area's border lies above everything that is painted.
  paintBorder(ctx, k) {
    stroke(ctx, this.outline, COLOUR.white, 5 / k);
    stroke(ctx, this.outline, COLOUR.ink, 1.6 / k);
  }
}

// Walking distance in classes, with the limit as a line. Each shape lies inside the next: they are painted from the outside in.
export class Surface {
  constructor(content, theme, origin) {
    this.classes = content.classes.map((polygons) => new Shape(rings(polygons), origin, true));
    this.line = new Shape(content.line, origin);
    this.colours = theme.colours;
  }

  paint(ctx, ground) {
    if (ground && ground.near) ctx.clip(ground.near.path, "evenodd");
    if (ground) {
      ctx.fillStyle = this.colours[this.classes.length];
      ctx.fill(ground.outline.path, "evenodd");
    }
    for (let at = this.classes.length - 1; at >= 0; at -= 1) {
      ctx.fillStyle = this.colours[at];
      ctx.fill(this.classes[at].path, "evenodd");
    }
  }

  paintLine(ctx, k, ground) {
    if (ground && ground.near) ctx.clip(ground.near.path, "evenodd");
    stroke(ctx, this.line, "#0b5566", 1.1 / k);
  }
}

export class Dots {
  constructor(data, origin) {
    this.at = spots(data.at, origin);
    this.index = data.index || [];
    this.looks = data.looks;
  }

  paint(ctx, k, zoom) {
    const radius = (zoom < 12.5 ? 1.5 : zoom < 14 ? 1.9 : 2.6) / k;
    this.looks.forEach(([colour, rim], look) => {
      ctx.beginPath();
      this.at.forEach(([left, top], row) => {
        if ((this.index[row] || 0) !== look) return;
        ctx.moveTo(left + radius, top);
        ctx.arc(left, top, radius, 0, 7);
      });
      ctx.fillStyle = colour;
      if (rim) {
        ctx.strokeStyle = rim;
        ctx.lineWidth = 1.4 / k;
        ctx.stroke();
      }
      ctx.fill();
    });
  }
}

export class Areas {
  constructor(data, origin) {
    this.data = data;
    this.shape = new Shape(rings(data.each ? data.each.flat() : data.areas), origin, true);
  }

  paint(ctx, k) {
    const { data, shape } = this, dash = data.dash ? data.dash.split(/[ ,]+/).map((n) => n / k) : [];
    if (data.fill > 0) {
      ctx.globalAlpha = data.fill;
      ctx.fillStyle = data.colour;
      ctx.fill(shape.path, "evenodd");
      ctx.globalAlpha = 1;
    }
    if (data.pattern) {
      ctx.fillStyle = (data.pattern === "dots" ? dotted : hatch)(ctx, k, data.colour);
      ctx.fill(shape.path, "evenodd");
    }
    if (data.width <= 0) return;
    stroke(ctx, shape, COLOUR.white, (data.width + 2) / k);
    stroke(ctx, shape, data.colour, data.width / k, dash);
  }
}

export class Lines {
  constructor(data, origin) {
    this.data = data;
    this.shape = new Shape(data.lines, origin);
  }

  paint(ctx, k) {
    const { data, shape } = this, dash = data.dash ? data.dash.split(/[ ,]+/).map((n) => n / k) : [];
    stroke(ctx, shape, COLOUR.white, (data.width + 3) / k);
    stroke(ctx, shape, data.colour, data.width / k, dash);
  }
}

// Borders of districts: light under dark, so that they show on every class.
export class Borders extends Areas {
  paint(ctx, k) {
    ctx.globalAlpha = 0.75;
    stroke(ctx, this.shape, COLOUR.white, 3 / k);
    ctx.globalAlpha = 0.5;
    stroke(ctx, this.shape, COLOUR.ink, 1 / k, [5 / k, 4 / k]);
    ctx.globalAlpha = 1;
  }
}
