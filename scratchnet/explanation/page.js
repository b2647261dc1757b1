"use strict";
// This script displays the record (data.py). It computes positions, colours, widths and rounding,
// but no number of the record. Names are user input: they become text or attributes, never markup.

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const SVG = $("drawing").namespaceURI;
const FOLD = 16; // as in data.py: only the first 16 neurons, features or samples of a batch
const SHOWN = 8; // how many numbers of a phase are listed at first

// ---- the record ---------------------------------------------------------------------------------

const rows = data.numbers;
const layers = data.layers;
const places = new Map(rows.map((row, place) => [row.name, place]).filter(([name]) => name));
const aliases = new Map(Object.entries(data.aliases));
const state = { step: 0, sample: null, phase: 0, trail: [], opener: null, listed: false };
let playing = null; // the timer while the walk plays by itself

/** Return the index of the number with this name or alias, or undefined. */
function find(name) {
  if (places.has(name)) return places.get(name);
  if (aliases.has(name)) return places.get(aliases.get(name));
  const dot = name.lastIndexOf(".");
  const base = aliases.get(name.slice(0, dot));
  return base === undefined ? undefined : places.get(base + name.slice(dot));
}

const valueAt = (place, step) => (place === undefined ? null : rows[place].values[step]);
const value = (place) => valueAt(place, state.step);
const known = (place) => value(place) !== null;

/**
 * Return the formula of a number in this step, or null. `kind` is "formulas", or "chains" for the
 * formula by the chain rule.
 */
function formulaOf(place, kind = "formulas") {
  const which = rows[place][kind === "formulas" ? "which" : "which_chain"];
  const found = rows[place][kind];
  const n = which ? which[state.step] : 0;
  return found && n !== null && known(place) ? found[n] : null;
}

/** Return the numbers in a formula, without those of alternatives that are not selected. */
function operands(formula) {
  return (formula || []).flatMap((part) => {
    if (typeof part === "string") return [];
    if (Array.isArray(part)) return [part[0]];
    return [...operands(value(part.if) ? part.then : part.else), ...operands(part.since)];
  });
}

