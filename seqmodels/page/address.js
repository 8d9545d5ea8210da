// What is shown, as the part of an address behind `#`, and back.

// Names in the address: short, for the address is passed on.
const NAMES = {
  text: "t", place: "p", layer: "l", unit: "c", quantity: "q", by: "by",
  temperature: "T", topK: "k", find: "f",
};
const NUMBERS = new Set(["place", "layer", "unit", "temperature", "topK"]);

export function toHash(state) {
  const pairs = Object.entries(NAMES)
    .filter(([name]) => state[name] !== undefined && state[name] !== null && state[name] !== "")
    .map(([name, short]) => `${short}=${encode(state[name])}`);
  const { hold } = state;
  if (hold) pairs.push(`hold=${[hold.layer, hold.unit, hold.value, hold.from].join("_")}`);
  return `#${pairs.join("&")}`;
}

// Half of a surrogate pair cannot be encoded; it is in few vocabularies.
function encode(value) {
  return encodeURIComponent(String(value).replace(/\p{Cs}/gu, "\ufffd"));
}

// What the address says and what can be so: whatever else it says is left out.
export function fromHash(hash, { num_layers, units, vocab_size, quantities }) {
  const given = new Map();
  for (const pair of hash.replace(/^#/, "").split("&")) {
    const [name, ...value] = pair.split("=");
    try {
      given.set(name, decodeURIComponent(value.join("=")));
    } catch {
      // Not ours, or cut off.
    }
  }
  const state = {};
  for (const [name, short] of Object.entries(NAMES)) {
    if (!given.has(short)) continue;
    const value = given.get(short);
    if (!NUMBERS.has(name)) state[name] = value;
    else if (value !== "" && Number.isFinite(Number(value))) state[name] = Number(value);
  }
  const within = (x, top) => Number.isInteger(x) && x >= 0 && x < top;
  if (!within(state.layer, num_layers)) delete state.layer;
  if (!within(state.unit, units)) delete state.unit;
  if (!within(state.place, Infinity)) delete state.place;
  if (!within(state.topK - 1, vocab_size)) delete state.topK;
  if (!(state.temperature >= 0 && state.temperature <= 2)) delete state.temperature;
  if (!quantities.includes(state.quantity)) delete state.quantity;
  if (!["cell", "lean", "surprise"].includes(state.by)) delete state.by;
  const [layer, unit, value, from] = (given.get("hold") || "").split("_").map(Number);
  if (within(layer, num_layers) && within(unit, units) && Math.abs(value) < 1 && within(from, Infinity)) {
    state.hold = { layer, unit, value, from };
  }
  return state;
}
