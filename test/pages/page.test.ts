import { describe, expect, it } from "vitest";
import { follow } from "./follow.ts";
import { withSections } from "./ini.ts";
import { stepsIn } from "./page.ts";
import { startReader } from "./reader.ts";
import { patternOf } from "./shown.ts";

const FENCE = "```";

describe("the steps of a page", () => {
  it("are its blocks, and what stands above them in a comment", () => {
    const page = `# Page
<!-- Made by a script. -->

<!-- first:
echo one
echo two
-->
<!-- not run: no PowerShell -->
${FENCE}powershell
ssox status
${FENCE}

- In a list:
  <!-- file: ~/.aws/config -->
  ${FENCE}ini
  [profile a]
  ${FENCE}

${FENCE}console
$ echo \\
> three
three

four
$ echo five
${FENCE}
`;
    expect(stepsIn(page)).toEqual([
      { kind: "run", line: 4, text: "echo one\necho two" },
      { kind: "not run", line: 9, reason: "no PowerShell" },
      { kind: "file", line: 15, file: "~/.aws/config", text: "[profile a]\n" },
      { kind: "run", line: 20, text: "echo \\\nthree", shown: "three\n\nfour" },
      { kind: "run", line: 25, text: "echo five" },
    ]);
  });

  it.each(["", "json", "powershell", "console"])(
    "know no block of %o without a word",
    (language) => {
      const page = `Words.\n\n${FENCE}${language}\nPS> ssox\n${FENCE}\n`;
      expect(stepsIn(page)).toEqual([{ kind: "unknown", line: 3, language }]);
    },
  );

  it("take a comment for the block right below alone", () => {
    const page = `<!-- not run: nobody -->\nWords.\n${FENCE}sh\ntrue\n${FENCE}\n`;
    expect(stepsIn(page)).toEqual([{ kind: "run", line: 3, text: "true\n" }]);
  });
});

describe("what a page shows", () => {
  it.each([
    ["until 15:04, renewed", "until 2026-01-02 00:01, renewed"],
    ["acme  valid  59 min      7 h 12 min  x", "acme  valid  1 h 0 min  40 s  x"],
    ["open\n  https://…client_id=…", "open\n  https://oidc?client_id=abc&x"],
    ["…Role_99166f53c81708de/ada", "arn:Role_0123456789abcdef/ada"],
    ["one\n…\nfour", "one\ntwo\nthree\nfour"],
    ["a (b) [c] $d *", "a (b) [c] $d *"],
  ])("%o is what was printed: %o", (shown, printed) => {
    expect(`${printed}\n`).toMatch(patternOf(shown));
  });

  it.each([
    ["12 created", "13 created"],
    ["105992674944", "105992674945"],
    ["a.b", "axb"],
    ["one", "one\ntwo"],
    ["… two", "one\ntwo"],
    ["59 min", "59 mins"],
  ])("%o is not what was printed: %o", (shown, printed) => {
    expect(`${printed}\n`).not.toMatch(patternOf(shown));
  });
});

describe("a page is not right", () => {
  it.each([
    ["a command that fails", "sh", "false\ntrue", /line 1: The shell ended|ended with/],
    ["an output of another kind", "console", "$ echo one\ntwo", /line 2: [\s\S]*prints\none/],
    ["a failure that it does not show", "console", "$ echo one; false\none", /ended with 1/],
    ["a section that is not there", "ini", "[profile a]\nregion = x", /is not in the config file/],
    ["a block of nobody's", "json", "{}", /nobody has said/],
  ])("with %s", async (_what, language, text, message) => {
    const reader = await startReader();
    await reader.run("mkdir ~/.aws && echo '[default]' > ~/.aws/config");
    const steps = stepsIn(`${FENCE}${language}\n${text}\n${FENCE}\n`);
    await expect(follow("page", steps, reader)).rejects.toThrow(message);
  });
});

describe("a reader who edits the config file", () => {
  it("changes a section that is there, and adds others", () => {
    const file = "[sso-session a]\nsso_region = x\n\n[profile b]\nregion = y\n";
    const added = "[sso-session a]\nsso_region = z\nssox_include = *\n\n[profile c]\nregion = w\n";
    expect(withSections(file, added)).toBe(
      "[sso-session a]\nsso_region = z\nssox_include = *\n\n[profile b]\nregion = y\n\n[profile c]\nregion = w\n",
    );
  });
});