const isGiven = (name) => !/\.(new|gradient)$|^\d+\.(z|a|derivative|backward)\[|\.inner\[/.test(name);
const output = (k, i, j) => (k < 0 ? `x[${i}][${j}]` : `${k}.${layers[k].symbol}[${i}][${j}]`);
const width = (k) => (k < 0 ? data.inputs : layers[k].width);
const upTo = (n) => Array.from({ length: Math.min(n, FOLD) }, (_, i) => i);
/** Return a text of at most so many characters. */
const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
const kindOf = (k) => cut(layers[k].name.split("(")[0], 24);
const weightsOf = (k) =>
  layers[k].parameters.find(
    ({ shape }) => shape.length === 2 && shape[0] === width(k - 1) && shape[1] === width(k),
  );
const biasOf = (k) =>
  layers[k].parameters.find((p) => p.shape.length === 1 && p.name.endsWith(".bias"));

/** Return the names of the numbers of a parameter, row by row. */
function namesOf(p) {
  const [first, second] = p.shape.map(upTo);
  return second
    ? first.map((i) => second.map((j) => `${p.name}[${i}][${j}]`))
    : [first.map((j) => `${p.name}[${j}]`)];
}

/** Return the samples of the step whose numbers are all recorded. */
const recordedSamples = () => data.samples[state.step].slice(0, FOLD);

/** Return the selected sample, or the first sample if this step does not contain it. */
function sample() {
  const there = recordedSamples();
  return there.includes(state.sample) ? state.sample : there[0];
}

// ---- the names of columns and classes -----------------------------------------------------------

const columnName = (j) => (data.names ? data.names[j] : "");

/** Return the name of an output: its class, or the second of two classes with one output. */
function outputName(j) {
  const names = data.labels || [];
  const outs = width(layers.length - 1);
  if (names.length === outs) return names[j];
  return outs === 1 && names.length === 2 ? names[1] : "";
}

/** Return the class of a sample by its targets, or an empty string if they are not of one class. */
function className(values) {
  const names = data.labels || [];
  const found = values.map(drawn);
  const ones = found.filter((v) => v === 1).length;
  if (found.length === 1) {
    return names.length === 2 && [-1, 0, 1].includes(found[0]) ? names[ones] : "";
  }
  const isClass = ones === 1 && found.every((v) => v === 0 || v === 1);
  return (isClass && names[found.indexOf(1)]) || "";
}

/** Return the heading of a column of a table: its index, and its name if there is one. */
const headed = (nameOf) => (j) => (nameOf(j) ? `${j} ${cut(nameOf(j), 24)}` : String(j));

// ---- numbers as text, as in text.py -------------------------------------------------------------

/** Round halves to even, as Python does. `long` is the same number with 60 more digits. */
function rounded(short, long, decimals) {
  const end = long.indexOf(".") + 1 + decimals;
  const down = long.slice(0, end);
  const half = /^50*($|e)/.test(long.slice(end));
  return half && "02468".includes(down.slice(-1)) ? down + (long.match(/e.*/) || "") : short;
}

const fixed = (v, decimals) =>
  Math.abs(v) >= 1e21
    ? BigInt(v).toString()
    : rounded(v.toFixed(decimals), v.toFixed(decimals + 60), decimals);
const stripped = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const exponent = (mantissa, e) =>
  `${mantissa}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;

/** Return a number with four decimals, or with four significant digits if it is small. */
function number(v, decimals = 4) {
  if (typeof v === "boolean") return v ? "1" : "0";
  if (typeof v !== "number") return v === null ? "–" : v.length > 24 ? v.slice(0, 12) + "…" : v;
  if (v === 0 || Math.abs(v) >= Number(`1e${2 - decimals}`)) return stripped(fixed(v, decimals));
  const n = decimals - 1;
  const [mantissa, e] = rounded(v.toExponential(n), v.toExponential(n + 60), n).split("e");
  return e < -4 ? exponent(stripped(mantissa), Number(e)) : stripped(fixed(v, n - e));
}

/** Return a number, of any size, short enough for a table or a caption. */
function brief(v) {
  if (typeof v === "number") return number(v).length > 14 ? v.toPrecision(4) : number(v);
  return String(v).length > 14 && drawn(v) !== 0 ? brief(drawn(v)) : number(v);
}

/** Return a number short enough for a neuron. */
function short(v) {
  if (v === null) return "–";
  if (typeof v !== "number") return String(v).length > 6 ? short(drawn(v)) : String(v);
  const size = Math.abs(v);
  if ((v !== 0 && size < 0.005) || size >= 1e5) return v.toExponential(0);
  return size < 100 ? stripped(v.toFixed(2)) : String(Number(v.toPrecision(2)));
}

/** Return all digits, as Python's repr does. */
function repr(v) {
  if (typeof v === "boolean") return v ? "True" : "False";
  if (typeof v !== "number") return v === null ? "not in this step" : v;
  const [mantissa, e] = v.toExponential().split("e");
  if (v !== 0 && (e < -4 || e >= 16)) return exponent(mantissa, Number(e));
  return Object.is(v, -0) ? "-0.0" : Number.isInteger(v) ? v + ".0" : String(v);
}

/** Return a value as a length; fractions are text in the record. */
function drawn(v) {
  const [above, below] = String(v).split("/").map(Number);
  const found = typeof v === "number" ? v : below ? above / below : above;
  return Number.isFinite(found) ? found : 0;
}

function signOf(v) {
  if (v === null || typeof v === "boolean") return "";
  return drawn(v) < 0 || v === "-inf" ? "negative" : drawn(v) > 0 || v === "inf" ? "positive" : "";
}

// ---- elements -----------------------------------------------------------------------------------

function filled(element, attributes, children) {
  for (const [name, v] of Object.entries(attributes)) {
    if (v !== null && v !== undefined) element.setAttribute(name, v);
  }
  element.append(...children.flat(9));
  return element;
}

const el = (tag, attributes = {}, ...children) =>
  filled(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

/** Set a text. Screen readers read each change, so the same text is not set again. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function button(text, action, attributes = {}) {
  const made = el("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", action);
  return made;
}

/** Return the name of a number with all its digits. */
const inFull = (place) =>
  rows[place].name ? `${rows[place].name} = ${repr(value(place))}` : repr(value(place));

/** Return a button that opens a number. */
function numberButton(place, text, kind = signOf(value(place))) {
  return el(
    "button",
    { type: "button", class: `num ${kind}`, "data-place": place, title: inFull(place) },
    text,
  );
}

// ---- formulas -----------------------------------------------------------------------------------

/** Allow line breaks in a formula only after an operator or a word. */
const breakable = (text) =>
  text.match(/ ?[^ ]* ?/g).flatMap((word) => (/[^ ] $/.test(word) ? [word, el("wbr")] : [word]));

/** Return the elements of a formula: `leaf` converts a number, `text` the text between numbers. */
function written(formula, leaf, text) {
  return formula.flatMap((part) => {
    if (typeof part === "string") return breakable(text(part));
    if (Array.isArray(part)) return [leaf(...part)];
    const holds = value(part.if);
    const chosen = written(holds ? part.then : part.else, leaf, text);
    return [
      ...chosen,
      ...breakable(", since "),
      ...written(holds ? part.since : part.unless, leaf, text),
    ];
  });
}

/** Return the button of a number, in parentheses if its text needs them. */
function leafOf(place, parentheses, text, kind) {
  const needed = text.startsWith("-") ? parentheses & 1 : text.includes("/") && parentheses & 2;
  return needed ? ["(", numberButton(place, text, kind), ")"] : [numberButton(place, text, kind)];
}

/** Return how many decimals a number in a formula needs in this step. */
const decimalsIn = (ofSteps) => (ofSteps ? parseInt(ofSteps[state.step], 36) : 4);

const byName = (formula) =>
  el(
    "div",
    { class: "formula by-name" },
    written(
      formula,
      (place, p) => leafOf(place, p, rows[place].name || number(value(place), 10), ""),
      (text) => text.replace(/·/g, " · ").replace(/\//g, " / "),
    ),
  );
const byNumber = (formula) =>
  el(
    "div",
    { class: "formula by-number" },
    written(
      formula,
      (place, p, decimals) => leafOf(place, p, number(value(place), decimalsIn(decimals))),
      (text) => text,
    ),
  );
const result = (place) =>
  el("div", { class: "formula value" }, numberButton(place, number(value(place))));

/** Return a number with its formulas, for the list of a phase. */
function entry(place) {
  const formula = formulaOf(place);
  return el(
    "div",
    { class: "entry" },
    numberButton(place, rows[place].name, ""),
    formula ? [byName(formula), byNumber(formula)] : [],
    result(place),
    formula || !isGiven(rows[place].name) ? [] : el("span", { class: "muted value" }, "given"),
  );
}

// ---- words --------------------------------------------------------------------------------------

const WHAT = {
  Sigmoid: "maps any number into the range from 0 to 1",
  Tanh: "maps any number into the range from −1 to 1",
  ReLU: "passes positive numbers on and replaces negative ones by 0",
  Softmax: "turns the numbers into probabilities that sum to 1",
  Threshold: "returns 1 from its threshold on, and 0 below it",
  Identity: "passes every number on unchanged",
  Dropout:
    "sets some outputs to 0 at random during training, " +
    "so that no neuron relies on a single other one",
  Normalization: "shifts and scales every input, so that all have a similar size",
};

const SUFFIXES = [
  [/\.gradient$/, (of) => `the gradient: how fast the loss grows with ${of}`],
  [/\.(?:m|v|G|momentum|memory\[\d+\])$/, (of) => `what the optimizer remembers about ${of}`],
  [/\.new$/, (of) => `${of}, after the update`],
];
const named = (name) => (name ? ` (${name})` : "");
const NAMES = [
  [/^x\[(\d+)\]\[(\d+)\]$/, (i, j) => `input ${j}${named(columnName(j))} of sample ${i}`],
  [
    /^y\[(\d+)\]\[(\d+)\]$/,
    (i, j) => `the target of output ${j}${named(outputName(j))} for sample ${i}`,
  ],
  [
    /^(\d+)\.weights\[(\d+)\]\[(\d+)\]$/,
    (k, i, j) => {
      const from = k > 0 ? `neuron ${i} of the layer before` : `input ${i}${named(columnName(i))}`;
      return `the weight from ${from} to neuron ${j} of layer ${k}`;
    },
  ],
  [/^(\d+)\.bias\[(\d+)\]$/, (k, j) => `the bias of neuron ${j} of layer ${k}`],
  [
    /^(\d+)\.[za]\[(\d+)\]\[(\d+)\]$/,
    (k, i, j) => {
      const name = Number(k) === layers.length - 1 ? named(outputName(j)) : "";
      return `the output of neuron ${j}${name} of layer ${k} (${kindOf(k)}) for sample ${i}`;
    },
  ],
  [
    /^(\d+)\.derivative\[(\d+)\]\[(\d+)\]$/,
    (k, i, j) => `the derivative of layer ${k} (${kindOf(k)}) at neuron ${j} for sample ${i}`,
  ],
  [
    /^(\d+)\.(inner|backward)\[\d+\]$/,
    (k) => `a number within layer ${k} (${kindOf(k)}) that belongs to the whole batch`,
  ],
  [
    /^(\d+)\.inner\[(\d+)\]/,
    (k, i) => `a number within layer ${k} (${kindOf(k)}) for sample ${i}, used more than once`,
  ],
  [
    /^(\d+)\.backward\[(\d+)\]/,
    (k, i) => `a number in the backward pass of layer ${k} (${kindOf(k)}) for sample ${i}`,
  ],
  [/^loss\[(\d+)\]/, (i) => `the loss of sample ${i}`],
  [/^loss\.inner\[/, () => "a number within the loss, used more than once"],
  [/^sample_weight\[(\d+)\]$/, (i) => `the weight of sample ${i} in the loss`],
  [/^loss$/, () => "the loss: how wrong the network is"],
  [/^(learning_rate|rate)$/, () => "the size of a step"],
  [/^$/, () => "a constant of the rule"],
];

/** Return a description of a number, or an empty string if its name is clear. */
function inWords(name) {
  for (const [pattern, words] of SUFFIXES) {
    const of = name.replace(pattern, "");
    if (of !== name) return words(inWords(of) || of);
  }
  for (const [pattern, words] of NAMES) {
    if (pattern.test(name)) return words(...name.match(pattern).slice(1));
  }
  return "";
}

// ---- the phases of a step -----------------------------------------------------------------------

/** Return the names of the numbers of a layer's parameters, with a suffix. */
const parameterNumbers = (k, suffix) =>
  layers[k].parameters.flatMap((p) => namesOf(p).flat()).map((name) => name + suffix);
const within = (start) =>
  [...places.keys()].filter((name) => name.startsWith(start) && name.endsWith("]"));
const targets = () => upTo(width(layers.length - 1)).map((j) => `y[${sample()}][${j}]`);
const outputs = (k, suffix = "") => upTo(width(k)).map((j) => output(k, sample(), j) + suffix);

/** Return the first layer whose output gradient is computed directly from the loss. */
function topmost() {
  const direct = layers
    .map((_, k) => k)
    .filter((k) => {
      const place = recordedSamples()
        .map((i) => find(output(k, i, 0) + ".gradient"))
        .find(known);
      const formula = place !== undefined && formulaOf(place);
      const isOfBackward = (name) => /\.gradient$|^\d+\.backward\[/.test(name);
      return formula && !operands(formula).some((p) => isOfBackward(rows[p].name));
    });
  return direct.length ? direct[0] : layers.length - 1;
}

/** Return the formula of a rule as books write it, and why it is computed in another form. */
const writtenAs = (lines) => (lines && lines.length ? ` The rule: ${lines.join(". ")}` : "");

const PHASES = {
  data: () => ({
    part: "forward",
    title: "The data",
    names: () => [...outputs(-1), ...targets(), `sample_weight[${sample()}]`],
    words:
      "One sample is the input: its numbers x are the first column of the drawing." +
      (data.loss ? " Its target y is the output that the network should compute." : ""),
  }),
  forward: (k) => ({
    part: "forward",
    title: `Forward: layer ${k}, ${kindOf(k)}`,
    names: () => [
      ...outputs(k),
      ...layers[k].kept.flatMap((base) => within(`${base}[${sample()}]`)),
      ...within(`${k}.inner[${sample()}]`),
    ],
    words: weightsOf(k)
      ? "Each neuron multiplies each of its inputs by the weight on the edge, sums the products, " +
        "and adds its bias."
      : `${kindOf(k)} ${WHAT[kindOf(k)] || "computes new numbers from its inputs"}. ` +
        (k < layers.length - 1
          ? "Its output is the input of the next layer."
          : "Its output is the output of the network.") +
        writtenAs(layers[k].rule),
  }),
  loss: () => ({
    part: "loss",
    title: "The loss",
    names: () => ["loss", ...within("loss["), ...within("loss.inner[")],
    words:
      "How wrong is the network? The loss is a single number that compares the outputs with the " +
      "targets, for all samples of this step. Training makes it smaller." +
      writtenAs(data.loss_rule),
  }),
  gradient: (k) => ({
    part: "backward",
    title: "Backward: the gradient of the loss",
    names: () => outputs(k, ".gradient"),
    words:
      "The backward pass begins. If this number were a little larger, how would the loss change? " +
      "That is its gradient. If it is positive, the loss would grow, so the number should " +
      "decrease." +
      (k === layers.length - 1
        ? ""
        : ` The loss and ${layers
            .map((_, n) => kindOf(n))
            .slice(k + 1)
            .join(", ")} are differentiated in one step here.`),
  }),
  backward: (k) => ({
    part: "backward",
    title: `Backward: layer ${k}, ${kindOf(k)}`,
    names: () => [...parameterNumbers(k, ".gradient"), ...outputs(k - 1, ".gradient")],
    words: weightsOf(k)
      ? "How does each weight affect the loss? Its gradient is the input of its edge times the " +
        "gradient of the neuron it leads to, summed over the samples. The gradient of each input " +
        "is the sum of the neurons' gradients times the weights of the edges to them."
      : `The gradient is passed back through ${kindOf(k)}: it is multiplied by the derivative. ` +
        "That is the chain rule.",
  }),
  update: (k) => ({
    part: "update",
    title: `Update: layer ${k}, ${kindOf(k)}`,
    names: () => parameterNumbers(k, ".new"),
    words:
      "Each weight takes a small step against its gradient. The optimizer determines the size of " +
      "the step. Click a new weight to see how it is computed.",
  }),
  after: () => ({
    part: "update",
    title: "The same samples again",
    names: () => ["loss", "loss.new"],
    words:
      "The same samples pass through the network again, with the new weights. These are the " +
      "losses before and after the update.",
  }),
};

/** Return all phases that have a number in at least one step. */
function allPhases() {
  const up = layers.map((_, k) => k);
  const top = topmost();
  const down = up.slice(0, top + 1).reverse();
  const kinds = [["data"], ...up.map((k) => ["forward", k])];
  if (data.loss) {
    kinds.push(
      ["loss"],
      ["gradient", top],
      ...down.map((k) => ["backward", k]),
      ...up.map((k) => ["update", k]),
      ["after"],
    );
  }
  const isRecorded = ({ kind, names }) => {
    if (kind === "data") return true;
    if (kind === "after") return find("loss.new") !== undefined;
    return names().some((name) => find(name) !== undefined);
  };
  return kinds
    .map(([kind, layer]) => ({ kind, layer, top, ...PHASES[kind](layer) }))
    .filter(isRecorded);
}

const phase = () => phases[state.phase];
const numbersOf = (of) => [...new Set(of.names().map(find).filter(known))];

// ---- the drawing --------------------------------------------------------------------------------

/** Return the columns of neurons. A layer with weights or another width starts a new one. */
function columnsOf() {
  const columns = [{ layers: [-1], width: data.inputs }];
  layers.forEach((layer, k) => {
    if (weightsOf(k) || layer.width !== width(k - 1)) {
      columns.push({ layers: [k], width: layer.width });
    } else {
      columns[columns.length - 1].layers.push(k);
    }
  });
  return columns;
}

const columns = columnsOf();
const last = columns.length - 1;
const present = (names) => names.map(find).find(known);

/**
 * Return the number that a neuron shows in a phase: its gradient if the backward pass has reached
 * it, else its output.
 */
function neuronNumber(column, j) {
  const { kind, layer, top } = phase();
  const i = sample();
  const own = columns[column].layers;
  const outs = [...own].reverse().map((k) => output(k, i, j));
  if (kind === "data" || kind === "forward") {
    const reached = kind === "data" ? -1 : layer;
    return present(outs.slice(own.filter((k) => k > reached).length % own.length));
  }
  if (kind === "after") {
    return present([...outs.map((name) => name + ".new"), ...(column ? [] : [output(-1, i, j)])]);
  }
  let from = Infinity;
  if (kind === "gradient") from = top;
  if (kind === "backward") from = layer - 1;
  const gradients = own
    .filter((k) => k >= from && k <= top)
    .map((k) => output(k, i, j) + ".gradient");
  return present([...gradients, outs[0]]);
}

/**
 * Return the number that an edge or bias shows: its gradient in the backward pass of its layer, and
 * its new value after the update.
 */
function parameterNumber(k, name) {
  const { kind, layer } = phase();
  const isUpdated = kind === "after" || (kind === "update" && k <= layer);
  if (kind === "backward" && k === layer) return present([name + ".gradient", name]);
  return present(isUpdated ? [name + ".new", name] : [name]);
}

/** Return whether the phase concerns the item. */
function isLit(item) {
  const { kind, layer, top } = phase();
  const own = item.column === undefined ? [] : columns[item.column].layers;
  if (kind === "after") return true;
  if (item.kind === "edge") return item.layer === layer && kind !== "gradient";
  if (item.kind === "target") return kind === "data" || kind === "loss" || kind === "gradient";
  if (item.kind === "loss") return kind === "loss";
  if (kind === "data") return item.column === 0;
  if (kind === "loss") return item.column === last;
  if (kind === "gradient") return own.includes(top);
  return kind !== "update" && (own.includes(layer) || own.includes(layer - 1));
}

let items = []; // the items of the drawing: {kind, element, number(), paint(place, share)}

function item(kind, more, ...children) {
  const element = svg("g", { class: `item ${kind}`, role: "button", tabindex: -1 }, children);
  items.push({ kind, element, ...more });
  return element;
}

function label(x, y, text, attributes = {}, ...children) {
  return svg("text", { x, y, ...attributes }, text, children);
}

/** Return a neuron, a bias, a target or the loss: a shape with a number. */
function node(kind, shape, x, y, size, more) {
  const at =
    shape === "circle"
      ? { cx: x, cy: y, r: size }
      : { x: x - size, y: y - size * 0.72, width: 2 * size, height: size * 1.44, rx: 5 };
  const tint = svg(shape, { ...at, class: "tint" });
  const text = label(x, y, "", { "font-size": Math.max(9, Math.min(12.5, size * 0.58)) });
  const paint = (v, share) => {
    tint.setAttribute("fill-opacity", signOf(v) ? 0.07 + 0.27 * share : 0);
    text.textContent = kind === "bias" ? "" : short(v);
  };
  const box = { x, y, width: 2 * size + 2, height: 2 * size + 2 }; // no label of an edge is here
  return item(
    kind === "bias" ? "edge" : kind,
    { ...more, paint, box },
    svg(shape, { ...at, class: "body" }),
    tint,
    text,
  );
}

/** Return a weight as a line whose width shows its size, and its label, which is placed later. */
function edge(from, to, thickest, more) {
  const across = to.x - from.x;
  const bend = across > 90 ? across / 2.4 : 0; // straight if the columns are close
  const curve = [from.x + bend, from.y, to.x - bend, to.y, to.x, to.y].join(" ");
  const d = `M${from.x} ${from.y}C${curve}`;
  const wire = svg("path", { d, class: "wire" });
  const tag = label(0, 0, "");
  const paint = (v, share) => {
    wire.setAttribute("stroke-width", (0.6 + thickest * share).toFixed(2));
    tag.setAttribute("class", `tag ${signOf(v)}`);
  };
  /** Return the point of the line at t, from 0 at its start to 1 at its end. */
  const at = (t) => {
    const u = 1 - t;
    const onCurve = (a, b, c, e) =>
      u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * e;
    return {
      x: onCurve(from.x, from.x + bend, to.x - bend, to.x),
      y: onCurve(from.y, from.y, to.y, to.y),
    };
  };
  const parts = [svg("path", { d, class: "reach" }), wire];
  return [item("edge", { ...more, paint, tag, at }, parts), tag];
}

const TAGGED = 16; // how many edges of a layer have a label at most
const ALONG = [0.5]; // where on its edge a label may be, the best place first
for (let n = 1; n <= 20; n++) ALONG.push(0.5 + 0.02 * n, 0.5 - 0.02 * n);

const pen = el("canvas").getContext("2d");
const isApart = (a, b) =>
  Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;

/** Return the highlighted edges that get a label: in each layer those with the largest numbers. */
function taggedEdges() {
  const size = (one) => Math.abs(drawn(one.value));
  const lit = items.filter((one) => one.tag && one.lit && one.value !== null);
  const inLayer = (k) => lit.filter((one) => one.layer === k).sort((a, b) => size(b) - size(a));
  return layers.flatMap((_, k) => inLayer(k).slice(0, TAGGED));
}

/**
 * Place the labels of the edges so that none covers another or a neuron. The label with the fewest
 * free places is next, at the one that leaves the others most; without a place, it is left out.
 */
function placeTags() {
  items.filter((one) => one.tag).forEach(({ tag }) => (tag.textContent = ""));
  const font = $("drawing").classList.contains("narrow") ? 10 : 11.5;
  pen.font = `600 ${font}px ${getComputedStyle(document.body).fontFamily}`;
  const nodes = items.filter((one) => one.box).map((one) => one.box);
  let waiting = taggedEdges().map(({ value: v, tag, at }) => {
    const text = short(v);
    const size = { width: pen.measureText(text).width + 3, height: 1.25 * font };
    const boxes = ALONG.map((t) => ({ ...at(t), ...size }));
    return { tag, text, places: boxes.filter((box) => nodes.every((one) => isApart(box, one))) };
  });
  for (;;) {
    waiting = waiting.filter(({ places }) => places.length);
    if (!waiting.length) return;
    const fewest = Math.min(...waiting.map(({ places }) => places.length));
    const next = waiting.find(({ places }) => places.length === fewest);
    const others = waiting.filter((one) => one !== next).flatMap(({ places }) => places);
    const taken = next.places.map((box) => others.filter((other) => !isApart(other, box)).length);
    const box = next.places[taken.indexOf(Math.min(...taken))];
    next.tag.textContent = next.text;
    filled(next.tag, { x: box.x.toFixed(1), y: box.y.toFixed(1), "font-size": font }, []);
    next.places = [];
    waiting.forEach((one) => (one.places = one.places.filter((other) => isApart(other, box))));
  }
}

/** Return a text beside a neuron, with its full text as a tooltip. */
const beside = (x, y, text, most, style) =>
  label(x, y, cut(text, most), { class: `beside ${style}` }, svg("title", {}, text));

/** Draw the network into a space so wide; repeated when the width of the window changes. */
function draw(room = $("drawing").parentElement.clientWidth) {
  const extra = data.loss ? 1 : 0;
  const most = Math.max(...columns.map((c) => Math.min(c.width, FOLD) + (c.width > FOLD ? 1 : 0)));
  const isNarrow = room <= 500;
  $("drawing").classList.toggle("narrow", isNarrow);
  const [unit, largest] = most <= 4 ? [76, 25] : most <= 8 ? [58, 21] : [42, 17];
  const size = isNarrow ? Math.min(largest, 17) : largest;
  // The names beside the inputs and the outputs.
  const letters = isNarrow ? 9 : 18;
  const spaceFor = (names) =>
    Math.max(0, ...names.map((name) => (name ? Math.min(name.length, letters) * 7 + 8 : 0)));
  const inputNames = upTo(data.inputs).map(columnName);
  const outputNames = upTo(columns[last].width).map(outputName);
  const margin = isNarrow ? size + 12 : 58;
  const side = margin + spaceFor(inputNames);
  const rest = side + margin + spaceFor(outputNames);
  const gap = Math.max(78, Math.min(240, (room - rest) / Math.max(1, last + extra)));
  const lines = Math.max(...columns.map((c) => c.layers.length));
  const head = 17 * lines + 24;
  const n = Math.min(columns[last].width, FOLD);
  const middle = head + (most / 2) * unit;
  const tall = (most / 2) * unit + Math.max(most / 2, extra && n / 2 + 1) * unit;
  const at = (c, j, of = Math.min(columns[c].width, FOLD)) => ({
    x: side + c * gap,
    y: middle + (j - (of - 1) / 2) * unit,
  });
  const wires = [];
  const nodes = [];
  const words = [];
  items = [];
  columns.forEach((column, c) => {
    const k = column.layers[0];
    const weights = k >= 0 && weightsOf(k);
    const bias = k >= 0 && biasOf(k);
    const titles = column.layers.map((l) => (l < 0 ? "inputs" : `${l} ${kindOf(l)}`));
    const longest = Math.floor(Math.min(gap, c ? gap : 2 * side) / 7.5);
    titles.forEach((title, n) =>
      words.push(
        label(
          at(c, 0).x,
          14 + 17 * n,
          cut(title, longest),
          { class: n ? "column sub" : "column" },
          svg("title", {}, title),
        ),
      ),
    );
    for (const j of upTo(column.width)) {
      const to = at(c, j);
      for (const i of weights ? upTo(weights.shape[0]) : []) {
        const edges = Math.min(weights.shape[0], FOLD) * column.width;
        const from = at(c - 1, i);
        const name = `${weights.name}[${i}][${j}]`;
        const [wire, tag] = edge(
          { x: from.x + size, y: from.y },
          { x: to.x - size, y: to.y },
          edges > 32 ? 2.5 : 5,
          { layer: k, peak: k, many: edges > 64, number: () => parameterNumber(k, name) },
        );
        wires.push(wire);
        words.push(tag);
      }
      nodes.push(
        node("neuron", "circle", to.x, to.y, size, {
          column: c,
          peak: `n${c}`,
          number: () => neuronNumber(c, j),
        }),
      );
      if (c === 0 && inputNames[j]) {
        words.push(beside(to.x - size - 6, to.y, inputNames[j], letters, "end"));
      }
      if (c === last && outputNames[j]) {
        const right = at(last + extra, j, n).x;
        words.push(beside(right + size + 6, to.y, outputNames[j], letters, "start"));
      }
      if (bias) {
        nodes.push(
          node("bias", "circle", to.x - size * 0.72, to.y - size * 0.85, 7, {
            layer: k,
            peak: k,
            number: () => parameterNumber(k, `${bias.name}[${j}]`),
          }),
        );
      }
    }
    const more = column.width - FOLD;
    if (more > 0) {
      words.push(label(at(c, 0).x, at(c, FOLD - 0.25).y, `… ${more} more`, { class: "more" }));
    }
  });
  const end = last + 1;
  if (data.loss) {
    words.push(label(side + end * gap, 14, "target", { class: "column" }));
    const sum = at(end, n, n);
    for (const j of upTo(n)) {
      const from = at(last, j);
      const to = at(end, j, n);
      wires.unshift(
        svg("path", { class: "joint", d: `M${from.x + size} ${from.y}H${to.x - size}` }),
      );
      nodes.push(
        node("target", "rect", to.x, to.y, size * 0.9, {
          peak: "y",
          number: () => find(`y[${sample()}][${j}]`),
        }),
      );
    }
    const loss = () => find(phase().kind === "after" ? "loss.new" : "loss");
    nodes.push(node("loss", "rect", sum.x, sum.y, size * 1.15, { peak: "loss", number: loss }));
    words.push(label(sum.x, sum.y + size * 0.85 + 11, "loss", { class: "column sub" }));
  }
  const whole = rest + (last + extra) * gap;
  filled(
    $("drawing"),
    { width: whole, height: head + tall + 16, viewBox: `0 0 ${whole} ${head + tall + 16}` },
    [],
  );
  $("drawing").replaceChildren(...wires, ...nodes, ...words);
  items = [...$("drawing").querySelectorAll(".item")].map((element) =>
    items.find((one) => one.element === element),
  );
}

/** Show the numbers, colours and widths of this step, sample and phase. */
function paint() {
  const shown = items.map((one) => {
    const place = one.number();
    return known(place) ? place : undefined;
  });
  const peaks = new Map();
  items.forEach((one, n) => {
    const size = Math.abs(drawn(value(shown[n]) ?? 0));
    peaks.set(one.peak, Math.max(peaks.get(one.peak) || 0, size));
  });
  const chosen = state.trail.length ? state.trail[state.trail.length - 1].place : undefined;
  items.forEach((one, n) => {
    const place = shown[n];
    const v = value(place);
    const element = one.element;
    const lit = isLit(one);
    const peak = peaks.get(one.peak);
    one.paint(v, peak ? Math.abs(drawn(v)) / peak : 0);
    Object.assign(one, { lit, value: v });
    const classes = ["item", one.kind, signOf(v), lit ? "on" : "dim"];
    if (one.many) classes.push("many");
    if (place !== undefined && place === chosen) classes.push("chosen");
    element.setAttribute("class", classes.join(" "));
    if (!one.title) {
      one.title = svg("title");
      element.append(one.title);
    }
    if (place === undefined) {
      element.setAttribute("aria-label", "not in this step");
      delete element.dataset.place;
      one.title.textContent = "";
    } else {
      element.setAttribute("aria-label", `${rows[place].name} = ${number(v)}`);
      element.dataset.place = place;
      one.title.textContent = inFull(place);
    }
  });
  placeTags();
  rove($("drawing"));
}

const BACK =
  "Neurons show their gradients if the backward pass has reached them, " +
  "and their outputs otherwise.";
const LEGENDS = {
  gradient: BACK,
  backward: BACK + " Highlighted edges show the gradients of their weights.",
  after: "Neurons show their outputs with the new weights, if these are recorded.",
  update: "Edges of updated layers show the new weights.",
};

function legend() {
  const { kind } = phase();
  const swatch = (sign) => el("span", { class: `swatch ${sign}` });
  const text =
    LEGENDS[kind] || "Neurons show their outputs, edges their weights, and small dots the biases.";
  const edges = layers.map((_, k) => items.filter((one) => one.tag && one.lit && one.layer === k));
  const some = edges.some((of) => of.length > TAGGED)
    ? ` The ${TAGGED} largest of a layer have labels.`
    : "";
  $("legend").replaceChildren(
    text + some,
    swatch("positive"),
    "positive",
    swatch("negative"),
    "negative; thicker lines are larger weights.",
  );
}

// ---- matrices -----------------------------------------------------------------------------------

/**
 * Return a matrix as a table. `names` are the names of its numbers; `side` is its role in a
 * product: "left", "right", "add" or "result".
 */
function matrix(caption, names, side = "", { rowNames, columnNames, more = "", current } = {}) {
  const cell = (name, r, c) => {
    const place = find(name);
    if (!known(place)) return el("td", { class: "gap" }, "–");
    const text = brief(value(place));
    const made = numberButton(place, text);
    const attributes = { "data-side": side, "data-row": r, "data-column": c, tabindex: -1 };
    return el(
      "td",
      {},
      filled(made, { ...attributes, "aria-label": `${rows[place].name} = ${text}` }, []),
    );
  };
  const heads = () => names[0].map((_, c) => el("th", { scope: "col" }, columnNames(c)));
  const head = columnNames
    ? [el("tr", {}, rowNames ? el("td", { class: "corner" }) : [], heads())]
    : [];
  const size = names[0].length > 12 ? "wide" : "";
  const body = names.map((line, r) =>
    el(
      "tr",
      { class: r === current ? "current" : null },
      rowNames ? el("th", { scope: "row" }, rowNames(r)) : [],
      line.map((name, c) => cell(name, r, c)),
    ),
  );
  return el(
    "figure",
    {},
    el("figcaption", {}, caption, more && ` (${more})`),
    el(
      "div",
      { class: "scroll" },
      el("table", { class: `matrix ${size}`, "data-roving": "" }, el("tbody", {}, head, body)),
    ),
  );
}

const sign = (text) => el("span", { class: "sign" }, text);

/** Return tables in a row; a sign stays with the table after it. */
function equation(...parts) {
  const all = parts.flat(9);
  const isSign = (one) => one && one.matches(".sign");
  const paired = (one, n) => {
    if (isSign(one)) return el("div", { class: "pair" }, one, all[n + 1]);
    return isSign(all[n - 1]) ? [] : one;
  };
  return el("div", { class: "equation" }, all.map(paired));
}

const transposed = (names) =>
  names.length ? names[0].map((_, c) => names.map((line) => line[c])) : [];
const suffixed = (names, suffix) => names.map((line) => line.map((name) => name + suffix));
const anyKnown = (names) => names.flat().some((name) => known(find(name)));

/** Return the tables of a phase: one row per equation. */
function tablesOf({ kind, layer: k }) {
  const batch = recordedSamples();
  const end = layers.length - 1;
  const others = data.samples[state.step].length - batch.length;
  if (!batch.length) return [];
  const numbered = { rowNames: String, columnNames: String };
  const ofSample = (n) => String(batch[n]);
  const bySample = {
    rowNames: ofSample,
    columnNames: String,
    current: batch.indexOf(sample()),
    more: others ? `and ${others} more samples` : "",
  };
  const namesAt = (l, suffix) =>
    batch.map((i) => upTo(width(l)).map((j) => output(l, i, j) + suffix));
  const columnsAt = (l) => {
    if (l < 0) return headed(columnName);
    return l === end ? headed(outputName) : String;
  };
  const withColumns = (l) => ({ ...bySample, columnNames: columnsAt(l) });
  const given = (l, side, caption = l < 0 ? "X, the inputs" : `the output of layer ${l}`) =>
    matrix(caption, namesAt(l, ""), side, withColumns(l));
  const gradients = (
    l,
    side,
    caption = l < 0 ? "gradients of X" : `gradients of the output of layer ${l}`,
  ) => matrix(caption, namesAt(l, ".gradient"), side, withColumns(l));
  const wanted = () =>
    matrix(
      "y, the targets",
      batch.map((i) => upTo(width(end)).map((j) => `y[${i}][${j}]`)),
      "",
      withColumns(end),
    );
  const weights = kind !== "data" && k >= 0 && weightsOf(k);
  const bias = weights && biasOf(k);
  const vector = { columnNames: String };

  if (kind === "data") return [equation(given(-1), data.loss ? wanted() : [])];
  if (kind === "loss") {
    return [
      equation(given(end, "", "the outputs"), wanted(), sign("→"), matrix("the loss", [["loss"]])),
    ];
  }
  if (kind === "gradient") {
    return [equation(given(end, "", "the outputs"), wanted(), sign("→"), gradients(k))];
  }
  if (kind === "forward" && !weights) return [equation(given(k - 1), sign("→"), given(k))];
  if (kind === "forward") {
    const b = bias ? [sign("+"), matrix("b, the biases", namesOf(bias), "add", vector)] : [];
    return [
      equation(
        given(k - 1, "left"),
        sign("·"),
        matrix("W, the weights", namesOf(weights), "right", numbered),
        b,
        sign("="),
        given(k, "result", `Z, the output of layer ${k}`),
      ),
    ];
  }
  if (kind === "backward" && !weights) {
    const steep = batch.map((i) => upTo(width(k)).map((j) => `${k}.derivative[${i}][${j}]`));
    return [
      equation(
        gradients(k),
        anyKnown(steep)
          ? [sign("⊙"), matrix(`derivatives of ${kindOf(k)}`, steep, "", bySample)]
          : [],
        sign("="),
        gradients(k - 1),
      ),
    ];
  }
  if (kind === "backward") {
    const delta = "δ, the gradients of Z";
    const caption = k ? `the output of layer ${k - 1}, transposed` : "X, transposed";
    const sideways = matrix(caption, transposed(namesAt(k - 1, "")), "left", {
      rowNames: columnsAt(k - 1),
      columnNames: ofSample,
    });
    const gradientsOf = (p, way) =>
      matrix(
        `gradients of ${p === bias ? "b" : "W"}`,
        suffixed(namesOf(p), ".gradient"),
        "result",
        way,
      );
    const back = matrix("W, transposed", transposed(namesOf(weights)), "right", numbered);
    return [
      equation(
        sideways,
        sign("·"),
        gradients(k, "right", delta),
        sign("="),
        gradientsOf(weights, numbered),
      ),
      bias
        ? equation(
            gradients(k, "right", "δ, summed by columns"),
            sign("="),
            gradientsOf(bias, vector),
          )
        : [],
      anyKnown(namesAt(k - 1, ".gradient"))
        ? equation(
            gradients(k, "left", delta),
            sign("·"),
            back,
            sign("="),
            gradients(k - 1, "result"),
          )
        : [],
    ];
  }
  if (kind === "update") {
    return layers[k].parameters.map((p) => {
      const way = p.shape.length === 2 ? numbered : vector;
      const of = (suffix) => suffixed(namesOf(p), suffix);
      return equation(
        matrix(`${p.name} before`, of(""), "", way),
        matrix("gradients", of(".gradient"), "", way),
        sign("→"),
        matrix(`${p.name} after`, of(".new"), "", way),
      );
    });
  }
  const after = namesAt(end, ".new");
  return anyKnown(after)
    ? [
        equation(
          given(end, "", "the outputs before"),
          matrix("the outputs after", after, "", withColumns(end)),
          wanted(),
        ),
      ]
    : [];
}

/**
 * Highlight the numbers that a number is computed from, and for a cell of a product also its row
 * and column.
 */
function light(element) {
  document
    .querySelectorAll(".num.lit, .num.here, .item.lit")
    .forEach((one) => one.classList.remove("lit", "here"));
  const place = element ? Number(element.dataset.place) : undefined;
  if (place === undefined) return;
  const inside = new Set(operands(formulaOf(place)).map(String));
  document.querySelectorAll("#tables [data-place], .item[data-place]").forEach((one) => {
    if (inside.has(one.dataset.place)) one.classList.add("lit");
  });
  const cell = element.closest("#tables") && element.dataset;
  if (!cell) return;
  if (cell.side === "result") {
    element
      .closest(".equation")
      .querySelectorAll("[data-side]")
      .forEach(({ dataset, classList }) => {
        const within =
          dataset.side === "left" ? dataset.row === cell.row : dataset.column === cell.column;
        if (within && dataset.side !== "result") classList.add("lit");
      });
  }
  element.classList.add("here");
  const formula = formulaOf(place);
  const spelled = formula ? [byName(formula), byNumber(formula)] : [];
  $("spelled").replaceChildren(
    numberButton(place, rows[place].name, ""),
    ...spelled,
    result(place),
  );
}

// ---- the number panel ---------------------------------------------------------------------------

/** Open a number: from the panel, the trail grows; from elsewhere, a new trail begins. */
function open(place, within) {
  const before = state.trail.findIndex(
    (one) => within && one.place === place && one.step === state.step,
  );
  state.trail =
    before >= 0
      ? state.trail.slice(0, before + 1)
      : [...(within ? state.trail : []), { place, step: state.step }];
  render();
  $("panel").scrollTop = 0;
}

/** Go back to a number of the trail, in the step where it was opened. */
function back(n) {
  if (n < 0) return;
  state.step = state.trail[n].step;
  state.trail = state.trail.slice(0, n + 1);
  render();
}

function close() {
  state.trail = [];
  render();
  if (state.opener && state.opener.isConnected) {
    state.opener.focus();
  } else {
    $("phase-title").focus({ preventScroll: true });
  }
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(done, "Copied");
  } catch {
    // The browser may refuse this, for example in the frame of a notebook.
    getSelection().selectAllChildren($("exact"));
    say(done, "Press Ctrl+C");
  }
}

/** Return how the number is computed, or why the record does not contain this. */
function origin(place) {
  const { name, source } = rows[place];
  const formula = formulaOf(place);
  const chain = formulaOf(place, "chains");
  const title = (text) => el("h3", {}, text);
  const marked = (element) => filled(element, { "data-chain": "" }, []);
  if (!known(place)) {
    return [
      el(
        "p",
        { class: "words" },
        "This number is not in this training step, because its batch has other samples.",
      ),
    ];
  }
  if (!formula) return givenWords(place, name);
  const found = [
    title("Formula"),
    byName(formula),
    title("With numbers"),
    byNumber(formula),
    result(place),
  ];
  if (chain) {
    found.push(
      title("By the chain rule"),
      marked(byName(chain)),
      marked(byNumber(chain)),
      result(place),
    );
  }
  if (source !== null) {
    const [file, line, text] = data.sources[source];
    const where = el("span", { class: "place" }, `${file}:${line}`);
    found.push(
      el(
        "div",
        { class: "source" },
        title("The line that computed it"),
        el("code", {}, text),
        where,
      ),
    );
  }
  return found;
}

function givenWords(place, name) {
  const paragraph = (...words) => el("p", { class: "words" }, words);
  if (!isGiven(name)) {
    const like = find(name.replace(/\.new$/, ""));
    const found = [paragraph("The record contains its value, but not its formula.")];
    if (like !== undefined && like !== place) {
      found.push(
        paragraph(
          "It is computed like ",
          numberButton(like, rows[like].name, ""),
          ", with the new weights.",
        ),
      );
    }
    return found;
  }
  const made = find(name + ".new");
  const found = [el("p", { class: "given" }, "given")];
  if (state.step > 0 && valueAt(made, state.step - 1) !== null) {
    const earlier = () => {
      state.step -= 1;
      open(made, true);
    };
    found.push(
      paragraph(
        `Training step ${data.steps[state.step - 1]} computed it: `,
        button(rows[made].name, earlier, { class: "link", id: "earlier" }),
      ),
    );
  }
  return found;
}

function showPanel() {
  const panel = $("panel");
  const top = state.trail[state.trail.length - 1];
  panel.classList.toggle("open", Boolean(top));
  document.body.classList.toggle("reading", Boolean(top));
  panel.replaceChildren(
    ...(top
      ? panelOf(top.place)
      : [
          el(
            "h2",
            { id: "panel-title", tabindex: -1, class: "plain" },
            "Where does a number come from?",
          ),
          el(
            "p",
            { class: "words" },
            "Click any number, neuron, edge or cell to see its formula, the numbers in it, and " +
              "the line of Python that computed it. Click a number in the formula to go on, down " +
              "to the data.",
          ),
        ]),
  );
}

function panelOf(place) {
  const { name, values } = rows[place];
  const exact = repr(value(place));
  const trail = state.trail;
  const also = [...aliases].filter(([, of]) => of === name).map(([other]) => other);
  const done = el("span", { role: "status", class: "muted value" });
  const copying = button("Copy", () => copy(exact, done), {
    class: "small",
    "aria-label": "Copy the exact value",
  });
  const crumb = (one, n) => {
    const text = rows[one.place].name || number(valueAt(one.place, one.step));
    const then = one.step === state.step ? "" : ` in step ${data.steps[one.step]}`;
    return el(
      "li",
      {},
      button(text + then, () => back(n), {
        "aria-current": n === trail.length - 1 ? "true" : null,
      }),
    );
  };
  const long = trail.length > 1;
  return [
    button("Close", close, { class: "small close" }),
    long
      ? el("nav", { "aria-label": "Trail" }, el("ol", { class: "trail" }, trail.map(crumb)))
      : [],
    el("h2", { id: "panel-title", tabindex: -1 }, name || "a constant"),
    el(
      "p",
      { class: "words" },
      inWords(name),
      also.length ? `; also called ${also.join(", ")}` : "",
    ),
    el(
      "p",
      { class: `large ${signOf(value(place))}`, title: exact, id: "value" },
      number(value(place)),
    ),
    el(
      "p",
      { class: "exact" },
      el("span", { class: "muted" }, "exactly "),
      el("code", { id: "exact" }, exact),
      copying,
      " ",
      done,
    ),
    origin(place),
    values.length > 1 && name
      ? [el("h3", {}, "Over the training steps"), graph(values, 330, 56)]
      : [],
    long
      ? el(
          "p",
          {},
          button("← Back", () => back(trail.length - 2), { class: "small", id: "back" }),
        )
      : [],
  ].flat(9);
}

// ---- charts -------------------------------------------------------------------------------------

/** Return a chart of values over the training steps, with the current step marked. */
function graph(values, across, tall) {
  const numbers = values.map((v) => (v === null ? null : drawn(v)));
  const there = numbers.filter((v) => v !== null);
  const low = Math.min(...there);
  const high = Math.max(...there);
  const side = 8;
  const top = 8;
  const x = (n) => side + (across - 2 * side) * (values.length > 1 ? n / (values.length - 1) : 0.5);
  const y = (v) => top + (tall - top - 4) * (high > low ? (high - v) / (high - low) : 0.5);
  const isGap = (n) => numbers[n] === null || numbers[n] === undefined;
  const point = (v, n) =>
    isGap(n) ? "" : `${isGap(n - 1) ? "M" : "L"}${x(n).toFixed(1)} ${y(v).toFixed(1)}`;
  const alone = (v, n) =>
    !isGap(n) && isGap(n - 1) && isGap(n + 1) ? svg("circle", { cx: x(n), cy: y(v), r: 1.8 }) : [];
  const valueOf = (v) => brief(values[numbers.indexOf(v)]);
  const words = `highest ${valueOf(high)}, lowest ${valueOf(low)}`;
  const now = state.step;
  const first = data.steps[0];
  const end = String(data.steps[data.steps.length - 1]);
  return svg(
    "svg",
    {
      class: "graph",
      role: "img",
      viewBox: `0 0 ${across} ${tall + 18}`,
      "aria-label": `over the training steps: ${words}`,
    },
    svg("path", { class: "axis", d: `M${side} ${tall}H${across - side}` }),
    svg("path", { d: numbers.map(point).join("") }),
    numbers.map(alone),
    svg("line", { x1: x(now), x2: x(now), y1: 2, y2: tall }),
    isGap(now) ? [] : svg("circle", { cx: x(now), cy: y(numbers[now]), r: 4, class: "now" }),
    label(side, tall + 11, `step ${first}`),
    label(across / 2, tall + 11, words, { class: "middle" }),
    label(across - side, tall + 11, end, { class: "end" }),
  );
}

const curveSlider = el("input", {
  type: "range",
  min: 0,
  max: data.steps.length - 1,
  "aria-label": "Training step, along the loss curve",
});

/** Return a colour of the style sheet as red, green and blue. */
const colour = (name) =>
  getComputedStyle(document.documentElement)
    .getPropertyValue(name)
    .match(/[0-9a-f]{2}/gi)
    .map((two) => parseInt(two, 16));
const mixed = (a, b, share) => a.map((v, n) => Math.round(v + (b[n] - v) * share));
const SHAPES = [
  "M-7 0A7 7 0 1 0 7 0A7 7 0 1 0 -7 0Z",
  "M-6.5 -6.5H6.5V6.5H-6.5Z",
  "M0 -8L8 6.5H-8Z",
  "M0 -9L8 0L0 9L-8 0Z",
];

/** Draw the output of the network over the plane, before this step. */
function drawPlane() {
  const { size, classes, frames } = data.boundary;
  const bytes = atob(frames[state.step]);
  const canvas = $("boundary");
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const [low, middle, high] = ["--low", "--middle", "--high"].map(colour);
  const ofClass = upTo(8).map((n) => colour(`--class${n}`));
  for (let n = 0; n < size * size; n++) {
    const byte = bytes.charCodeAt(n);
    const across = n % size;
    const up = Math.floor(n / size);
    const between =
      byte < 128 ? mixed(low, middle, byte / 127.5) : mixed(middle, high, byte / 127.5 - 1);
    const rgb = classes > 1 ? ofClass[byte % 8] : between;
    image.data.set([...rgb, 255], 4 * ((size - 1 - up) * size + across)); // row 0 is at the bottom
  }
  context.putImageData(image, 0, 0);
  drawPoints();
}

/** Return the value of a number that is the same in every step, such as an input or a target. */
function always(name) {
  const place = find(name);
  return place === undefined ? null : rows[place].values.find((v) => v !== null);
}

const targetsOf = (i) => upTo(width(layers.length - 1)).map((j) => always(`y[${i}][${j}]`));

/**
 * Return what determines the colour of a sample: its target, or the index of the largest of several
 * targets.
 */
function targetOf(i) {
  const of = targetsOf(i);
  return of.length > 1 ? of.findIndex((v) => drawn(v) === Math.max(...of.map(drawn))) : of[0];
}

function drawPoints() {
  const { ranges, classes, low, high } = data.boundary;
  const all = [...new Set(data.samples.flatMap((batch) => batch.slice(0, FOLD)))];
  all.sort((a, b) => a - b);
  const kinds = [...new Set(all.map(targetOf))].sort((a, b) => drawn(a) - drawn(b));
  const many = classes === 1 && kinds.length > 4;
  const kindOfPoint = (i) => {
    if (!data.loss || many) return 0;
    return classes > 1 ? targetOf(i) : kinds.indexOf(targetOf(i));
  };
  const fill = (kind) => {
    if (classes > 1) return `var(--class${kind % 8})`;
    if (many || !data.loss) return "var(--ink)";
    return kind ? "var(--positive)" : "var(--negative)";
  };
  const spot = (i, axis) => {
    const [start, end] = ranges[axis];
    return (100 * (drawn(always(`x[${i}][${axis}]`)) - start)) / (end - start);
  };
  $("points").replaceChildren(
    ...all.map((i) => {
      const here = recordedSamples().includes(i);
      const words = choiceOf(i) + (here ? "" : ", not in this step's batch");
      const attributes = {
        class: `point ${here ? "" : "absent"}`,
        role: "button",
        "data-sample": i,
        "aria-label": words,
        "aria-pressed": i === sample(),
        "aria-disabled": here ? null : "true",
      };
      const mark = svg("path", { d: SHAPES[kindOfPoint(i) % 4], fill: fill(kindOfPoint(i)) });
      return svg(
        "svg",
        { x: `${spot(i, 0)}%`, y: `${100 - spot(i, 1)}%`, overflow: "visible" },
        svg("g", attributes, mark, svg("title", {}, words)),
      );
    }),
  );
  rove($("points"));
  const names = kinds.map((v, n) => {
    const mark = "●■▲◆"[(classes > 1 ? v : n) % 4];
    const name = classes > 1 ? outputName(v) : className([v]);
    return `${mark} ${name || `${classes > 1 ? "class" : "target"} ${number(v)}`}`;
  });
  const from = ([start, end]) => `from ${brief(start)} to ${brief(end)}`;
  const axis = (j) => `${columnName(j) || `x[·][${j}]`} ${from(ranges[j])}`;
  $("plane-legend").textContent =
    (classes > 1 ? "" : `The background is its output, ${from([low, high])}, orange to blue. `) +
    (data.loss && !many ? names.join(", ") + ". " : "") +
    `Across: ${axis(0)}; up: ${axis(1)}. Click a point to follow it.`;
  $("boundary").setAttribute(
    "aria-label",
    "The output of the network over the plane of the two inputs, before this training step",
  );
}

// ---- showing the state --------------------------------------------------------------------------

function buildPhases() {
  for (const part of new Set(phases.map((one) => one.part))) {
    const own = phases.map((one, n) => [one, n]).filter(([one]) => one.part === part);
    const buttons = own.map(([one, n]) =>
      el(
        "li",
        {},
        button("", () => go(n), { "aria-label": one.title, title: one.title, "data-phase": n }),
      ),
    );
    const group = el("li", {}, el("ol", {}, buttons), el("span", { "aria-hidden": "true" }, part));
    group.style.flex = `${own.length} 1 2.4rem`;
    $("phases").append(group);
  }
  $("phases").setAttribute("data-roving", "");
}

/** Make one element of a group reachable by Tab; the arrow keys move from there. */
function rove(group, to = null) {
  const all = [...group.querySelectorAll("[data-place], [data-sample], [data-phase]")];
  const stop =
    to ||
    all.find((one) => one.getAttribute("tabindex") === "0") ||
    group.querySelector(".on[data-place], [aria-current]") ||
    all[0];
  all.forEach((one) => one.setAttribute("tabindex", one === stop ? 0 : -1));
}

/** Return a description of a sample in one line. */
function choiceOf(i) {
  const some = (base, n) =>
    upTo(Math.min(n, 4))
      .map((j) => brief(always(`${base}[${i}][${j}]`)))
      .join(", ") + (n > 4 ? ", …" : "");
  const outs = width(layers.length - 1);
  const target = () => className(targetsOf(i)) || some("y", outs);
  return `${i}: (${some("x", data.inputs)})` + (data.loss ? ` → ${target()}` : "");
}

function showChoices() {
  $("step").value = curveSlider.value = state.step;
  say($("step-number"), `${data.steps[state.step]} of ${data.steps[data.steps.length - 1]}`);
  for (const slider of [$("step"), curveSlider]) {
    slider.setAttribute("aria-valuetext", `training step ${data.steps[state.step]}`);
  }
  const there = recordedSamples().map(String);
  if ([...$("sample").options].map((one) => one.value).join() !== there.join()) {
    $("sample").replaceChildren(...there.map((i) => el("option", { value: i }, choiceOf(i))));
  }
  $("sample").value = String(sample());
  $("sample").disabled = !there.length;
  $("previous").setAttribute("aria-disabled", String(state.phase === 0));
  $("next").setAttribute("aria-disabled", String(state.phase === phases.length - 1));
  document.querySelectorAll("[data-phase]").forEach((one) => {
    const n = Number(one.dataset.phase);
    one.classList.toggle("past", n < state.phase);
    if (n === state.phase) {
      one.setAttribute("aria-current", "step");
    } else {
      one.removeAttribute("aria-current");
    }
    one.closest("#phases > li").classList.toggle("here", phases[n].part === phase().part);
  });
  rove($("phases"), $("phases").querySelector("[aria-current]"));
}

function showPhase() {
  say($("phase-count"), `${state.phase + 1} of ${phases.length} · ${phase().part}`);
  say($("phase-title"), phase().title);
  say($("phase-words"), phase().words);
  const isLast =
    state.phase === phases.length - 1 && state.step < data.steps.length - 1 && data.loss;
  const onward = () => {
    state.phase = 0;
    setStep(state.step + 1);
  };
  const text = `Go to training step ${data.steps[state.step + 1]}`;
  $("phase-more").replaceChildren(
    ...(isLast ? [button(text, onward, { class: "link", id: "onward" })] : []),
  );
}

function showTables() {
  const tables = tablesOf(phase()).flat(9);
  $("matrices").hidden = !tables.length;
  $("tables").replaceChildren(...tables);
  document.querySelectorAll("#tables [data-roving]").forEach((group) => rove(group));
  $("spelled").replaceChildren(
    el(
      "span",
      { class: "muted" },
      "Point at a cell",
      el("span", { class: "by-keyboard" }, ", or go to it with Tab and ↑ ↓,"),
      " to highlight the numbers it is computed from and to see its formula here.",
    ),
  );
}

function showList() {
  const all = numbersOf(phase());
  const rest = all.slice(SHOWN);
  const more = el("details", {}, el("summary", {}, `${rest.length} more`));
  const list = () => {
    if (more.open && more.childElementCount === 1) more.append(...rest.map(entry));
  };
  more.addEventListener("toggle", () => {
    state.listed = more.open;
    list();
  });
  more.open = state.listed;
  list();
  const none = el("p", { class: "muted" }, "No number of this phase is recorded for this step.");
  $("list").replaceChildren(
    ...all.slice(0, SHOWN).map(entry),
    ...(rest.length ? [more] : []),
    ...(all.length ? [] : [none]),
  );
}

function showCharts() {
  const losses = find("loss");
  const curve = losses === undefined || data.steps.length < 2 ? null : rows[losses].values;
  $("training").hidden = !curve;
  $("plane").hidden = !data.boundary;
  if (curve) {
    $("curve").replaceChildren(
      el("div", { class: "drag" }, graph(curve, 340, 120), curveSlider),
      el(
        "p",
        { class: "legend" },
        "Before this step: ",
        numberButton(losses, brief(value(losses))),
      ),
    );
  }
  if (data.boundary) drawPlane();
}

/** Show everything again. If the focused element is gone, focus the nearest heading. */
function render() {
  const focused = document.activeElement;
  const inPanel = $("panel").contains(focused);
  showChoices();
  showPhase();
  paint();
  legend();
  showTables();
  showList();
  showPanel();
  showCharts();
  showAddress();
  if (focused === curveSlider) {
    focused.focus();
  } else if (!focused.isConnected) {
    $(inPanel ? "panel-title" : "phase-title").focus({ preventScroll: true });
  }
}

function go(n) {
  if (n < 0 || n >= phases.length) return;
  state.phase = n;
  render();
}

// ---- playing the walk ---------------------------------------------------------------------------

const PAUSE = 2500; // how many milliseconds each phase is shown

const isEnd = () => state.phase === phases.length - 1 && state.step === data.steps.length - 1;

/** Go to the next phase, after the last one to the next training step. At the end, stop. */
function playOn() {
  if (state.phase < phases.length - 1) {
    go(state.phase + 1);
  } else {
    state.phase = 0;
    setStep(state.step + 1);
  }
  if (isEnd()) stop();
}

/** Begin to play, at the end of the record from its start. */
function play() {
  if (isEnd()) {
    state.phase = 0;
    setStep(0);
  }
  playing = setInterval(playOn, PAUSE);
  showPlaying();
}

function stop() {
  clearInterval(playing);
  playing = null;
  showPlaying();
}

/** Return whether the user goes on by hand while the walk plays. */
const isByHand = (event) => playing && !event.composedPath().includes($("play"));

function showPlaying() {
  $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  $("play").replaceChildren(
    el("span", { "aria-hidden": "true" }, playing ? "❚❚" : "▶"),
    el("span", { class: "word" }, playing ? " Pause" : " Play"),
  );
}

// ---- the address --------------------------------------------------------------------------------

const keyOf = ({ kind, layer }) => (layer === undefined ? kind : `${kind}-${layer}`);

/** Return the fragment of the address that leads to this phase, step and sample. */
function fragment() {
  return `#phase=${keyOf(phase())}&step=${data.steps[state.step]}&sample=${sample()}`;
}

/** Show the fragment in the address and in the link. */
function showAddress() {
  $("link").setAttribute("href", fragment());
  try {
    history.replaceState(null, "", fragment());
  } catch {
    // The frame of a notebook has no address, and Safari limits how often it changes.
  }
}

/** Follow the fragment of the address. What the record does not contain is ignored. */
function followAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const step = data.steps.indexOf(Number(asked.get("step")));
  const n = phases.findIndex((one) => keyOf(one) === asked.get("phase"));
  const i = Number(asked.get("sample") ?? NaN);
  if (step >= 0) state.step = step;
  if (n >= 0) state.phase = n;
  if (recordedSamples().includes(i)) state.sample = i;
}

