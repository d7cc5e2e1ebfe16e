// The door Streamlit opens. It keeps no cache of its own, so it is small: what draws has addresses with their checksums,
// which browsers keep for a year.
let parts = null;

async function load(assets) {
  const at = (name) => new URL(assets[name], import.meta.url).href;
  const styles = ["leaflet.css", "map.css"].map(async (name) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await (await fetch(at(name))).text());
    return sheet;
  });
  await import(at("leaflet.js"));
  const [map, draw, cards, ...sheets] = await Promise.all([import(at("map.js")), import(at("draw.js")), import(at("cards.js")), ...styles]);
  return { map, draw, cards, sheets };
}

export default async function (component) {
  parts = parts || load(component.data.assets);
  try {
    const loaded = await parts;
    return loaded.map.show(component, loaded, import.meta.url);
  } catch (error) {
    parts = null;
    throw error;
  }
}
