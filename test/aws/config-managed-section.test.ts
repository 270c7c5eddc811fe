import { describe, expect, it } from "vitest";
import { parseRest } from "../../src/aws/config.ts";
import { parseConfigDocument } from "../../src/aws/config-document.ts";
import { managedSections, withoutManagedSections } from "../../src/aws/config-managed-section.ts";

const ROLE = `[profile dev.Admin]
sso_session = acme
sso_account_id = 012345678901
sso_role_name = Admin+=,.@-x
region = eu-west-1
ssox_managed = acme
`;
const PROCESS = `[profile dev]
credential_process = /usr/bin/node /opt/ssox/bin/ssox.js credential-process --account 1 --role R --session acme
ssox_managed = acme
`;

describe("a profile as ssox writes it", () => {
  it.each([
    ["a role", ROLE],
    ["a role without a region", ROLE.replace(/region.*\n/, "")],
    ["a line that has ssox answer", PROCESS],
    ["lines that end with CR LF", ROLE.replaceAll("\n", "\r\n")],
    ["no line end at the end", ROLE.trimEnd()],
    ["empty lines behind it", `${ROLE}\n\n`],
  ])("%s: says what the whole grammar says", (_, text) => {
    const managed = managedSections(text)(0, 1);
    if (managed === undefined) throw new Error("it was not taken for one");
    const { kind, name, line, start, end, bodyEnd, indent, entries } = managed;
    const read = { kind, name, line, start, end, bodyEnd, indent, entries };
    expect(read).toEqual(byWholeGrammar(text));
    expect(managed.settings).toEqual(
      Object.fromEntries(entries.map(({ key, value }) => [key, value])),
    );
    expect(managed.lines).toBe(text.split("\n").length - 1);
  });

  it.each([
    ["a key of the user's", `${ROLE}output = json\n`],
    ["a comment within", ROLE.replace("region", "# mine\nregion")],
    ["a comment behind it, and a key", `${ROLE}# mine\noutput = json\n`],
    ["a value that goes on", `${ROLE}  more\n`],
    ["a key twice", ROLE.replace("region", "region = a\nregion")],
    ["an inline comment", ROLE.replace("eu-west-1", "eu-west-1 # mine")],
    ["no space before the sign", ROLE.replace("region = ", "region=")],
    ["a name in quotes", ROLE.replace("dev.Admin", '"dev.Admin"')],
    ["mixed line ends", ROLE.replace("acme\nsso", "acme\r\nsso")],
    ["a lone carriage return", ROLE.replace("acme\nsso", "acme\rsso")],
    ["the default profile", ROLE.replace("dev.Admin", "default")],
    ["a name that breaks the SDK for JavaScript", ROLE.replace("dev.Admin", "__proto__")],
    ["a bracket that begins no header behind it", `${ROLE}[broken\n`],
    ["no mark", ROLE.replace(/ssox.*\n/, "")],
  ])("leaves %s to the whole grammar", (_, text) => {
    expect(managedSections(text)(0, 1)).toBeUndefined();
  });

  describe.each([
    ["short", ""],
    ["long", `\n${"# a comment\n".repeat(1_000)}`],
  ])("in a %s file", (_, more) => {
    it("is refused where it stands twice", () => {
      const { problems } = parseConfigDocument(`${ROLE}\n${PROCESS}\n${ROLE}${more}`);
      expect(problems[0]).toMatchObject({ line: 12, code: "duplicate-section", fatal: true });
    });

    it("is seen to be shadowed by one in quotes", () => {
      const quoted = ROLE.replace("dev.Admin", '"dev.Admin"');
      const { problems } = parseConfigDocument(`${ROLE}\n${quoted}${more}`);
      const codes = problems.map(({ line, code }) => [line, code]);
      expect(codes).toContainEqual([1, "shadowed-section"]);
    });
  });
});

describe("the text without them", () => {
  const other = ROLE.replace("dev.Admin", "dev.Other");

  it("keeps the one that is asked for, and all that ssox did not write", () => {
    const own = "# mine\n[default]\nregion = us-east-1\n\n[profile own]\noutput = json\n";
    expect(withoutManagedSections(`${own}${ROLE}\n${other}`, "dev.Admin")).toEqual({
      text: `${own}${ROLE}\n`,
      leftOut: new Set(["dev.Other"]),
    });
    expect(withoutManagedSections(`${ROLE}\n${other}[default]\n# end`, "")).toEqual({
      text: "[default]\n# end",
      leftOut: new Set(["dev.Admin", "dev.Other"]),
    });
  });

  it.each([
    ["twice", `${ROLE}\n${ROLE}`],
    ["again, with a key of the user's", `${ROLE}\n${ROLE}output = json\n`],
    ["again, in quotes", `${ROLE}\n[profile "dev.Admin"]\nregion = a\n`],
    ["again, with a backslash", `${ROLE}\n[profile dev\\.Admin]\nregion = a\n`],
    ["again, indented", `${ROLE}\n[default]\n  [profile dev.Admin]\nregion = a\n`],
  ])("is of no use where a name comes %s", (_, text) => {
    const rest = withoutManagedSections(text, "");
    expect(rest && parseRest("config", rest)).toBeUndefined();
  });
});

/** The section as it is read when a comment behind it keeps the short way from being taken. */
function byWholeGrammar(text: string) {
  const comment = text.endsWith("\n") ? "# x" : "\n# x";
  const { sections } = parseConfigDocument(text + comment);
  const [section] = sections;
  if (section === undefined) throw new Error("there is no section");
  const end = text.length;
  const last = section.entries.at(-1);
  const entries = section.entries.map((entry) =>
    entry === last ? { ...entry, end: Math.min(entry.end, end) } : entry,
  );
  return { ...section, end, bodyEnd: Math.min(section.bodyEnd, end), entries };
}
