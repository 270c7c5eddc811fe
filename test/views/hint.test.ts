import { expect, test } from "vitest";
import { errorText, hintLines } from "../../src/views/hint.ts";

const plain = (_look: string, text: string) => text;
const marked = (look: string, text: string) => `<${look}>${text}</>`;

test("an error is broken between words, with its hint below", () => {
  const error = {
    code: "ConfigInvalid",
    message: "/home/ada/.aws/config, line 3: a section stands twice.",
    hint: "edit line 3 of /home/ada/.aws/config, which is the file that AWS_CONFIG_FILE names",
  };
  expect(errorText(error, plain, 60).split("\n")).toEqual([
    "ssox: error ConfigInvalid: /home/ada/.aws/config, line 3:",
    "  a section stands twice.",
    "  → edit line 3 of /home/ada/.aws/config, which is the file",
    "    that AWS_CONFIG_FILE names",
  ]);
  expect(errorText(error, marked, undefined)).toBe(
    `ssox: <red>error ConfigInvalid:</> ${error.message}\n  <cyan>→</> ${error.hint}`,
  );
});

test.each([
  "ssox login --session 'a session with a long name' --force",
  "--session 'a session with a long name that is not broken'",
  "chmod u+rw '/home/ada/a folder with a long name/config'",
])("what is typed is whole: %s", (hint) => {
  expect(hintLines(hint, plain, 40)).toEqual([`  → ${hint}`]);
});

test("names say nothing to the terminal", () => {
  const error = { code: "Usage", message: "\u001b[31m\n", hint: "\u001b[8m" };
  expect(errorText(error, plain, 80)).toBe("ssox: error Usage: \\x1b[31m\\n\n  → \\x1b[8m");
});
