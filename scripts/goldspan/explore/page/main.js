// From the address to a view.

const views = [
  ["#/", "Articles", true],
  ["#/claims", "Claims", claims().length > 0],
  ["#/map", "Contradictions", index.relations.length > 0],
  ["#/spans", "Spans", index.layers.length > 0],
  ["#/relations", "Relations", index.linked],
  ["#/values", "Values", index.valued],
  ["#/figures", "Figures", true],
].filter(([, , there]) => there);
byName("nav").append(
  el(
    "ul",
    {},
    views.map(([href, name]) => el("li", {}, el("a", { href }, name))),
  ),
);

function claimPage(id) {
  const claim = claimOf().get(id);
  return claim ? articlePage(claim.doc, new URLSearchParams(), id) : missing(`There is no claim ${id}.`);
}

function mentionPage(id) {
  const number = whereIs(id);
  return number < 0
    ? missing(`There is no mention ${id}.`)
    : articlePage(index.documents[number].id, new URLSearchParams(), id);
}

const pages = {
  "": (_, query) => homePage(query),
  article: (id, query) => articlePage(id, query),
  claim: claimPage,
  mention: mentionPage,
  cluster: clusterPage,
  claims: (_, query) => claimsPage(query),
  spans: (_, query) => spansPage(query),
  relations: (_, query) => linksPage(query),
  values: (_, query) => valuesPage(query),
  map: (_, query) => mapPage(query),
  figures: figuresPage,
};

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function route() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, ...rest] = path.split("/");
  const id = decoded(rest.join("/"));
  const make = Object.hasOwn(pages, view) ? pages[view] : () => missing("There is no such page.");
  const page = make(id, new URLSearchParams(search));
  byName("main").replaceChildren(page);
  document.title = [byName("main").querySelector("h1")?.textContent, index.name].filter(Boolean).join(" · ");
  const here = `#/${{ article: "", claim: "claims", mention: "spans", cluster: "map" }[view] ?? view}`;
  for (const link of byName("nav").querySelectorAll("a")) {
    if (link.getAttribute("href") === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  scrollTo(0, 0);
  if (page.ready) page.ready();
  else if (started) byName("main").focus({ preventScroll: true });
}

let started = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-skip]")) {
    event.preventDefault();
    byName("main").focus();
    return;
  }
  // The same address again leads there again.
  const link = event.target.closest("a[href]");
  if (link && link.getAttribute("href") === location.hash) {
    event.preventDefault();
    route();
  }
});
addEventListener("hashchange", route);

const theme = byName("theme");
const dark = (on) => {
  document.documentElement.dataset.theme = on ? "dark" : "light";
  theme.setAttribute("aria-pressed", String(on));
};
dark(matchMedia("(prefers-color-scheme: dark)").matches);
theme.addEventListener("click", () => dark(document.documentElement.dataset.theme !== "dark"));
route();
started = true;
