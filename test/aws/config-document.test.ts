import { describe, expect, test } from "vitest";
import { parseConfigDocument } from "../../src/aws/config-document.ts";

/** What a file means, in few words: `kind name: key=value`. */
function meaning(text: string): string[] {
  return parseConfigDocument(text).sections.map(({ kind, name, entries }) => {
    const values = entries.map(({ key, value, nested }) =>
      nested ? `${key}{${nested.map((each) => `${each.key}=${each.value}`)}}` : `${key}=${value}`,
    );
    return `${kind} ${name}: ${values.join(", ")}`;
  });
}

function problems(text: string): string[] {
  return parseConfigDocument(text).problems.map(({ line, code, fatal }) => {
    return `${line} ${code}${fatal ? "!" : ""}`;
  });
}

const PORTABLE: [name: string, text: string, sections: string[]][] = [
  ["a profile", "[profile p]\na = 1\n", ["profile p: a=1"]],
  ["the default profile", "[default]\na=1\n", ["profile default: a=1"]],
  ["a session", "[sso-session s]\na = 1\n", ["sso-session s: a=1"]],
  ["dots", "[profile a.b]\n[sso-session c.d]\n", ["profile a.b: ", "sso-session c.d: "]],
  ["a tab", "[profile\tt]\na\t=\t1\n", ["profile t: a=1"]],
  ["a comment behind a header", "[profile p] # c\na = 1\n", ["profile p: a=1"]],
  [
    "hashes inside values",
    "[profile p]\na = 2#c\nb = https://x/start#/\n",
    ["profile p: a=2#c, b=https://x/start#/"],
  ],
  ["further equals signs", "[profile p]\na = b=c\n", ["profile p: a=b=c"]],
  ["a nested block", "[profile p]\ns3 =\n  A = 1\n  b=2\nc = 3\n", ["profile p: s3{A=1,b=2}, c=3"]],
  ["quoted values", '[profile p]\na = "x y"\n', ['profile p: a="x y"']],
  ["CRLF", "[profile p]\r\na = 1\r\n", ["profile p: a=1"]],
  ["no end of line at the end", "[profile p]\na = 1", ["profile p: a=1"]],
  ["comments before all else", "# c\n; d\n\n[profile p]\n", ["profile p: "]],
  ["sections of others", "[plugins]\na = 1\n", ["other plugins: a=1"]],
  ["equally indented keys", "[profile p]\n  a = 1\n  b = 2\n", ["profile p: a=1, b=2"]],
  [
    "interpolation, of which there is none",
    "[profile p]\na = %(b)s $HOME\n",
    ["profile p: a=%(b)s $HOME"],
  ],
];

test.each(PORTABLE)("27 · every client reads alike: %s", (_name, text, sections) => {
  expect(meaning(text)).toEqual(sections);
  expect(problems(text)).toEqual([]);
});

