// The pictures of the README, made from the page itself: `cargo xtask picture`.
//
// The page's own clock is handed to it picture by picture, so the same page gives the same
// pictures on every machine that has the same fonts.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Lab } from "./playground.mjs";
import { Encoder } from "./webp.mjs";

const FOLDER = fileURLToPath(new URL("../../../docs/pictures", import.meta.url));
const PICTURE = { width: 1280, height: 800 };
const ANIMATION = { width: 880, height: 560 };
const PICTURE_MOST_BYTES = 150 * 1024;
const ANIMATION_MOST_BYTES = 1536 * 1024;
/** Between two pictures of the animation. */
const BETWEEN_MS = 150;
/** How long it lasts. */
const WHOLE_MS = 20_000;

await mkdir(FOLDER, { recursive: true });
const lab = await Lab.open();
try {
  for (const theme of ["light", "dark"]) {
    await still(theme);
  }
  await animation();
} finally {
  await lab.close();
}

/** Five members after an election, a client's put on its way to all of them. */
async function still(theme) {
  const playground = await lab.visit({
    query: "seed=42&members=5",
    theme,
    viewport: PICTURE,
  });
  const leader = await playground.elect();
  await playground.put("colour", "blue");
  await playground.press(leader.at(-1));
  await playground.press("w");
  await playground.stepForward(4);
  await playground.page.mouse.move(0, 0);
  await playground.page.waitForTimeout(200);
  const encoder = await Encoder.open(lab.browser);
  const picture = await encoder.still(await playground.page.screenshot());
  await encoder.close();
  await keep(`playground-${theme}.webp`, picture, PICTURE_MOST_BYTES);
  await playground.leave();
}

/** An election, a put that is replicated, a partition with a second leader, and its healing. */
async function animation() {
  const playground = await lab.visit({
    query: "seed=42&members=5&at=64&embed=stage",
    viewport: ANIMATION,
    motion: "no-preference",
    before: takeClock,
  });
  const { page } = playground;
  const encoder = await Encoder.open(lab.browser);
  let shown_ms = 0;
  const show = async (milliseconds) => {
    await encoder.add(await page.screenshot(), milliseconds);
    shown_ms += milliseconds;
  };
  /** Lets it play for so long, or until the page says so. */
  const play = async (milliseconds, until = () => false) => {
    await playground.press("Shift+Space");
    for (let passed = 0; passed < milliseconds && !(await until()); passed += BETWEEN_MS) {
      await page.evaluate((by) => globalThis.passTime(by), BETWEEN_MS);
      await show(BETWEEN_MS);
    }
    if ((await playground.at("play").getAttribute("aria-pressed")) === "true") {
      await playground.press("Shift+Space");
    }
  };
  const leads = (number) => () =>
    page.locator(`[data-testid="member-${number}"][data-role="leader"]`).count();
  const leader = async () => {
    const found = page.locator('[data-testid^="member-"][data-role="leader"]').first();
    return Number((await found.getAttribute("data-testid")).at(-1));
  };

  await show(600);
  await play(5_000, async () => (await page.locator('[data-role="leader"]').count()) > 0);
  const first = await leader();
  await show(900);
  await playground.press(String(first), "w");
  await show(500);
  await play(3_600);

  // The leader and one other on one side; the three others elect their own.
  const beside = (first % 5) + 1;
  await playground.press("p", String(beside));
  await show(700);
  await playground.press("Enter");
  await show(900);
  await playground.press("w");
  await play(1_200);
  /** Passes over what takes long, a few events at a time, until something holds. */
  const hurry = async (keys, milliseconds, until) => {
    for (let times = 0; times < 60 && !(await until()); times += 1) {
      await playground.press(...keys);
      await page.evaluate((by) => globalThis.passTime(by), 16);
      await show(milliseconds);
    }
  };
  const second = page.locator(`[data-role="leader"]:not([data-testid="member-${first}"])`);
  await hurry(["Shift+ArrowRight"], 300, async () => (await second.count()) > 0);
  await show(900);
  await play(1_200);
  await playground.press("Shift+P");
  await show(900);
  await hurry(Array(10).fill("ArrowRight"), 150, async () => !(await leads(first)()));
  await show(900);
  await play(WHOLE_MS - shown_ms - 1_500);
  await show(Math.max(1_500, WHOLE_MS - shown_ms));
  await encoder.close();
  await playground.leave();
  await keep("playground-animated.webp", encoder.file(), ANIMATION_MOST_BYTES);
  console.log(`  ${(shown_ms / 1000).toFixed(1)} s in ${encoder.frames.length} pictures`);
}

/** In the page, before all else: animations are drawn when a picture is asked for. */
function takeClock() {
  let now_ms = 0;
  let last = 0;
  let waiting = new Map();
  globalThis.requestAnimationFrame = (callback) => {
    last += 1;
    waiting.set(last, callback);
    return last;
  };
  globalThis.cancelAnimationFrame = (id) => waiting.delete(id);
  globalThis.passTime = (by_ms) => {
    now_ms += by_ms;
    const called = waiting;
    waiting = new Map();
    called.forEach((callback) => callback(now_ms));
  };
}

async function keep(name, bytes, most) {
  if (bytes.length > most) {
    throw new Error(`${name} has ${bytes.length} bytes; ${most} are allowed`);
  }
  await writeFile(join(FOLDER, name), bytes);
  console.log(`  ${String(bytes.length).padStart(8)} bytes  docs/pictures/${name}`);
}