function setStep(n) {
  if (n < 0 || n >= data.steps.length) return;
  // Only the last number remains of a trail through several steps.
  const isOfOneStep = state.trail.every(({ step }) => step === state.step);
  const trail = isOfOneStep ? state.trail : state.trail.slice(-1);
  state.trail = trail.map(({ place }) => ({ place, step: n }));
  state.step = n;
  render();
}

// ---- printing -----------------------------------------------------------------------------------

const PAPER = 680; // the width of the drawing on paper, in px

/** Return a copy of an element for the paper. An id stays unique, and pixels are copied too. */
function copied(element) {
  const copy = element.cloneNode(true);
  copy.removeAttribute("id");
  if (element.matches("canvas")) copy.getContext("2d").drawImage(element, 0, 0);
  return copy;
}

/** Return all that is shown of a phase. */
function sheetOf(n) {
  state.phase = n;
  paint();
  legend();
  return el(
    "section",
    {},
    el(
      "div",
      { class: "whole" },
      el("h2", {}, `${n + 1}. ${phase().title}`),
      el("p", { class: "lead" }, phase().words),
      copied($("drawing")),
    ),
    copied($("legend")),
    tablesOf(phase()).flat(9),
    numbersOf(phase()).map(entry),
  );
}

/** Return the charts. */
const chartsSheet = () =>
  el(
    "section",
    {},
    $("training").hidden ? [] : [...$("training").querySelectorAll("h2, .graph")].map(copied),
    $("plane").hidden
      ? []
      : [
          copied($("plane-title")),
          el("div", { class: $("boundary").parentElement.className }, copied($("boundary")), copied($("points"))),
          copied($("plane-legend")),
        ],
  );

