// Measures the page in headless Chromium and prints a table in Markdown: `cargo xtask bench web`.
//
// Nothing here is asserted: figures differ from machine to machine, and from hour to hour.

import { Lab, by } from "./playground.mjs";

const ROUNDS = 5;
const JUMPS = 60;
const EVENTS = 10_000;
const LONG_EVENTS = 50_000;
const PLAYED_MS = 5_000;

const median = (numbers) => [...numbers].sort((one, two) => one - two)[numbers.length >> 1];
const most = (numbers) => Math.max(...numbers);
const round = (number) => (number >= 100 ? Math.round(number) : Number(number.toFixed(1)));

const lab = await Lab.open();
const rows = [];

// First load, and the time until a step can be taken.
const bytes = [];
const interactive = [];
for (let at = 0; at < ROUNDS; at += 1) {
  const visit = await open("seed=42");
  bytes.push(visit.bytes);
  interactive.push(visit.milliseconds);
  await visit.playground.leave();
}
rows.push(["first load, compressed", `${median(bytes)} bytes`, "≤ 300,000"]);
rows.push([
  "interactive, from the first byte asked for",
  `${round(median(interactive))} ms (${round(most(interactive))} at most)`,
  "≤ 1,000 ms",
]);

// Simulated events a second: a long run is opened, less what opening takes by itself.
const long = [];
for (let at = 0; at < 3; at += 1) {
  const visit = await open(`seed=${42 + at}&at=${LONG_EVENTS}`);
  long.push(visit.milliseconds - median(interactive));
  await visit.playground.leave();
}
rows.push([
  "simulated events a second, each noted",
  String(Math.round(LONG_EVENTS / (median(long) / 1000))),
  "≥ 50,000",
]);

// A jump to any of ten thousand events.
{
  const { playground } = await open(`seed=42&do=300:put:1:x:1&at=${EVENTS}`);
  const jumps = await playground.page.evaluate(
    async ([jumps, events, scrub, eventNumber]) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const input = document.querySelector(scrub);
      let state = 7;
      const draw = () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return 1 + (state % events);
      };
      const took = [];
      for (let jump = 0; jump < jumps; jump += 1) {
        const event = String(draw());
        const begun = performance.now();
        input.value = event;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        while (document.querySelector(eventNumber).textContent !== event) {
          await frame();
        }
        took.push(performance.now() - begun);
      }
      return took;
    },
    [JUMPS, EVENTS, by("scrub"), by("event-number")],
  );
  rows.push([
    `a jump to any of ${EVENTS} events`,
    `${round(median(jumps))} ms (${round(most(jumps))} at most)`,
    "≤ 50 ms",
  ]);
  await playground.leave();
}

// Pictures a second with seven members and five hundred messages.
{
  const world = encodeURIComponent("members=7 seed=3 latency=5s..7s");
  const { playground } = await open(`world=${world}&at=9000`, { motion: "no-preference" });
  await playground.at("speed").selectOption("100");
  await playground.at("play").click();
  const { pictures, elapsed } = await playground.page.evaluate(async (milliseconds) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const begun = await frame();
    let pictures = 0;
    let now = begun;
    while (now - begun < milliseconds) {
      now = await frame();
      pictures += 1;
    }
    return { pictures, elapsed: now - begun };
  }, PLAYED_MS);
  const messages = await playground.page.evaluate(() => {
    const pills = [...document.querySelectorAll(".messages .pill")];
    return pills
      .map((pill) => Number(pill.textContent.match(/×(\d+)/)?.[1] ?? 1))
      .reduce((one, two) => one + two, 0);
  });
  rows.push([
    `pictures a second with 7 members and ${messages} messages under way`,
    round((1000 * pictures) / elapsed),
    "60",
  ]);
  await playground.leave();
}
await lab.close();

console.log("| in the browser | measured | goal |\n|---|---|---|");
for (const [what, measured, goal] of rows) {
  console.log(`| ${what} | ${measured} | ${goal} |`);
}

/** Opens the page; how long it took until a step could be taken, and what came over the wire. */
async function open(query, options = {}) {
  const context = await lab.browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: options.motion ?? "reduce",
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const { Playground } = await import("./playground.mjs");
  const playground = new Playground(page);
  const sizes = [];
  page.on("requestfinished", (request) => sizes.push(request.sizes()));
  await page.goto(`${lab.site.url}?${query}`);
  const milliseconds = await page.evaluate(async (stage) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    while (document.querySelector(stage) === null) {
      await frame();
    }
    await frame();
    return performance.now();
  }, by("step-forward"));
  const all = await Promise.all(sizes);
  const received = all.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  return { playground, milliseconds, bytes: received };
}
