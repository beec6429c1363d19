// What the page says about its texts, in pixels of the screen, and what it does when it is asked.
"use strict";

const ratio = () => window.devicePixelRatio;

// A text belongs to who is on top at the place; a place in an element that is cut off belongs to another one.
function isShown(element, x, y) {
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
  const top = document.elementFromPoint(x, y);
  return top !== null && (top === element || element.contains(top));
}

// Where each line of a text node stands: its characters, grouped by their height on the page.
function linesOf(node) {
  const lines = [];
  const range = document.createRange();
  for (let at = 0; at < node.length; at++) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const rect = range.getClientRects()[0];
    if (!rect || rect.width === 0) continue;
    const last = lines[lines.length - 1];
    if (last && Math.abs(last.top - rect.top) < 3) {
      last.text += node.data[at];
      last.right = Math.max(last.right, rect.right);
    } else if (node.data[at].trim()) {
      lines.push({ text: node.data[at], left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom });
    }
  }
  return lines;
}

// The text of a field is not in the document: measured with the field's font.
function fieldLines(field) {
  const style = getComputedStyle(field);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const rect = field.getBoundingClientRect();
  const left = rect.left + parseFloat(style.borderLeftWidth) + parseFloat(style.paddingLeft);
  const size = parseFloat(style.fontSize) * 1.2;
  const texts = field.tagName === "TEXTAREA" ? field.value.split("\n") : [field.value];
  const step = field.tagName === "TEXTAREA" ? lineHeight(field) : 0;
  const first = field.tagName === "TEXTAREA"
    ? rect.top + parseFloat(style.borderTopWidth) + parseFloat(style.paddingTop) + (step - size) / 2
    : rect.top + (rect.height - size) / 2;
  return texts.map((text, at) => ({
    text, left, top: first + at * step, right: left + pen.measureText(text).width, bottom: first + at * step + size,
  }));
}

function lineHeight(field) {
  const probe = document.createElement("div");
  probe.style.cssText = `position: absolute; visibility: hidden; font: ${getComputedStyle(field).font}`;
  probe.textContent = "X";
  document.body.append(probe);
  const height = probe.getBoundingClientRect().height;
  probe.remove();
  return height;
}

function kindOf(element) {
  if (element.disabled || element.closest(".disabled")) return "disabled";
  if (element.matches(".first, .second")) return "coloured";
  return { A: "link", H1: "heading", TD: "cell", TH: "head", INPUT: "field", SELECT: "combo", BUTTON: "button",
    LABEL: "option", LEGEND: "group", P: "prose", TEXTAREA: "prose" }[element.tagName] ?? (element.closest(".small") ? "small" : "");
}

function truths() {
  const texts = [], ignored = [];
  const add = (line, element) => {
    const text = line.text.trim().replace(/\s+/g, " ");
    if (!text) return;
    const across = [line.left + 1, (line.left + line.right) / 2, line.right - 1];
    const shown = (...ys) => across.flatMap((x) => ys.map((y) => isShown(element, x, y)));
    const points = shown(line.top + 3, (line.top + line.bottom) / 2, line.bottom - 3);
    // The upper edge of a row that is cut off at once, and the lower one of a row that was scrolled out.
    const edges = shown(line.top, line.top + 1, line.bottom - 1);
    const place = [line.left, line.top, line.right, line.bottom].map((value) => Math.round(value * ratio()));
    const rect = [place[0], place[1], place[2] - place[0], place[3] - place[1]];
    if (points.every(Boolean)) texts.push({ text, rect, kind: kindOf(element) });
    else if (points.some(Boolean) || edges.some(Boolean)) ignored.push(rect);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!["SCRIPT", "STYLE", "OPTION", "TEXTAREA"].includes(element.tagName) && element.checkVisibility())
      for (const line of linesOf(walker.currentNode)) add(line, element);
  }
  for (const field of document.querySelectorAll("input[type=text], select, textarea"))
    for (const line of fieldLines(field)) add(line, field);
  return { texts, ignored, font: shownFont() };
}

// Whether the font is there: a text in it is then as wide after two different fallbacks.
function shownFont() {
  const family = getComputedStyle(document.body).fontFamily.split(",")[0].replaceAll('"', "");
  const pen = document.createElement("canvas").getContext("2d");
  const width = (fallback) => {
    pen.font = `40px "${family}", ${fallback}`;
    return pen.measureText("mmmiiiWWW").width;
  };
  return width("serif") === width("monospace") ? family : "default";
}

function act(question) {
  if (question.do === "cell") {
    document.querySelectorAll("tbody tr")[question.row].cells[question.column].textContent = question.text;
  } else if (question.do === "message") {
    document.getElementById("dialogtext").textContent = question.text;
    document.getElementById("dialog").hidden = question.text === "";
  } else if (question.do === "type") {
    document.getElementById("note").value = question.text;
  } else if (question.do === "scroll") {
    const box = document.getElementById("scroll");
    box.scrollTop = document.querySelectorAll("tbody tr")[question.row].offsetTop - box.querySelector("thead").offsetHeight;
  } else if (question.do === "film") {
    playFilm(question.rect, question.frame);
  }
}

// A picture of a playing video, another one for each number; none for a negative one.
function playFilm(rect, frame) {
  const film = document.getElementById("film");
  const [left, top, width, height] = rect.map((value) => Math.round(value / ratio()));
  film.hidden = frame < 0;
  Object.assign(film.style, { left: `${left}px`, top: `${top}px` });
  Object.assign(film, { width, height });
  const pen = film.getContext("2d");
  let state = frame + 1;
  const chance = (limit) => (state = (state * 48271) % 2147483647) % limit;
  const paint = () => `rgb(${chance(256)}, ${chance(256)}, ${chance(256)})`;
  pen.fillStyle = paint();
  pen.fillRect(0, 0, width, height);
  for (let box = 0; box < 60; box++) {
    pen.fillStyle = paint();
    pen.fillRect(chance(width + 40) - 40, chance(height + 40) - 40, 10 + chance(150), 10 + chance(110));
  }
}

const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))));
const send = () => fetch("/told", { method: "POST", body: JSON.stringify(truths()) });

async function listen() {
  await document.fonts.ready;
  for (let tries = 0; tries < 100 && (innerHeight * ratio() < screen.height * ratio() - 2); tries++) await painted();
  await painted();
  await send();
  for (;;) {
    act(await (await fetch("/next")).json());
    await painted();
    await send();
  }
}
listen();
