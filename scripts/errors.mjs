import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { errorsInSource } from "./errors/errors-in-source.mjs";

/*
 * Writes docs/errors.md: every error of the program, as the source makes it.
 * `--check`: writes nothing, and ends with 1 when it is not up to date.
 * `--json`: prints them, and writes nothing.
 */

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, "docs", "errors.md");

const HEAD = `# Errors

<!-- Made by scripts/errors.mjs from the source. -->

An error is one line on stderr: \`ssox: error CODE: what failed, and why → what mends it\`. With \`--json\` it is a document
on stdout as well: \`{"error":{"code","message","hint"}}\`. The code fixes the exit status, and is what scripts may rely on.
At a terminal the line is broken at its width, and \`→\` begins a line of its own.

Below stands every error that ssox knows, by its code. \`{…}\` is what the run puts there: a name, a file, the
service's own words. What mends it is

- a command: \`ssox login --session acme\`;
- flags to add to the command that failed: \`--session acme\`;
- or an instruction, in which commands stand in backticks.

Words in capitals (\`URL\`, \`NAME\`, \`COMMAND\`) are yours to fill in.
`;

/** What a code means, for a reader who has met it. */
const MEANINGS = {
  Unexpected: "A bug in ssox. `--debug` shows where it struck.",
  Usage: "The command line, a setting or the environment asks for what cannot be.",
  UnknownSession: "The AWS config file has no such `[sso-session]`, or none at all.",
  UnknownProfile: "Neither the AWS config file nor the credentials file has such a profile.",
  UnknownAccount: "No account, or more than one, has that name among those assigned to you.",
  LoginRequired: "A sign-in is needed, and this command did not start one.",
  LoginDenied:
    "The sign-in was refused, by you, by an administrator's rule, or by AWS for a wrong region or start URL.",
  LoginTimeout: "The sign-in was not finished in a browser in time.",
  SessionTooShort:
    "The session or the credentials are known to end before the job that `--needs` tells of.",
  AccessDenied:
    "You are signed in, but AWS does not give you that role, or does not take these credentials.",
  ServiceUnavailable:
    "AWS, or who stands in its place, answered with what cannot be used, after retries.",
  NetworkError: "There was no answer, or one that is not from AWS.",
  Throttled: "AWS refuses more requests for now; ssox has waited and tried again.",
  ConfigInvalid:
    "A file that you keep (the AWS config file, for the most part) cannot be read or understood.",
  CacheInvalid: "A file that ssox or the AWS CLI keeps cannot be read, or not be removed.",
  FileLocked: "Another program holds a file, or goes on writing it.",
  WriteFailed: "A file, or stdout, could not be written. What was there is as it was.",
  KeychainUnavailable:
    "The keychain that `ssox_store = keychain` wants is missing, locked, or lost what it was given.",
  Drift:
    "`sync-profiles --check` found that something would change. The command's own document tells what; there is no message.",
  ProblemsFound:
    "`doctor` found an error. The findings tell what: [troubleshooting](troubleshooting.md).",
  Partial: "Done in part: what failed stands on stderr, and in the document under `failed`.",
};

const { exitStatusOf, isTyped } = await ofProgram();
const errors = errorsInSource(root);
const text = page(errors);
if (process.argv.includes("--json")) console.log(JSON.stringify(errors));
else if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("docs/errors.md is not up to date: node scripts/errors.mjs");
  process.exitCode = 1;
}

/** What the program itself knows of errors. */
async function ofProgram() {
  const contents = `
    export { exitStatusOf } from "./src/errors.ts";
    export { isTyped } from "./src/views/hint.ts";
  `;
  const stdin = { contents, resolveDir: root };
  const options = { bundle: true, write: false, format: "esm", logLevel: "error" };
  const { outputFiles } = await build({ stdin, ...options });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  return await import(`data:text/javascript;base64,${source}`);
}

function page(errors) {
  const codes = Object.keys(MEANINGS);
  const unknown = errors.find(({ code }) => !codes.includes(code) && !code.startsWith("{"));
  if (unknown) throw new Error(`scripts/errors.mjs does not say what ${unknown.code} means`);
  const overview = codes.map(
    (code) => `| ${exitStatusOf(code)} | [${code}](#${code.toLowerCase()}) | ${MEANINGS[code]} |`,
  );
  const sections = codes.map((code) => {
    const own = errors.filter((error) => error.code === code);
    return `## ${code}\n\nExit status ${exitStatusOf(code)}. ${MEANINGS[code]}\n${table(own)}`;
  });
  const passedOn = table(errors.filter(({ code }) => code.startsWith("{")));
  const rest = `## Passed on\n\nThese tell what another error struck, and have its code; {hint} and {mend} are its hint.\n${passedOn}`;
  return `${HEAD}\n| exit status | code | meaning |\n| --- | --- | --- |\n${overview.join("\n")}\n\n${[...sections, rest].join("\n")}`;
}

function table(errors) {
  if (errors.length === 0) return "";
  const sorted = errors.toSorted((one, other) => (one.message < other.message ? -1 : 1));
  const rows = sorted.map(
    ({ message, hint = "", file: name }) =>
      `| ${code(message)} | ${isTyped(hint) ? code(hint) : words(hint)} | [${path.basename(name)}](../${name}) |`,
  );
  return `\n| message | what mends it | source |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** As it is printed; a bar would end the cell. */
function code(text) {
  const marks = text.includes("`") ? "``" : "`";
  return `${marks}${text.replaceAll("|", "\\|")}${marks}`;
}

function words(text) {
  return text.replaceAll("|", "\\|").replaceAll("*", "\\*").replaceAll("<", "&lt;");
}
