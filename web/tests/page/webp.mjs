// An animated WebP, put together from pictures that the browser itself encodes.
//
// Only what changes from one picture to the next is kept, as the format allows: a picture may cover
// a part of the canvas, and stays for as long as nothing changes.

import { Buffer } from "node:buffer";

const STILL_QUALITY = 0.9;
const MOVING_QUALITY = 0.66;

/** Puts pictures on a canvas in a page of the browser and tells what of each is new. */
export class Encoder {
  constructor(page) {
    this.page = page;
    this.frames = [];
  }

  static async open(browser) {
    return new Encoder(await browser.newPage());
  }

  /** A screenshot as a picture of its own. */
  async still(png) {
    const { part } = await this.page.evaluate(changed, [png.toString("base64"), STILL_QUALITY]);
    return Buffer.from(part.webp, "base64");
  }

  /** Adds a screenshot, shown for so long. */
  async add(png, milliseconds) {
    const found = await this.page.evaluate(changed, [png.toString("base64"), MOVING_QUALITY]);
    if (found.part === undefined) {
      this.frames.at(-1).milliseconds += milliseconds;
      return;
    }
    this.width = found.width;
    this.height = found.height;
    const { left, top, width, height, webp } = found.part;
    this.frames.push({ left, top, width, height, milliseconds, image: image(webp) });
  }

  /** The whole file; it begins anew when it has ended. */
  file() {
    const head = Buffer.alloc(10);
    head.writeUInt8(0b10, 0); // It is animated.
    head.writeUIntLE(this.width - 1, 4, 3);
    head.writeUIntLE(this.height - 1, 7, 3);
    const animation = Buffer.alloc(6); // A clear background, round and round.
    const chunks = [chunk("VP8X", head), chunk("ANIM", animation)];
    for (const frame of this.frames) {
      const place = Buffer.alloc(16);
      place.writeUIntLE(frame.left / 2, 0, 3);
      place.writeUIntLE(frame.top / 2, 3, 3);
      place.writeUIntLE(frame.width - 1, 6, 3);
      place.writeUIntLE(frame.height - 1, 9, 3);
      place.writeUIntLE(frame.milliseconds, 12, 3);
      place.writeUInt8(0b10, 15); // It takes the place of what is there, and stays.
      chunks.push(chunk("ANMF", Buffer.concat([place, frame.image])));
    }
    const body = Buffer.concat([Buffer.from("WEBP"), ...chunks]);
    return chunk("RIFF", body);
  }

  async close() {
    await this.page.close();
  }
}

/** In the browser: the part that differs from the picture before, in the way that is smaller. */
async function changed([base64, quality]) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = bitmap;
  const draw = (left, top, wide, high) => {
    const canvas = new OffscreenCanvas(wide, high);
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    context.drawImage(bitmap, -left, -top);
    return { canvas, context };
  };
  const whole = draw(0, 0, width, height);
  const now = new Uint32Array(whole.context.getImageData(0, 0, width, height).data.buffer);
  const before = globalThis.before;
  globalThis.before = now;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (before?.[y * width + x] !== now[y * width + x]) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
    }
  }
  if (right < 0) {
    return { width, height };
  }
  // The format wants even places.
  left -= left % 2;
  top -= top % 2;
  const part = draw(left, top, right - left + 1, bottom - top + 1).canvas;
  const encode = async (how) => {
    const blob = await part.convertToBlob({ type: "image/webp", quality: how });
    return new Uint8Array(await blob.arrayBuffer());
  };
  // Few colours are smaller without loss, many with it.
  const [exact, near] = [await encode(1), await encode(quality)];
  let letters = "";
  for (const byte of exact.length <= near.length ? exact : near) {
    letters += String.fromCharCode(byte);
  }
  return {
    width,
    height,
    part: { left, top, width: part.width, height: part.height, webp: btoa(letters) },
  };
}

/** The image's own chunks of a file of one picture. */
function image(base64) {
  const file = Buffer.from(base64, "base64");
  const kept = [];
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (["ALPH", "VP8 ", "VP8L"].includes(name)) {
      kept.push(file.subarray(at, end));
    }
    at = end;
  }
  return Buffer.concat(kept);
}

function chunk(name, content) {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
