"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const articles = all("article");
  const bar = document.querySelector(".bar");

  // Two players for the whole page: hundreds of video elements would be hundreds of decoders.
  const players = [0, 1].map(() => {
    const player = document.createElement("video");
    player.muted = player.playsInline = true;
    player.preload = "auto";
    player.tabIndex = -1;
    player.setAttribute("aria-hidden", "true");
    player.addEventListener("playing", () => mark(player, "playing"));
    player.addEventListener("error", () => player.getAttribute("src") && mark(player, "failed"));
    player.addEventListener("ended", again);
    return player;
  });
  let shown = null; // the article that plays
  let used = []; // its players
  const APART = 0.08; // seconds between the two that are put right

  function mark(player, state) {
    if (player.parentElement) player.parentElement.dataset.play = state;
  }

  const ready = (player) => player.readyState > 2 || player.error
    ? Promise.resolve()
    : new Promise((done) => ["canplay", "error"].forEach((name) => player.addEventListener(name, done, { once: true })));

  async function play(article) {
    stop();
    const frames = all("a.frame", article);
    if (!frames.length) return;
    shown = article;
    used = frames.map((frame, index) => {
      const player = players[index];
      player.src = frame.href;
      frame.append(player);
      frame.dataset.play = "asked";
      return player;
    });
    await Promise.all(used.map(ready));
    if (shown !== article) return;
    start();
    requestAnimationFrame(step);
  }

  function start() {
    for (const player of used) {
      if (player.currentTime) player.currentTime = 0;
      // Stopped again before it began, or not a clip: the error event tells the latter.
      player.play().catch(() => {});
    }
  }

  function again() {
    if (used.every((player) => player.ended || player.error)) start();
  }

  function step() {
    if (!shown) return;
    const [one, other] = used;
    const both = other && !one.ended && !other.ended && !one.seeking && !other.seeking;
    if (both && Math.abs(one.currentTime - other.currentTime) > APART) other.currentTime = one.currentTime;
    requestAnimationFrame(step);
  }

  function stop() {
    for (const player of used) {
      if (player.parentElement?.dataset.play !== "failed") delete player.parentElement?.dataset.play;
      player.pause();
      player.remove();
      player.removeAttribute("src");
      player.load();
    }
    used = [];
    shown = null;
  }

  const toggle = (article) => shown === article ? stop() : play(article);

  for (const article of articles) {
    const pair = article.querySelector(".pair");
    pair.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && play(article));
    pair.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && shown === article && stop());
    for (const frame of all("a.frame", article)) {
      frame.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
        event.preventDefault();
        toggle(article);
      });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const visible = articles.filter((article) => !article.hidden);
    const here = document.activeElement?.closest("article");
    const at = visible.indexOf(here);
    if (event.key === " " && (here || shown)) {
      event.preventDefault();
      toggle(here ?? shown);
    } else if (event.key === "j" || event.key === "k") {
      const next = visible[at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)];
      if (!next) return;
      const playing = shown !== null;
      next.focus();
      if (playing) play(next);
    } else if (event.key === "Escape") {
      stop();
    }
  });

  if (bar) {
    bar.hidden = false;
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      stop();
      for (const other of all("button", bar)) other.setAttribute("aria-pressed", String(other === button));
      const kind = button.dataset.kind;
      for (const article of articles) article.hidden = kind !== "" && article.dataset.kind !== kind;
    });
  }
  for (const keys of all(".keys")) keys.hidden = false;
})();
