"use strict";

// Words of the page. Vietnamese stands in the HTML too, for the time before this runs.
const WORDS = {
  vi: {
    title: "Gắn nhãn cải cách hành chính", codebook: "Bộ mã", other: "English", name: "Tên của bạn",
    name_help: "Mỗi người dùng một tên riêng. Nhãn được ghi kèm tên và giờ.", start: "Bắt đầu",
    blind: "Gợi ý của máy được ẩn.",
    legend: "Phần trăm là gợi ý của máy, không phải nhãn. Chữ có gạch chân là câu mà máy cho là bằng chứng.",
    notes: "Ghi chú", save: "Lưu, sang tiếp", undo: "Hoàn tác", skip: "Bỏ qua", close: "Đóng",
    hint: "Chọn một hay nhiều trụ cột, hoặc 0 nếu không thuộc trụ cột nào, rồi nhấn Enter.",
    finished: "Bạn đã xem hết.", finished_help: "Mọi nhãn đã được lưu. Có thể đóng trang này.",
    none: "Không thuộc trụ cột nào", group: "Trụ cột", counts: "Tính", does_not_count: "Không tính",
    of: (done, total) => `${done}/${total} đoạn`, skipped: n => ` (bỏ qua ${n})`,
    speed: (seconds, left) => `${seconds} giây/đoạn, còn khoảng ${left}`, minutes: n => `${n} phút`, hours: n => `${n} giờ`,
    suggests: chance => `gợi ý ${chance}%`, choose_first: "Chưa chọn: nhấn phím của trụ cột, hoặc 0 nếu không có.",
    failed: why => `Chưa lưu được: ${why}. Lựa chọn vẫn còn trên trang; thử lại.`,
    unreachable: "không liên lạc được với chương trình", saved: "Đã lưu.",
  },
  en: {
    title: "Label administrative reform", codebook: "Codebook", other: "Tiếng Việt", name: "Your name",
    name_help: "Each person uses a name of their own. Labels are stored with name and time.", start: "Start",
    blind: "The model's suggestions are hidden.",
    legend: "A percentage is the model's suggestion, not a label. Underlined text is what the model takes for evidence.",
    notes: "Notes", save: "Save, next", undo: "Undo", skip: "Skip", close: "Close",
    hint: "Choose one or several pillars, or 0 if none applies, then press Enter.",
    finished: "You have seen everything.", finished_help: "All labels are stored. You may close this page.",
    none: "None of them", group: "Pillars", counts: "Counts", does_not_count: "Does not count",
    of: (done, total) => `${done}/${total} paragraphs`, skipped: n => ` (${n} skipped)`,
    speed: (seconds, left) => `${seconds} s a paragraph, about ${left} left`, minutes: n => `${n} min`, hours: n => `${n} h`,
    suggests: chance => `suggested ${chance}%`, choose_first: "Nothing chosen: press a pillar's key, or 0 for none.",
    failed: why => `Not saved: ${why}. Your choice is still on the page; try again.`,
    unreachable: "the program cannot be reached", saved: "Saved.",
  },
};
// Where the codebook is not the six pillars.
const OF_OWN = {
  vi: {
    title: "Gắn nhãn theo bộ mã", none: "Không thuộc nhóm nào", group: "Nhóm",
    hint: "Chọn một hay nhiều nhóm, hoặc 0 nếu không thuộc nhóm nào, rồi nhấn Enter.",
    choose_first: "Chưa chọn: nhấn phím của nhóm, hoặc 0 nếu không có.",
  },
  en: { title: "Label by a codebook", group: "Categories",
    hint: "Choose one or several categories, or 0 if none applies, then press Enter.",
    choose_first: "Nothing chosen: press a category's key, or 0 for none." },
};
const NOTES_PAUSE = 400; // milliseconds without typing before notes are stored

const $ = id => document.getElementById(id);
const state = {
  language: remembered("language") === "en" ? "en" : "vi",
  name: "", setup: null, view: null, chosen: new Set(), none: false, shownAt: 0, busy: false,
};
let sending = Promise.resolve(); // acts are sent one after the other, in their order
let notesTimer = 0;

function remembered(name) {
  try { return localStorage.getItem(`cchc-ml-${name}`) ?? ""; } catch { return ""; }
}
function remember(name, value) {
  try { localStorage.setItem(`cchc-ml-${name}`, value); } catch { /* the browser keeps nothing: ask again next time */ }
}
const words = () => ({ ...WORDS[state.language], ...(state.setup?.own ? OF_OWN[state.language] : {}) });

function element(tag, text = "", properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(text);
  return made;
}

async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(path, body && {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new Error(words().unreachable);
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.detail ?? `HTTP ${answer.status}`);
  return content;
}

function tell(problem) {
  $("problem").textContent = problem;
  $("problem").hidden = !problem;
}

