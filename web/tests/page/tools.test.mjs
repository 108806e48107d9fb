// The closer looks and the tools: disk, store, raw facts, clients' lane, terminal.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("the tools", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("the terminal asks the members as etcdctl does", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.at("terminal-toggle").click();
    assert.equal(await enter(playground, "put greeting 'hello, 世界'"), "OK");
    assert.equal(await enter(playground, "get greeting"), "greeting\nhello, 世界");
    assert.equal(await enter(playground, "put greeting bye"), "OK");
    assert.equal(await enter(playground, "get --prefix greet --rev=2"), "greeting\nhello, 世界");
    assert.match(await enter(playground, "get greeting --rev=99"), /^Error: .*future revision/);
    const granted = await enter(playground, "lease grant 60");
    const [, id] = granted.match(/^lease ([0-9a-f]{16}) granted with TTL\(60s\)$/);
    assert.equal(await enter(playground, `put lent 1 --lease=${id}`), "OK");
    assert.match(
      await enter(playground, `lease timetolive ${id} --keys`),
      /granted with TTL\(60s\), remaining\(\d+s\), attached keys\(\[lent\]\)/,
    );
    assert.match(await enter(playground, `lease keep-alive ${id}`), /keepalived with TTL\(60\)/);
    assert.match(await enter(playground, `lease revoke ${id}`), /revoked$/);
    assert.equal(await enter(playground, "del lent"), "0");
    assert.equal((await enter(playground, "member list")).split("\n").length, 3);
    assert.match(await enter(playground, "endpoint status -w table"), /\| ENDPOINT \|/);
    assert.match(await enter(playground, "member add n4 --learner"), /^Member [0-9a-f]+ added as learner/);
    assert.equal(await enter(playground, "compaction 3"), "compacted revision 3");
    await playground.leave();
  });

  test("the terminal takes a transaction line by line, and says what is wrong", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.page.keyboard.press("`");
    await enter(playground, "put x 1");
    for (const line of ["txn", 'value("x") = "1"', "", "put x 2", "get x", ""]) {
      await type(playground, line);
    }
    assert.equal(await enter(playground, ""), "SUCCESS\n\nOK\n\nx\n2");
    await type(playground, "putt x 1");
    assert.match(await last(playground, "complaint"), /did you mean "put"/);
    await type(playground, "put x");
    assert.match(await last(playground, "complaint"), /put KEY VALUE/);
    await playground.page.keyboard.press("ArrowUp");
    assert.equal(await playground.at("terminal-input").inputValue(), "put x");
    await playground.leave();
  });

  test("what was asked in the terminal is in the link, and in the history", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.at("terminal-toggle").click();
    await enter(playground, "put a 1");
    await enter(playground, "txn");
    await type(playground, "");
    await type(playground, "put b 2");
    await type(playground, "");
    await enter(playground, "");
    const hash = await playground.at("trace-hash").innerText();
    const number = await playground.eventNumber();
    const url = await playground.link();
    await playground.leave();
    const again = await lab.visit({ query: "", fragment: new URL(url).hash });
    assert.equal(await again.eventNumber(), number);
    assert.equal(await again.at("trace-hash").innerText(), hash);
    await again.leave();
  });

  test("a watch hears, and goes back in time with the page", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.at("terminal-toggle").click();
    await type(playground, "watch x");
    await enter(playground, "put x 1");
    const watch = playground.at("terminal-line").first().locator(by("answer"));
    await playground.at("terminal-close").click();
    for (let step = 0; step < 40; step += 1) {
      await playground.page.keyboard.press("ArrowRight");
    }
    await playground.at("terminal-toggle").click();
    assert.equal(await watch.innerText(), "PUT\nx\n1");
    await playground.at("terminal-close").click();
    await playground.page.keyboard.press("Home");
    await playground.at("terminal-toggle").click();
    assert.equal(await watch.count(), 0);
    await playground.leave();
  });

  test("the disk is shown by its files, segments record by record", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.at("tab-disk").click();
    const disk = playground.at("disk");
    assert.match(await disk.innerText(), /[0-9a-f]{16}-[0-9a-f]{16}\.wal/);
    assert.match(await disk.innerText(), /CRC good/);
    assert.ok((await disk.locator('[data-state="synced"]').count()) > 3);
    await playground.choose("member-1", "crash");
    await playground.at("tab-disk").click();
    assert.match(await disk.innerText(), /\.wal/);
    await playground.leave();
  });

  test("keys lie on the axis of revisions, with watches and leases", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.at("terminal-toggle").click();
    await enter(playground, "put x 1");
    await enter(playground, "put x 2");
    await enter(playground, "lease grant 30");
    await type(playground, "watch x");
    await playground.at("terminal-close").click();
    await playground.at("tab-kv").click();
    const kv = playground.at("kv");
    assert.equal(await kv.locator("td.version").count(), 2);
    assert.equal(await kv.locator(by("watch")).count(), 1);
    assert.equal(await kv.locator(by("lease")).count(), 1);
    await playground.leave();
  });

  test("the raw facts hold the event and the member", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.at("tab-raw").click();
    const raw = await playground.at("raw").innerText();
    assert.match(raw, /trace_hash/);
    assert.match(raw, /election_timeout_ticks/);
    await playground.leave();
  });

  test("the clients' lane shows operations, and the audit's verdict", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.put("x", "1");
    await playground.get("x");
    const lane = playground.at("clients-lane");
    assert.equal(await lane.locator("button.span").count(), 2);
    assert.equal(await playground.at("verdict").getAttribute("data-verdict"), "good");
    await playground.leave();
  });

  test("a worker finds out when it became inevitable who leads", async () => {
    const playground = await lab.visit({ query: "seed=42&members=5&at=500" });
    await playground.at("outlook-ask").click();
    await playground.page.locator('[data-testid="outlook"][data-done="true"]').waitFor({
      timeout: 120_000,
    });
    const outlook = playground.at("outlook");
    assert.match(await outlook.innerText(), /From event \d+ on, n\d led/);
    assert.ok((await outlook.locator("button.chance").count()) > 10);
    await playground.leave();
  });

  // Without two rules a leader that was deposed and does not know it answers what is old.
  test("a stale read is a violation that the lane marks", async () => {
    const playground = await lab.visit({ query: "seed=42" });
    await playground.at("share").click();
    await playground.at("scenario-text").fill(STALE_READ);
    await playground.at("scenario-run").click();
    await playground.at("scenario-ran").or(playground.at("scenario-error")).waitFor();
    await playground.page.keyboard.press("Escape");
    const verdict = playground.at("verdict");
    assert.equal(await verdict.getAttribute("data-verdict"), "violation");
    assert.match(await verdict.innerText(), /^◆ linearizability/);
    assert.ok((await playground.at("clients-lane").locator(".span.violation").count()) > 0);
    await playground.leave();
  });
});

const STALE_READ = `world members=3 seed=42 read-index-confirmation=off check-quorum=off
for 3s
move-leader n1 at leader
for 1s
put x=old at n1
until answered
isolate n1
for 5s
put x=new at n2
until answered
for 1s
get x at n1
until answered
`;

async function type(playground, line) {
  await playground.at("terminal-input").fill(line);
  await playground.page.keyboard.press("Enter");
}

/** Types a line and gives what it was answered. */
async function enter(playground, line) {
  await type(playground, line);
  return last(playground, "answer");
}

async function last(playground, id) {
  const lines = playground.at("terminal-line");
  const found = lines.last().locator(by(id));
  if ((await found.count()) === 0) {
    return "";
  }
  return found.last().innerText();
}
