// How it looks: readable in both themes, both languages, on a desk and in a hand.
//
// Each look is kept as a picture in target/page-pictures, for people to judge.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Lab } from "./playground.mjs";
import { SCENES } from "./scenes.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PICTURES = fileURLToPath(new URL("../../../target/page-pictures", import.meta.url));
const VIEWPORTS = {
  2560: { width: 2560, height: 1440 },
  1440: { width: 1440, height: 900 },
  1280: { width: 1280, height: 800 },
  1024: { width: 1024, height: 768 },
  390: { width: 390, height: 844 },
  360: { width: 360, height: 640 },
};
/** Who comes with what: each theme and each language once where all is looked at. */
const VISITORS = [
  { theme: "light", locale: "en-US" },
  { theme: "dark", locale: "zh-CN" },
];
const OTHERS = [
  { theme: "light", locale: "zh-CN" },
  { theme: "dark", locale: "en-US" },
];
/** What differs most in a hand. */
const IN_A_HAND = [
  "election",
  "partition",
  "snapshot",
  "long-log",
  "inside",
  "branches",
  "kv",
  "terminal",
  "share",
];

describe("the look", () => {
  let lab;
  let axe;
  before(async () => {
    lab = await Lab.open();
    axe = await readFile(AXE, "utf8");
    await mkdir(PICTURES, { recursive: true });
  });
  after(() => lab.close());

  for (const [width, viewport] of Object.entries(VIEWPORTS)) {
    const looks =
      width === "1440"
        ? VISITORS.map((visitor) => [visitor, Object.keys(SCENES)])
        : width === "390"
          ? OTHERS.map((visitor) => [visitor, IN_A_HAND])
          : [...VISITORS, ...OTHERS].map((visitor) => [visitor, ["election"]]);
    for (const [{ theme, locale }, scenes] of looks) {
      for (const scene of scenes) {
        const name = `${width}-${theme}-${locale.slice(0, 2)}-${scene}`;
        test(`${name} is accessible and fits its width`, async () => {
          const query = "seed=42&members=5";
          const playground = await lab.visit({ query, theme, locale, viewport });
          await SCENES[scene](playground);
          const { page } = playground;
          await page.screenshot({ path: join(PICTURES, `${name}.png`) });
          assert.deepEqual(await violations(page, axe), []);
          assert.deepEqual(await sticksOut(page), []);
          await playground.leave();
        });
      }
    }
  }

  test("the themes differ", async () => {
    const background = async (theme) => {
      const playground = await lab.visit({ theme });
      const colour = await playground.page.evaluate(
        () => getComputedStyle(document.body).backgroundColor,
      );
      await playground.leave();
      return colour;
    };
    assert.notEqual(await background("light"), await background("dark"));
  });
});

/** What can be pressed and is cut off at a side of the window, and the page when it is too wide. */
async function sticksOut(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const out = root.scrollWidth > root.clientWidth ? [`the page: ${root.scrollWidth} px`] : [];
    for (const element of document.querySelectorAll("button, select, input, summary")) {
      const { left, right, width } = element.getBoundingClientRect();
      const scrolls = element.closest(".tabs, .panel");
      if (width > 0 && !scrolls && (left < -1 || right > root.clientWidth + 1)) {
        out.push(element.outerHTML.slice(0, 90));
      }
    }
    return out;
  });
}

/** What axe finds: the rule and the elements that break it. */
async function violations(page, axe) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document));
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
  );
}
