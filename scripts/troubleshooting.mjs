import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/*
 * Writes docs/troubleshooting.md from the table of codes of `ssox doctor`, and
 * that of the messages of the AWS clients.
 * `--check`: writes nothing, and ends with 1 when it is not up to date.
 */

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, "docs", "troubleshooting.md");

const HEAD = `# Troubleshooting

<!-- Made by scripts/troubleshooting.mjs from src/domain/findings/codes.ts and test/interop/client-messages.ts. -->

- A program says something that you do not understand: [by message](#by-message).
- ssox itself does: \`ssox: error CODE: …\` ends with the command that mends it; [every error](errors.md).
- You want to know what is wrong before anything fails: [\`ssox doctor\`](#ssox-doctor).
`;

const BY_MESSAGE = `## By message

What the AWS CLI and the SDKs say, what it means, and what mends it. \`acme\`, \`dev\` and \`gone\` stand for your names.
botocore speaks for the AWS CLI and boto3. The SDKs put more words around these; Terraform puts \`No valid credential sources
found\` above those of Go. Current clients say all of it in tests (\`npm run interop\`), but for version 2 of the AWS CLI, which
stands on the same botocore as version 1.
`;

const DOCTOR = `## ssox doctor

\`ssox doctor\` looks at the AWS config file, the credentials file, tokens, caches, the environment and the machine, and
says what does not work, or not alike in all AWS clients, with the file and the line, and what mends it. It signs nobody
in, and writes nothing without \`--fix\`. The exit status is 7 when there is an error.

- \`ssox doctor --profile P\`: that profile alone, and what the AWS CLI and boto3, JavaScript, Go, Java and Rust take for
  it when AWS_PROFILE names it.
- \`ssox doctor --online\`: asks the service, too: what is assigned (which it keeps as a listing), whether the token is
  good, whether something answers in AWS's place; of up to 20 roles that profiles name, how long their credentials last,
  and their IAM role: its ARN with the path, as key policies and trust policies want it, and without, as EKS does.
- \`ssox doctor --needs 4h\`: whether the sign-in lasts for a job of that length.
- \`ssox doctor --fix\`: mends what is safe to mend, shown first as a diff. It asks, or needs \`--yes\`. Keys and tokens
  it never touches, of the credentials file it changes the mode alone, and \`ssox sync-profiles --undo\` takes back what
  it wrote into the config file.
- \`--json\`: \`{"findings":[{"code","severity","session","profile","message","fix"}]}\`; the codes are those below.

An error is what fails in some AWS client, or gives it another identity. What the clients do is not guessed: the SDKs
themselves, run on more than a hundred homes, hold the predictions to it (\`npm run interop\`). Below stands how grave a
finding can be: where no client comes to harm in your home, it is less.
`;

const { TOPICS, CODES } = await moduleOf("src", "domain", "findings", "codes.ts");
const { CLIENT_MESSAGES } = await moduleOf("test", "interop", "client-messages.ts");
const text = page();
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("docs/troubleshooting.md is not up to date: node scripts/troubleshooting.mjs");
  process.exitCode = 1;
}

async function moduleOf(...place) {
  const entry = path.join(root, ...place);
  const options = { bundle: true, write: false, format: "esm", logLevel: "error" };
  const { outputFiles } = await build({ entryPoints: [entry], ...options });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  return await import(`data:text/javascript;base64,${source}`);
}

function page() {
  const topics = Object.entries(TOPICS).map(([topic, title]) => {
    const codes = Object.entries(CODES).filter(([, meaning]) => meaning.topic === topic);
    return `### ${title}\n\n${codes.map(([code, meaning]) => entryOf(code, meaning)).join("\n\n")}\n`;
  });
  const messages = CLIENT_MESSAGES.map(messageEntry).join("\n");
  return `${HEAD}\n${BY_MESSAGE}\n${messages}\n${DOCTOR}\n${topics.join("\n")}`;
}

function messageEntry({ title, says, meaning, mend }) {
  const rows = Object.entries(says).map(([client, said]) => `| ${client} | ${cell(said)} |`);
  const table = ["| client | says |", "| --- | --- |", ...rows].join("\n");
  return `### ${title}\n\n${table}\n\n${meaning}\n\nWhat mends it: ${mend}\n`;
}

/** Code that may have backticks in it. */
function cell(said) {
  return said.includes("`") ? `\`\` ${said} \`\`` : `\`${said}\``;
}

function entryOf(code, { severity, meaning, why, mend, isFixable }) {
  const fix = isFixable ? "\n\n`ssox doctor --fix` does it where that is safe." : "";
  return `#### ${code}\n\n${severity}: ${meaning}\n\n${why}\n\nWhat mends it: ${mend}${fix}`;
}
