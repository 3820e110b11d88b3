// Elements. Words of the data become text nodes only; links lead only to places in this page.

const byName = (id) => document.getElementById(id);

function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (key === "class") made.className = value;
    else if (key === "href") made.setAttribute("href", value.startsWith("#") ? value : "#/");
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// Bidirectional text stays by itself, so that it cannot turn what stands beside it.
const words = (text) => el("bdi", {}, String(text));

const address = (...parts) => `#/${parts.map((part) => encodeURIComponent(part)).join("/")}`;

function withQuery(place, values) {
  const kept = Object.entries(values).filter(([, value]) => value);
  return kept.length ? `${place}?${new URLSearchParams(kept)}` : place;
}

const say = (text) => {
  byName("says").textContent = text;
};

const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

function shownValue(value) {
  if (Array.isArray(value)) return value.map(shownValue).join(", ");
  return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
}

function select(label, values, chosen, act) {
  const options = values.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  return el(
    "label",
    { class: "field" },
    el("span", {}, label),
    el("select", { "aria-label": label, on: { change: (event) => act(event.target.value) } }, options),
  );
}

// A list of which more is shown on demand, so that long ones open at once.
function grows(items, make, into, step = 60) {
  const holder = el("div", { class: "more" });
  let done = 0;
  const add = () => {
    const from = done;
    done = Math.min(items.length, done + step);
    into.append(...items.slice(from, done).map(make));
    holder.replaceChildren();
    if (done < items.length)
      holder.append(
        el(
          "button",
          { type: "button", on: { click: add } },
          `Show more (${(items.length - done).toLocaleString("en")} left)`,
        ),
      );
  };
  add();
  return holder;
}
