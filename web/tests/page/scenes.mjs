// What is looked at: moments of the page, and how one gets to each.

import { by } from "./playground.mjs";

/** Five members, a follower that was away for so long that the leader sends it a snapshot. */
const FAR_BEHIND = `world members=5 seed=42 snapshot-count=16 catch-up=2 segment-size=1000
until leader
until settled
crash n5
${Array.from({ length: 20 }, (_, at) => `put key-${at % 6}=${at} at leader\nuntil answered`).join("\n")}
until quiet
restart n5
`;

/** A store in which there is something of everything. */
const BUSY_STORE = [
  "put user/1 Ada",
  "put user/2 Grace",
  "put user/1 'Ada Lovelace'",
  "lease grant 60",
  "del user/2",
  "put user/3 Barbara",
  "watch --prefix user/",
  "get --prefix user/",
  "member list -w table",
  "putt x 1",
];

/** Runs a scenario by the dialog, and closes it. */
async function run(playground, scenario) {
  await playground.at("share").click();
  await playground.at("scenario-text").fill(scenario);
  await playground.at("scenario-run").click();
  await playground.at("scenario-ran").or(playground.at("scenario-error")).waitFor();
  await playground.page.locator("dialog .close").click();
  await playground.page.locator("dialog").waitFor({ state: "detached" });
}

/** Shows a panel, wherever it stands at this width. */
async function panel(playground, name) {
  await playground.at(`tab-${name}`).click();
}

/** Opens the list of branches; on a phone it is behind the tab of time. */
async function branches(playground) {
  if (!(await playground.at("branches").isVisible())) {
    await panel(playground, "lanes");
  }
  await playground.at("branches").click();
}

async function type(playground, lines) {
  await playground.at("terminal-toggle").click();
  for (const line of lines) {
    await playground.at("terminal-input").fill(line);
    await playground.press("Enter");
  }
}

async function snapshot(playground) {
  await run(playground, FAR_BEHIND);
  await playground.stepUntil('[data-kind="MsgSnap"], [data-kind^="Snapshot"]', "a snapshot");
}

async function put(playground) {
  await playground.elect();
  await playground.press("w");
  await playground.stepForward(6);
}

/** How one gets to each moment, from five members at their beginning. */
export const SCENES = {
  start: async () => {},
  election: async (playground) => playground.elect(),
  partition: async (playground) => {
    await playground.elect();
    await playground.press("w", "p", "2", "Enter");
    await playground.stepForward(6);
  },
  split: async (playground) => {
    await playground.elect();
    await playground.press("p", "2");
  },
  snapshot,
  "long-log": async (playground) => {
    await playground.elect();
    for (let number = 0; number < 24; number += 1) {
      await playground.press("w");
    }
    await playground.stepForward(24);
  },
  disk: async (playground) => {
    await put(playground);
    await panel(playground, "disk");
  },
  "disk-snapshot": async (playground) => {
    await snapshot(playground);
    await panel(playground, "disk");
  },
  kv: async (playground) => {
    await playground.elect();
    await type(playground, BUSY_STORE);
    await playground.at("terminal-close").click();
    await panel(playground, "kv");
  },
  raw: async (playground) => {
    await put(playground);
    await panel(playground, "raw");
  },
  inside: async (playground) => {
    await playground.elect();
    await playground.press("w", "o");
    await playground.stepForward(3);
  },
  branches: async (playground) => {
    await playground.elect();
    await playground.press("f", "w");
    await playground.stepForward(8);
    await branches(playground);
    await playground.at("beside-A").click();
  },
  "branch-list": async (playground) => {
    await put(playground);
    await playground.press("f", "k", "f");
    await branches(playground);
    await playground.at("name-A").fill("before the crash");
  },
  terminal: async (playground) => {
    await playground.elect();
    await type(playground, BUSY_STORE);
  },
  "terminal-help": async (playground) => {
    await playground.elect();
    await type(playground, ["help"]);
  },
  share: async (playground) => {
    await put(playground);
    await playground.at("share").click();
    await playground.page.locator("dialog[open]").waitFor();
  },
  "scenario-error": async (playground) => {
    await playground.at("share").click();
    await playground.at("scenario-text").fill("world members=3\ncrahs n1\n");
    await playground.at("scenario-run").click();
    await playground.at("scenario-error").waitFor();
  },
  help: async (playground) => {
    await playground.press("?");
    await playground.page.locator("dialog[open]").waitFor();
  },
  rules: async (playground) => {
    await playground.at("rules").click();
    await playground.at("rule-pre-vote").uncheck();
    await playground.at("modified").waitFor();
    await playground.at("rules").click();
  },
  menu: async (playground) => {
    await playground.elect();
    await playground.at("member-3").click({ button: "right" });
    await playground.at("menu").waitFor();
  },
  outlook: async (playground) => {
    await playground.elect();
    await playground.stepForward(4);
    await playground.at("outlook-ask").click();
    await playground.page.locator(`${by("outlook")}[data-done="true"]`).waitFor({ timeout: 120_000 });
  },
};
