// Serves the built page from a loopback port, as a static host or a member of the cluster would:
// below a path of its own, with the compressed copies that were made at build time.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST =
  process.env.QUORATE_DIST ?? fileURLToPath(new URL("../../../target/dist", import.meta.url));

/** The page must not care below which path it lies; a member serves it below this one. */
const PREFIX = "/play/";

const KINDS = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Starts the server; `url` is the page's address, `close()` ends the server. */
export async function serve() {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}${PREFIX}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const name = normalize(pathname.slice(PREFIX.length)) || ".";
  if (!pathname.startsWith(PREFIX) || name.startsWith("..")) {
    response.writeHead(404);
    response.end();
    return;
  }
  const file = join(DIST, name === "." ? "index.html" : name);
  const headers = { "content-type": KINDS[extname(file)] ?? "application/octet-stream" };
  const accepts = request.headers["accept-encoding"] ?? "";
  const compressed = /\bbr\b/.test(accepts) ? await read(`${file}.br`) : undefined;
  const content = compressed ?? (await read(file));
  if (content === undefined) {
    response.writeHead(404);
    response.end();
    return;
  }
  if (compressed !== undefined) {
    headers["content-encoding"] = "br";
  }
  response.writeHead(200, headers);
  response.end(content);
}

/** The file's content, or `undefined` when there is no such file. */
async function read(file) {
  try {
    return await readFile(file);
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "EISDIR") {
      return undefined;
    }
    throw error;
  }
}
