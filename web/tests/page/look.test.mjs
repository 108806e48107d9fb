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

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PICTURES = fileURLToPath(new URL("../../../target/page-pictures", import.meta.url));
const VIEWPORTS = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } };

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
    for (const theme of ["light", "dark"]) {
      for (const locale of ["en-US", "zh-CN"]) {
        const name = `${width}-${theme}-${locale.slice(0, 2)}`;
        test(`${name} is accessible and fits its width`, async () => {
          const playground = await lab.visit({ theme, locale, viewport });
          await playground.elect();
          await playground.picture();
          const { page } = playground;
          await page.screenshot({ path: join(PICTURES, `${name}.png`) });
          assert.deepEqual(await violations(page, axe), []);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(overflow <= 0, `${overflow} px stick out to the right`);
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

/** What axe calls serious or critical: the rule and the elements that break it. */
async function violations(page, axe) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document));
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}