const DIFFERENT: [text: string, sections: string[], problems: string[]][] = [
  ['[profile "qq"]\n', ["profile qq: "], ["1 quoted-name"]],
  ["[profile 'sq']\n", ["profile sq: "], ["1 quoted-name"]],
  ['[profile "my dev"]\n', ["profile my dev: "], ["1 header"]],
  ["[profile my bare]\n", ["other profile my bare: "], []],
  ["[profile a=b]\n[profile a,b]\n", ["profile a=b: ", "profile a,b: "], ["1 header", "2 header"]],
  [
    "[profile a#b]\n[profile café]\n",
    ["profile a#b: ", "profile café: "],
    ["1 header", "2 header"],
  ],
  ["[profile it's]\n", ["other profile it's: "], []],
  ["[profile a\\b]\n", ["profile ab: "], ["1 header"]],
  ['[profile "a\\"\\b"]\n', ['profile a"\\b: '], ["1 header"]],
  ["[ profile u ]\n", ["other  profile u : "], []],
  ["[sso-session   s]\n", ["sso-session s: "], ["1 header"]],
  ["[profiles x]\n", ["profile x: "], ["1 header"]],
  ["[profile-foo bar]\n", ["profile bar: "], ["1 header"]],
  ["[sso-sessionX y]\n", ["sso-session y: "], ["1 header"]],
  ["[profile.x]\n", ["other profile.x: "], ["1 header"]],
  ["[profile p] junk\n", ["profile p: "], ["1 header"]],
  ["[profile p] # ]\n", ["other profile p] # : "], ["1 header"]],
  ["[profile __proto__]\n", ["profile __proto__: "], ["1 forbidden-name"]],
  ["[DEFAULT]\na = 1\n", ["other DEFAULT: a=1"], ["1 default-section"]],
  [
    "[DEFAULT]\n[DEFAULT]\n",
    ["other DEFAULT: ", "other DEFAULT: "],
    ["1 default-section", "2 default-section"],
  ],
  [
    "[profile p]\na = 1 # c\nb = 1 ; c\n",
    ["profile p: a=1, b=1"],
    ["2 inline-comment", "3 inline-comment"],
  ],
  ["[profile p]\na = # c\n", ["profile p: a="], ["2 inline-comment"]],
  ["[profile p]\na = 1\n  # c\nb = 2\n", ["profile p: a=1, b=2"], ["3 indented-comment"]],
  [
    '[profile p]\na = 1\n[profile "p"]\n',
    ["profile p: a=1", "profile p: "],
    ["1 shadowed-section", "3 quoted-name"],
  ],
  [
    "[default]\n[profile default]\n",
    ["profile default: ", "profile default: "],
    ["1 shadowed-section"],
  ],
  ["[profile p]\nRegion = R\n", ["profile p: region=R"], ["2 key-case"]],
  ["[profile p]\nregion: x\n", ["profile p: region=x"], ["2 colon"]],
  ["[profile p]\na =\n", ["profile p: a="], ["2 empty-value"]],
  ["[profile p]\na = 1\n  b = 2\n", ["profile p: a=1\nb = 2"], ["2 continuation"]],
  ["[profile p]\na = 1\n  [profile q]\n", ["profile p: a=1\n[profile q]"], ["2 continuation"]],
  ["[profile p]\na = 1\n\n  two\n", ["profile p: a=1\n\ntwo"], ["2 continuation"]],
  ["[profile p]\n  a = 1\n b = 2\n", ["profile p: a=1, b=2"], []],
  ["[profile p]\na = 1\rb = 2\r\n", ["profile p: a=1, b=2"], ["2 lone-carriage-return"]],
];

test.each(DIFFERENT)("27 · clients differ: %j", (text, sections, found) => {
  expect(meaning(text)).toEqual(sections);
  expect(problems(text)).toEqual(found);
});

const FATAL: [text: string, problem: string][] = [
  ["[profile p]\n[profile q]\n[profile p]\n", "3 duplicate-section!"],
  ["[profile p]\na = 1\nA : 2\n", "3 duplicate-key!"],
  ["[profile p]\na = 1\nwords\n", "3 no-equals-sign!"],
  ["[profile p]\n= 1\n", "2 no-equals-sign!"],
  ["[profile p]\n[profile q\n", "2 no-equals-sign!"],
  ["\na = 1\n[profile p]\n", "2 no-section!"],
  ["[profile p]\ns3 =\n  a = 1\n  words\n", "2 nested-no-equals-sign!"],
  ["\ufeff[profile p]\n", "1 byte-order-mark!"],
];

test.each(FATAL)("27 · botocore rejects the whole file: %j", (text, problem) => {
  expect(problems(text).filter((each) => each.endsWith("!"))).toContain(problem);
});

describe("offsets", () => {
  test("sections and entries cover their lines, comments between them included", () => {
    const text = "# top\n[profile p]\r\n  a = 1\r\n# c\r\n\n[services s]\ns3 =\n  k = v\n\n# end\n";
    const { sections } = parseConfigDocument(text);
    expect(sections.map(({ start, end }) => text.slice(start, end))).toEqual([
      "[profile p]\r\n  a = 1\r\n# c\r\n\n",
      "[services s]\ns3 =\n  k = v\n\n# end\n",
    ]);
    expect(sections.map(({ start, bodyEnd }) => text.slice(start, bodyEnd))).toEqual([
      "[profile p]\r\n  a = 1\r\n",
      "[services s]\ns3 =\n  k = v\n",
    ]);
    const entries = sections.flatMap((section) => section.entries);
    expect(entries.map(({ start, end }) => text.slice(start, end))).toEqual([
      "  a = 1\r\n",
      "s3 =\n  k = v\n",
    ]);
    expect(sections.map(({ line }) => line)).toEqual([2, 6]);
    expect(entries.map(({ line, indent }) => [line, indent])).toEqual([
      [3, "  "],
      [7, ""],
    ]);
  });

  test("the line end is that of most lines", () => {
    expect(parseConfigDocument("[a]\r\nb = 1\r\n\n").eol).toBe("\r\n");
    expect(parseConfigDocument("[a]\r\nb = 1\n\n").eol).toBe("\n");
    expect(parseConfigDocument("").eol).toBe("\n");
  });
});