/** Write all phases of this step below each other, in the light colours. */
function writePaper() {
  if ($("paper").childElementCount) return;
  document.documentElement.classList.add("paper");
  const { phase: shown } = state;
  draw(PAPER);
  const sheets = phases.map((_, n) => sheetOf(n));
  state.phase = shown;
  showCharts();
  const about =
    `Training step ${data.steps[state.step]} of ${data.steps[data.steps.length - 1]} · ` +
    `sample ${choiceOf(sample())}`;
  $("paper").replaceChildren(el("p", {}, about), ...sheets, chartsSheet());
}

function clearPaper() {
  if (!$("paper").childElementCount) return;
  $("paper").replaceChildren();
  document.documentElement.classList.remove("paper");
  draw();
  render();
}

// ---- user input ---------------------------------------------------------------------------------

function clicked(event) {
  if (isByHand(event)) stop();
  const point = event.target.closest("[data-sample]:not(.absent)");
  const found = event.target.closest("[data-place]");
  if (point) choose(Number(point.dataset.sample), event.detail === 0);
  if (!found) return;
  const within = $("panel").contains(found);
  if (!within) state.opener = found;
  open(Number(found.dataset.place), within);
  if (event.detail === 0) $("panel-title").focus(); // opened by keyboard: continue in the panel
}

