import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

const root = path.join(import.meta.dirname, "..", "..");
const ssox = path.join(root, "bin", "ssox.js");
const standIns = path.join(root, "test", "pages", "stand-ins");

/** A home that nobody has used, a lab, and a terminal. */
export async function openStage() {
  const home = newHome();
  const bin = path.join(home, "bin");
  mkdirSync(bin);
  writeProgram(path.join(bin, "ssox"), `exec ${process.execPath} ${ssox} "$@"`);
  const aws = path.join(standIns, "aws.mjs");
  writeProgram(path.join(bin, "aws"), `exec ${process.execPath} ${aws} "$@"`);
  const plain = { PATH: `${bin}:${process.env.PATH}`, HOME: home, TZ: "UTC" };
  const lab = spawn(process.execPath, [ssox, "lab"], {
    env: plain,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: lab.stdout }), "line");
  const { url } = JSON.parse(line);
  const env = {
    ...plain,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    SHELL: "/bin/bash",
    BROWSER: `${process.execPath} ${path.join(standIns, "browser.mjs")} ${path.join(home, "opened")}`,
    AWS_ENDPOINT_URL_SSO: url,
    AWS_ENDPOINT_URL_SSO_OIDC: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  return {
    run: (command) => execFileSync("sh", ["-c", command], { env, cwd: home, stdio: "pipe" }),
    /** What the command shows at a terminal of that size; with `keys`, before the last of them. */
    show(command, { columns, rows, keys = [] }) {
      const shown = onATerminal(command, { columns, rows, keys, env, home });
      return asAlways(shown, { url, home });
    },
    async close() {
      lab.kill("SIGTERM");
      await once(lab, "exit");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** As long as /home/ada, which it is shown as: lines break at the same words. */
function newHome() {
  for (;;) {
    const home = `/tmp/${randomBytes(2).toString("hex")}`;
    try {
      mkdirSync(home, { mode: 0o700 });
      return home;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}

function writeProgram(file, line) {
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

function onATerminal(command, { columns, rows, keys, env, home }) {
  const helper = path.join(root, "test", "helpers", "on-a-terminal.py");
  const steps = JSON.stringify(keys.map((key) => [...key, 0.5]));
  const sized = `stty rows ${rows} cols ${columns}; ${command}`;
  const words = [helper, steps, "sh", "-c", sized];
  const told = execFileSync("python3", words, { env, cwd: home, encoding: "utf8" });
  const { shown, last } = JSON.parse(told);
  return keys.length === 0 ? shown : last;
}

/** Without the lab and the moment: what differs from run to run is made alike, in its length too. */
function asAlways(shown, { url, home }) {
  return shown
    .replace(/^.*EndpointOverride.*\r\n(?: {2}.*\r\n)+/gm, "")
    .replace(/^.*Calls go to \S+ instead of AWS \([^)]*\)\.\r\n/gm, "")
    .replaceAll(`${url}/device`, "https://device.sso.eu-west-1.amazonaws.com/")
    .replace(/\b[A-Z]{4}-[A-Z]{4}\b/g, "KKCF-RSMW")
    .replaceAll(url, "https://oidc.eu-west-1.amazonaws.com")
    .replaceAll(home, "/home/ada")
    .replace(/client_id=[\w-]+/g, "client_id=bFU8mMdFQw8hRPewm29ng0")
    .replace(/3A\d{5}%2F/g, "3A40695%2F")
    .replace(/state=[0-9a-f-]{36}/g, "state=cbfcffe6-cea5-4bf7-8692-0f49855be3a0")
    .replace(/code_challenge=[\w-]+/g, "code_challenge=zyJGF-koE5x6brf5Ns1k-e3L15P4EiCRWS3o6mmJG40")
    .replace(/(?:\d{4}-\d\d-\d\d )?\b\d\d:\d\d\b/g, "15:04")
    .replace(/\b(?:60|59|58) min\b/g, "59 min")
    .replace(/\b\d+ (?:s|min) ago\b|just now/g, "just now");
}