/** Send an act after those before it; the answer, or null where it failed. */
function act(kind) {
  const sent = {
    item: state.view.item?.id ?? "", annotator: state.name, kind, decisions: decisions(kind), notes: $("notes").value,
    seconds: Math.round((performance.now() - state.shownAt) / 100) / 10,
  };
  sending = sending.then(() => ask("/api/act", sent)).then(
    answer => { tell(""); return answer; },
    error => { tell(words().failed(error.message)); return null; },
  );
  return sending;
}

/** A finished label decides every category; before, only what was pressed. */
function decisions(kind) {
  const all = state.setup.categories.map(c => c.slug);
  if (kind === "label" || state.none) return Object.fromEntries(all.map(slug => [slug, state.chosen.has(slug)]));
  return Object.fromEntries([...state.chosen].map(slug => [slug, true]));
}

async function finish(kind) {
  if (state.busy || (kind !== "undo" && !state.view?.item)) return;
  if (kind === "label" && !state.chosen.size && !state.none) {
    tell(words().choose_first);
    return;
  }
  clearTimeout(notesTimer);
  setBusy(true);
  const answer = await act(kind);
  setBusy(false);
  if (answer) {
    show(answer);
    if (kind === "label") $("spoken").textContent = words().saved;
  }
}

function setBusy(busy) {
  state.busy = busy;
  for (const id of ["save", "undo", "skip", "undo-last"]) $(id).disabled = busy;
}

function toggle(slug) {
  if (state.busy || !state.view?.item) return;
  if (slug === null) {
    state.none = !state.none;
    state.chosen.clear();
  } else {
    state.none = false;
    if (!state.chosen.delete(slug)) state.chosen.add(slug);
  }
  press();
  tell("");
  act("draft");
}

function press() {
  for (const button of $("choices").children) {
    const slug = button.dataset.slug;
    button.setAttribute("aria-pressed", String(slug ? state.chosen.has(slug) : state.none));
  }
}

function show(view) {
  state.view = view;
  const { item, progress } = view;
  const before = view.state?.decisions ?? {};
  const slugs = state.setup.categories.map(c => c.slug);
  state.chosen = new Set(slugs.filter(slug => before[slug]));
  state.none = !state.chosen.size && slugs.every(slug => before[slug] === false);
  state.shownAt = performance.now();
  $("enter").hidden = true;
  $("work").hidden = !item;
  $("finished").hidden = Boolean(item);
  $("progress").hidden = $("codebook-open").hidden = false;
  showProgress(progress);
  if (!item) { $("undo-last").focus(); return; }
  $("source").textContent = [item.headline, item.outlet, item.date].filter(Boolean).join(" · ") || item.document || item.id;
  $("text").replaceChildren(...marked(item));
  $("notes").value = view.state?.notes ?? "";
  $("blind").hidden = !state.setup.blind;
  $("legend").hidden = !item.suggestion;
  for (const button of $("choices").children) {
    const chance = item.suggestion?.[button.dataset.slug];
    const sure = item.suggested?.includes(button.dataset.slug);
    button.querySelector(".chance").textContent =
      chance === undefined ? "" : sure ? words().suggests(Math.round(100 * chance)) : `${Math.round(100 * chance)}%`;
  }
  press();
  $("text").focus({ preventScroll: true });
  scrollTo(0, 0);
}

function showProgress({ total, labelled, skipped, seconds }) {
  $("bar").max = total;
  $("bar").value = labelled;
  $("counts").textContent = words().of(labelled, total) + (skipped ? words().skipped(skipped) : "");
  $("who").textContent = state.name;
  const left = (seconds ?? 0) * (total - labelled) / 60;
  $("speed").textContent = seconds === null || left === 0 ? "" : words().speed(
    new Intl.NumberFormat(state.language, { maximumFractionDigits: 0 }).format(Math.max(1, seconds)),
    left < 90 ? words().minutes(Math.max(1, Math.round(left)))
      : words().hours(new Intl.NumberFormat(state.language, { maximumFractionDigits: 1 }).format(left / 60)),
  );
}

/** The text with its evidence marked. Python counts characters, so this does too. */
function marked(item) {
  const letters = [...item.text];
  const parts = [];
  let at = 0;
  const spans = Object.entries(item.evidence_spans ?? {}).sort(([, a], [, b]) => a[0] - b[0] || b[1] - a[1]);
  for (const [slug, [start, end]] of spans) {
    if (start < at || end <= start) continue;
    parts.push(letters.slice(at, start).join(""));
    const mark = element("mark", letters.slice(start, end).join(""));
    const category = state.setup.categories.find(c => c.slug === slug);
    mark.style.setProperty("--colour", category?.colour ?? "#767676");
    if (category) mark.title = state.language === "vi" ? category.vi : category.en;
    parts.push(mark);
    at = end;
  }
  return [...parts, letters.slice(at).join("")];
}