function choose(i, byKey) {
  state.sample = i;
  render();
  if (byKey) $("points").querySelector(`[data-sample="${i}"]`).focus();
}

function pressed(event) {
  const { key, target } = event;
  if (isByHand(event)) stop();
  const group = target.closest("[data-roving]");
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select")) return;
  const act = {
    ArrowLeft: () => go(state.phase - 1),
    ArrowRight: () => go(state.phase + 1),
    Escape: close,
    Backspace: () => back(state.trail.length - 2),
  }[key];
  if (group && (key === "ArrowUp" || key === "ArrowDown")) {
    const all = [...group.querySelectorAll("[tabindex]")];
    const next = all[all.indexOf(target) + (key === "ArrowUp" ? -1 : 1)];
    if (next) {
      rove(group, next);
      next.focus();
    }
  } else if (target.matches("[role=button]") && (key === "Enter" || key === " ")) {
    target.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 0 }));
  } else if (act) {
    act();
  } else {
    return;
  }
  event.preventDefault();
}

function pointed(event) {
  const found = event.target.closest && event.target.closest("[data-place]");
  if (found) {
    light(found);
  } else if (event.type === "mouseover") {
    document.querySelectorAll(".item.lit").forEach((one) => one.classList.remove("lit"));
  }
}

function listen() {
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
  document.addEventListener("mouseover", pointed);
  document.addEventListener("focusin", pointed);
  $("previous").addEventListener("click", () => go(state.phase - 1));
  $("next").addEventListener("click", () => go(state.phase + 1));
  $("play").addEventListener("click", () => (playing ? stop() : play()));
  addEventListener("hashchange", () => {
    followAddress();
    render();
  });
  for (const slider of [$("step"), curveSlider]) {
    slider.addEventListener("input", () => setStep(Number(slider.value)));
  }
  $("step-back").addEventListener("click", () => setStep(state.step - 1));
  $("step-on").addEventListener("click", () => setStep(state.step + 1));
  $("sample").addEventListener("change", () => {
    state.sample = Number($("sample").value);
    render();
  });
  let room = innerWidth;
  addEventListener("resize", () => {
    if (room !== innerWidth) {
      room = innerWidth;
      draw();
      paint();
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showCharts);
  addEventListener("beforeprint", writePaper);
  addEventListener("afterprint", clearPaper);
  const print = matchMedia("print");
  print.addEventListener("change", () => (print.matches ? writePaper() : clearPaper()));
}

// The first sample that is not all zeros.
state.sample = recordedSamples().find((i) =>
  upTo(data.inputs).some((j) => drawn(value(find(`x[${i}][${j}]`)))),
);
const phases = allPhases();
followAddress();
say($("about"), [data.title, data.loss, data.optimizer].filter(Boolean).join("  ·  "));
$("step").max = data.steps.length - 1;
$("steps").hidden = data.steps.length < 2;
if (data.boundary) {
  $("boundary").width = $("boundary").height = data.boundary.size;
  $("plane")
    .querySelector(".map")
    .classList.toggle("classes", data.boundary.classes > 1);
}

$("bar").hidden = $("page").hidden = false;
$("link").hidden = location.protocol === "about:"; // in a notebook, where nothing can be linked
showPlaying();
buildPhases();
draw();
listen();
render();
// The milliseconds since the file was opened.
document.documentElement.dataset.ready = performance.now().toFixed(0);
