import { spawn } from "node:child_process";
import { expect } from "vitest";
import { check } from "./desk.ts";

/** Rewrites a file in place until it is killed, as the SDK for JavaScript and AWS CLI 2.9 do. */
const REWRITE = `
const { readFileSync, writeFileSync } = require("node:fs");
const file = process.argv[1];
const text = readFileSync(file);
const pause = new Int32Array(new SharedArrayBuffer(4));
for (const end = Date.now() + 60_000; Date.now() < end; ) {
  writeFileSync(file, text);
  Atomics.wait(pause, 0, 0, 0.3);
}`;

check(
  "19 · ssox reads a token file that another program keeps writing in place",
  ["JS SDK v3"],
  async (open) => {
    const desk = await open();
    const { file } = await desk.signIn();
    const writer = spawn(process.execPath, ["-e", REWRITE, file]);
    try {
      for (let run = 0; run < 20; run += 1) {
        const end = await desk.ssox(["credential-process", "--profile", "dev"]);
        expect(end.status, end.stderr).toBe(0);
      }
    } finally {
      writer.kill("SIGKILL");
    }
  },
);