/** A button for a category; `brief` is its name on a phone, where it has one. */
function choiceButton(key, brief, full, definition, colour, slug) {
  const button = element("button", "", { type: "button", className: "choice" });
  button.style.setProperty("--colour", colour);
  if (slug) button.dataset.slug = slug;
  const name = element("span", "", { className: "name" });
  if (brief) name.append(element("span", brief, { className: "brief" }));
  name.append(element("span", full, { className: "full" }));
  button.append(element("kbd", key), name, element("span", "", { className: "chance" }));
  if (definition) button.append(element("small", definition));
  button.addEventListener("click", () => toggle(slug));
  return button;
}

/** Lay out everything that depends on the language. */
function translate() {
  const w = words();
  const vietnamese = state.language === "vi";
  document.documentElement.lang = state.language;
  document.title = w.title;
  for (const part of document.querySelectorAll("[data-t]")) part.textContent = w[part.dataset.t];
  $("language").textContent = w.other;
  $("language").lang = vietnamese ? "en" : "vi";
  $("choices").setAttribute("aria-label", w.group);
  if (!state.setup) return;
  const definition = c => vietnamese ? c.definition_vi || c.definition : c.definition;
  $("choices").replaceChildren(
    ...state.setup.categories.map(c =>
      choiceButton(c.key, vietnamese ? c.short : "", vietnamese ? c.vi : c.en, definition(c), c.colour, c.slug)),
    choiceButton("0", "", w.none, "", "#767676", null),
  );
  $("entries").replaceChildren(...state.setup.categories.map(c => {
    const section = element("section");
    section.style.setProperty("--colour", c.colour);
    const title = element("h3", element("kbd", c.key));
    title.append(` ${vietnamese ? c.vi : c.en}`);
    section.append(title, element("p", definition(c)));
    for (const side of ["counts", "does_not_count"]) {
      if (!c[side].length) continue;
      const list = element("ul");
      list.append(...c[side].map(([text, why]) => element("li", vietnamese ? text : `${text} (${why})`)));
      section.append(element("p", element("b", w[side])), list);
    }
    return section;
  }));
}

/** The key as the page names it, whatever input method for Vietnamese is on. */
function keyOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit && !event.shiftKey) return digit[1];
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return event.shiftKey ? letter[1] : letter[1].toLowerCase();
  return event.key;
}

document.addEventListener("keydown", event => {
  if (!state.view || $("codebook").open) {
    if ($("codebook").open && keyOf(event) === "c") $("codebook").close();
    return;
  }
  const target = event.target;
  const typing = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
  if (typing) {
    if (event.key === "Escape") target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) finish("label");
    return;
  }
  const key = keyOf(event);
  if ((event.ctrlKey || event.metaKey) && key === "z") {
    event.preventDefault();
    finish("undo");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Enter" && target instanceof HTMLButtonElement) return; // the button itself is pressed
  if (event.repeat) return;
  const category = state.setup.categories.find(c => c.key === key);
  const commands = {
    Enter: () => finish("label"), u: () => finish("undo"), s: () => finish("skip"), c: () => $("codebook").showModal(),
    n: () => { if (state.view.item) $("notes").focus(); }, 0: () => toggle(null),
  };
  const command = category ? () => toggle(category.slug) : commands[key];
  if (!command) return;
  event.preventDefault();
  command();
});

$("notes").addEventListener("input", () => {
  clearTimeout(notesTimer);
  notesTimer = setTimeout(() => act("draft"), NOTES_PAUSE);
});
$("save").addEventListener("click", () => finish("label"));
$("skip").addEventListener("click", () => finish("skip"));
for (const id of ["undo", "undo-last"]) $(id).addEventListener("click", () => finish("undo"));
$("codebook-open").addEventListener("click", () => $("codebook").showModal());
$("language").addEventListener("click", () => {
  state.language = state.language === "vi" ? "en" : "vi";
  remember("language", state.language);
  translate();
  if (state.view) {
    const notes = $("notes").value;
    const { chosen, none, shownAt } = state;
    show(state.view);
    Object.assign(state, { chosen, none, shownAt });
    $("notes").value = notes;
    press();
  }
});
$("enter").addEventListener("submit", async event => {
  event.preventDefault();
  const name = $("name").value.trim();
  if (!name) return;
  try {
    const view = await ask(`/api/next?annotator=${encodeURIComponent(name)}`);
    state.name = name;
    remember("name", name);
    tell("");
    show(view);
  } catch (error) {
    tell(error.message);
  }
});

(async () => {
  translate();
  try {
    state.setup = await ask("/api/setup");
  } catch (error) {
    tell(error.message);
    return;
  }
  translate();
  $("enter").hidden = false;
  $("name").value = remembered("name");
  $("name").focus();
})();
