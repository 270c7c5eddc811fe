// For docker and sudo: what they start gets the variables that are named on their command line, and
// no others. A container has an AWS SDK in it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const [, , program, ...words] = process.argv;
const { env } = process;

const END = program === "sudo" ? sudo() : docker();
process.exitCode = END;

function sudo() {
  const kept = /^--preserve-env=(.*)/.exec(words[0] ?? "")?.[1]?.split(",") ?? [];
  return run(words.slice(kept.length === 0 ? 0 : 1), named(kept));
}

function docker() {
  if (words[0] === "login") return readFileSync(0).length > 0 ? 0 : 1;
  const identity = [
    process.execPath,
    path.join(import.meta.dirname, "aws.mjs"),
    "sts",
    "get-caller-identity",
  ];
  const names = words.flatMap((word, at) => {
    if (words[at - 1] === "--secret") return [/env=(\w+)/.exec(word)?.[1] ?? ""];
    return words[at - 1] === "-e" ? [word] : [];
  });
  const file = words.indexOf("--env-file");
  const lines =
    file === -1
      ? []
      : readFileSync(words[file + 1], "utf8")
          .trim()
          .split("\n");
  const filed = Object.fromEntries(
    lines.map((line) => [line.split("=")[0], line.replace(/^\w+=/, "")]),
  );
  return run(identity, { ...named(names), ...filed });
}

function named(names) {
  return Object.fromEntries(names.filter((name) => env[name]).map((name) => [name, env[name]]));
}

function run([command, ...args], variables) {
  const { PATH, AWS_ENDPOINT_URL_STS, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED } = env;
  const always = { PATH, AWS_ENDPOINT_URL_STS, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED };
  const all = { HOME: "/nonexistent", AWS_REGION: "eu-west-1", ...always, ...variables };
  return spawnSync(command, args, { env: all, stdio: "inherit" }).status ?? 1;
}
