"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, className = "", text = "") => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const cards = all(".card");
  const board = one("#board");
  const bar = one(".bar");
  const large = one("dialog.large");
  const keys = one("dialog.keys");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const cardOf = (node) => node instanceof Element ? node.closest(".card") : null;
  const shown = () => cards.filter((card) => !card.hidden);
  const current = () => cardOf(document.activeElement);

  // One player for the whole wall: five hundred video elements would be five hundred decoders.
  const player = make("video");
  player.muted = player.loop = player.playsInline = true;
  player.preload = "none";
  player.setAttribute("aria-hidden", "true");
  let playing = null;

  function play(frame) {
    if (!frame.href) return;
    if (playing !== frame || player.src !== frame.href) {
      stop();
      playing = frame;
      player.src = frame.href;
      frame.append(player);
    }
    frame.dataset.play = player.readyState > 2 ? "playing" : "asked";
    // Stopped again before it began, or not a clip: the error event tells the latter.
    player.play().catch(() => {});
  }

  function stop() {
    if (!playing) return;
    delete playing.dataset.play;
    playing = null;
    player.pause();
    player.remove();
    player.removeAttribute("src");
    player.load();
  }

  function toggle(frame) {
    if (playing === frame && !player.paused) player.pause();
    else play(frame);
  }

  player.addEventListener("playing", () => {
    if (playing) playing.dataset.play = "playing";
    step();
  });
  player.addEventListener("error", () => {
    if (playing && player.getAttribute("src")) playing.dataset.play = "failed";
  });

  function step() {
    if (!playing || player.paused) return;
    one(".progress", playing).style.transform = `scaleX(${player.currentTime / player.duration || 0})`;
    requestAnimationFrame(step);
  }

  let soon = 0;
  board.addEventListener("pointerover", (event) => {
    const frame = event.target.closest("a.frame");
    if (event.pointerType === "touch" || still.matches || !frame || frame === playing) return;
    clearTimeout(soon);
    soon = setTimeout(play, 90, frame);
  });
  board.addEventListener("pointerout", (event) => {
    const frame = event.target.closest("a.frame");
    if (event.pointerType === "touch" || !frame || frame.contains(event.relatedTarget)) return;
    clearTimeout(soon);
    if (frame === playing && !frame.matches(":focus-visible")) stop();
  });
  board.addEventListener("focusin", (event) => {
    if (event.target.matches("a.frame:focus-visible") && !still.matches) play(event.target);
  });
  board.addEventListener("focusout", (event) => {
    if (event.target === playing) stop();
  });

  let touched = false;
  addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; }, true);
  board.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const card = cardOf(event.target);
    const link = event.target.closest("a");
    if (!card || !link) return;
    event.preventDefault();
    if (link.matches(".take")) take(card, link.dataset.take);
    else if (link.matches(".frame") && touched && event.detail) toggle(link);
    else open(card);
  });

  // Look at another take: its picture, its clip.
  function take(card, number) {
    const chip = all(".take", card).find((found) => found.dataset.take === String(number));
    if (!chip) return;
    for (const found of all(".take", card)) found.toggleAttribute("aria-current", found === chip);
    chip.setAttribute("aria-current", "true");
    const frame = one(".frame", card);
    const pictures = all("img", frame);
    if (pictures.some((image) => image.dataset.take === chip.dataset.take)) {
      for (const image of pictures) image.hidden = image.dataset.take !== chip.dataset.take;
    }
    frame.href = chip.href;
    play(frame);
  }

  // -- the large view ----------------------------------------------------------------------------

  let opened = null;

  function film(address) {
    const video = make("video");
    video.controls = video.playsInline = true;
    video.src = address;
    return video;
  }

  function headed(title, name) {
    const heading = make("h2", "", name);
    heading.id = "large-title";
    one("h3", title).replaceWith(heading);
    const close = make("button", "close", "×");
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => large.close());
    title.append(close);
    return title;
  }

  function enlarge(stage, words) {
    large.replaceChildren(stage, words);
    large.scrollTop = 0;
    if (!large.open) large.showModal();
    large.focus();
    const video = one("video", stage);
    if (video) video.play().catch(() => {});
  }

  function open(card) {
    stop();
    opened = card;
    const frame = one(".frame", card);
    const stage = make("div", "stage");
    const picture = one("img:not([hidden])", frame);
    if (frame.href) {
      const video = film(frame.href);
      video.loop = true;
      if (picture) video.poster = picture.src;
      stage.append(video);
    } else if (picture) {
      stage.append(picture.cloneNode());
    } else {
      stage.append(one(".reference, .empty", frame).cloneNode(true));
    }
    const words = make("div", "words");
    words.append(headed(one(".title", card).cloneNode(true), card.dataset.shot));
    for (const part of all(":scope > :not(.frame):not(.title)", card)) words.append(part.cloneNode(true));
    for (const chip of all(".take", words)) {
      const seen = all("img", frame).find((image) => image.dataset.take === chip.dataset.take);
      if (!seen) continue;
      chip.prepend(seen.cloneNode());
      chip.firstChild.hidden = false;
    }
    enlarge(stage, words);
  }

  function show(reel) {
    stop();
    opened = reel;
    const stage = make("div", "stage");
    const video = film(reel.href);
    // The page is written while the last reel is joined, and may have been copied without it.
    video.addEventListener("error", () => { stage.dataset.play = "failed"; });
    stage.append(video);
    const title = make("div", "title");
    title.append(make("h3"), make("span", "length", one("span", reel).textContent));
    const words = make("div", "words");
    words.append(headed(title, reel.dataset.reel));
    enlarge(stage, words);
  }

  for (const reel of all(".reel")) {
    reel.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(reel);
    });
  }

  large.addEventListener("click", (event) => {
    const chip = event.target.closest(".take");
    if (event.target === large) large.close();
    if (!chip) return;
    event.preventDefault();
    take(opened, chip.dataset.take);
    open(opened);
  });
  large.addEventListener("close", () => {
    large.replaceChildren();
    (one(".frame", opened) || opened).focus();
    opened = null;
  });

  // -- filters and groups --------------------------------------------------------------------------

  const entry = bar.elements.text;
  const tagged = bar.elements.tag;
  const grouped = bar.elements.group;
  const said = cards.map((card) => card.textContent.toLowerCase().replace(/\s+/g, " "));
  let state = "";

  function filter() {
    const words = entry.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tag = tagged ? tagged.value : "";
    cards.forEach((card, place) => {
      const fits = (!state || card.dataset.state === state)
        && (!tag || card.dataset.tags.split("\n").includes(tag))
        && words.every((word) => said[place].includes(word));
      card.hidden = !fits;
    });
    if (playing && cardOf(playing).hidden) stop();
    for (const scene of all(".scene")) scene.hidden = !one(".card:not([hidden])", scene);
    const count = shown().length;
    one("#none").hidden = count > 0 || !cards.length;
    one(".found").textContent = count === cards.length ? "" : `${count} of ${cards.length}`;
  }

  function choose(button) {
    state = button.dataset.state;
    for (const found of all(".states button")) found.setAttribute("aria-pressed", String(found === button));
    filter();
  }

  function clear() {
    entry.value = "";
    if (tagged) tagged.value = "";
    const everything = one(".states button");
    if (everything) choose(everything);
    else filter();
  }

  const clock = (seconds) => {
    const whole = Math.floor(seconds + .5);
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  function groupOf(card, kind) {
    const tags = card.dataset.tags ? card.dataset.tags.split("\n") : [];
    if (kind === "*") return tags[0] || "";
    const found = tags.find((tag) => tag.startsWith(`${kind}:`));
    return found ? found.slice(kind.length + 1) : "";
  }

  function regroup() {
    stop();
    const kind = grouped.value;
    const groups = new Map();
    for (const card of cards) {
      const title = kind ? groupOf(card, kind) : "";
      groups.set(title, [...(groups.get(title) || []), card]);
    }
    const sections = [...groups].map(([title, members]) => {
      const section = make("section", "scene");
      if (kind) {
        const heading = make("h2", "", title || `No ${kind === "*" ? "tag" : kind}`);
        const total = members.reduce((sum, card) => sum + Number(card.dataset.seconds), 0);
        const count = `${members.length} shot${members.length === 1 ? "" : "s"}`;
        heading.append(" ", make("small", "", `${count} · ${clock(total)}`));
        section.append(heading);
      }
      const wall = make("ol", "wall");
      wall.append(...members);
      section.append(wall);
      return section;
    });
    board.replaceChildren(...sections);
    board.dataset.group = kind;
    // As they stand on the page is how keys walk through them.
    cards.sort((a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    said.splice(0, said.length, ...cards.map((card) => card.textContent.toLowerCase().replace(/\s+/g, " ")));
    filter();
  }

  bar.hidden = false;
  bar.addEventListener("submit", (event) => event.preventDefault());
  entry.addEventListener("input", filter);
  if (tagged) tagged.addEventListener("change", filter);
  if (grouped) grouped.addEventListener("change", regroup);
  for (const button of all(".states button")) button.addEventListener("click", () => choose(button));
  one(".clear").addEventListener("click", () => { clear(); entry.focus(); });
  one(".help").addEventListener("click", () => keys.showModal());

  // -- dark and light ------------------------------------------------------------------------------

  const themes = ["auto", "light", "dark"];
  const root = document.documentElement;
  const switcher = one(".theme");

  function dress(theme) {
    root.dataset.theme = theme;
    switcher.textContent = theme[0].toUpperCase() + theme.slice(1);
    switcher.setAttribute("aria-label", `Colours: ${theme}`);
    switcher.title = "Dark, light, or as the system";
  }
  function nextTheme() {
    const theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    dress(theme);
    // A page opened as a file may have nowhere to remember it.
    try { localStorage.setItem("seedgen-theme", theme); } catch { /* then not */ }
  }
  let remembered = null;
  try { remembered = localStorage.getItem("seedgen-theme"); } catch { /* then not */ }
  dress(themes.includes(remembered) ? remembered : "auto");
  switcher.addEventListener("click", nextTheme);

  // -- keys ----------------------------------------------------------------------------------------

  function go(card) {
    if (!card) return;
    const frame = one(".frame", card);
    frame.focus({ focusVisible: true, preventScroll: true });
    card.scrollIntoView({ block: "nearest", behavior: still.matches ? "instant" : "auto" });
  }

  function along(steps) {
    const list = shown();
    const place = list.indexOf(current());
    go(list[place < 0 ? 0 : Math.max(0, Math.min(list.length - 1, place + steps))]);
  }

  function across(direction) {
    const from = current();
    if (!from || from.hidden) return along(direction);
    const here = from.getBoundingClientRect();
    const rows = shown().map((card) => [card, card.getBoundingClientRect()])
      .filter(([, box]) => direction * (box.top - here.top) > 4);
    if (!rows.length) return undefined;
    const tops = rows.map(([, box]) => box.top);
    const row = direction > 0 ? Math.min(...tops) : Math.max(...tops);
    const near = rows.filter(([, box]) => Math.abs(box.top - row) < 4)
      .sort(([, a], [, b]) => Math.abs(a.left - here.left) - Math.abs(b.left - here.left));
    return go(near[0][0]);
  }

  function turn(steps) {
    const list = shown();
    const next = list.includes(opened) ? list[list.indexOf(opened) + steps] : null;
    if (next) open(next);
  }

  const moves = {
    j: () => along(1), ArrowRight: () => along(1),
    k: () => along(-1), ArrowLeft: () => along(-1),
    ArrowDown: () => across(1), ArrowUp: () => across(-1),
    "/": () => entry.focus(),
    "?": () => keys.showModal(),
    t: nextTheme,
    " ": () => { const card = current(); if (card) toggle(one(".frame", card)); return Boolean(card); },
    Enter: () => { const card = current(); if (card) open(card); return Boolean(card); },
    Escape: () => { stop(); clear(); },
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.target.matches("input, select")) {
      if (event.key === "Escape") { clear(); event.target.blur(); }
      return;
    }
    if (large.open) {
      if (event.key === "j") turn(1);
      if (event.key === "k") turn(-1);
      const video = one("video", large);
      if (event.key === " " && event.target === large && video) {
        event.preventDefault();
        if (video.paused) video.play().catch(() => {});
        else video.pause();
      }
      return;
    }
    // Links and buttons of a card keep their own Enter and Space.
    if (["Enter", " "].includes(event.key) && !event.target.matches(".frame")) return;
    if (/^[1-9]$/.test(event.key) && current()) return take(current(), event.key);
    const move = moves[event.key];
    if (move && move() !== false) event.preventDefault();
  });

  // What is hidden by a filter is not printed; what plays is.
  addEventListener("beforeprint", stop);
})();
