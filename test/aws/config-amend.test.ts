import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amendSections, type SectionEdit } from "../../src/aws/config-amend.ts";
import { parseConfigDocument } from "../../src/aws/config-document.ts";
import { isWritableName } from "../../src/aws/config-writable.ts";

function amend(text: string, ...edits: SectionEdit[]): string {
  return amendSections(parseConfigDocument(text), edits).text;
}

function profile(name: string, settings: Record<string, string>): SectionEdit {
  return { kind: "profile", name, settings: Object.entries(settings) };
}

describe("new sections", () => {
  test.each([
    ["", "[profile p]\na = 1\n"],
    ["# c\n", "# c\n\n[profile p]\na = 1\n"],
    ["[x]\nb = 2\n", "[x]\nb = 2\n\n[profile p]\na = 1\n"],
    ["[x]\nb = 2", "[x]\nb = 2\n\n[profile p]\na = 1\n"],
    ["[x]\nb = 2\n\n", "[x]\nb = 2\n\n[profile p]\na = 1\n"],
    ["[x]\nb = 2\n\n\n", "[x]\nb = 2\n\n\n[profile p]\na = 1\n"],
    ["[x]\r\nb = 2\r\n", "[x]\r\nb = 2\r\n\r\n[profile p]\r\na = 1\r\n"],
    ["[x]\r\nb = 2\r\n\r\n", "[x]\r\nb = 2\r\n\r\n[profile p]\r\na = 1\r\n"],
  ])("go to the end behind one empty line: %j", (before, after) => {
    expect(amend(before, profile("p", { a: "1" }))).toBe(after);
  });

  test("stand in the order given, each behind an empty line", () => {
    const edits = [
      profile("b", { k: "1" }),
      profile("a", { k: "2" }),
      profile("default", { k: "3" }),
    ];
    expect(amend("", ...edits)).toBe(
      "[profile b]\nk = 1\n\n[profile a]\nk = 2\n\n[default]\nk = 3\n",
    );
  });
});

describe("sections that are there", () => {
  test.each([
    ["a changed value", "[profile p]\na=0\nb = 2\n", "[profile p]\na = 1\nb = 2\n"],
    ["with its line end", "[profile p]\r\na = 0\r\nb = 2\n", "[profile p]\r\na = 1\r\nb = 2\n"],
    ["with its indentation", "[profile p]\n  a = 0\n  b = 2\n", "[profile p]\n  a = 1\n  b = 2\n"],
    ["on the last line", "[profile p]\na = 0", "[profile p]\na = 1"],
    ["a key that JavaScript does not find", "[profile p]\nA = 0\n", "[profile p]\na = 1\n"],
    ["with a comment, which goes above", "[profile p]\na = 0 # c\n", "[profile p]\n# c\na = 1\n"],
    ["the same value", "[profile p]\na =   1 # c\n", "[profile p]\na =   1 # c\n"],
    [
      "a new key",
      "[profile p]\nb = 2\n\n# c\n\n[x]\n",
      "[profile p]\nb = 2\na = 1\n\n# c\n\n[x]\n",
    ],
    [
      "behind a nested block",
      "[profile p]\ns3 =\n  k = v\n",
      "[profile p]\ns3 =\n  k = v\na = 1\n",
    ],
    ["on no end of line", "[profile p]\nb = 2", "[profile p]\nb = 2\na = 1\n"],
    ["with CRLF", "[profile p]\r\nb = 2\r\n[x]\r\n", "[profile p]\r\nb = 2\r\na = 1\r\n[x]\r\n"],
    [
      "with the section's line end, not the file's",
      "[profile p]\r\nb = 2\r\n[x]\n[y]\n[z]\n",
      "[profile p]\r\nb = 2\r\na = 1\r\n[x]\n[y]\n[z]\n",
    ],
    ["in an empty section", "[profile p]\n# c\n[x]\n", "[profile p]\na = 1\n# c\n[x]\n"],
    ["a quoted header", '[profile "p"]\nb = 2\n', '[profile "p"]\nb = 2\na = 1\n'],
    [
      "the later of two",
      '[profile "p"]\na = 0\n[profile p]\n',
      '[profile "p"]\na = 0\n[profile p]\na = 1\n',
    ],
    [
      "indented like the other keys",
      "[profile p]\n  b = 2\n  [profile q]\n",
      "[profile p]\n  b = 2\n  a = 1\n  [profile q]\n",
    ],
    [
      "above a nested block of indented keys, which would swallow it",
      "[profile p]\n  b = 2\n  s3 =\n    k = v\n",
      "[profile p]\n  b = 2\n  a = 1\n  s3 =\n    k = v\n",
    ],
    [
      "so that the indented header below stays one",
      "  [profile p]\n  [profile q]\n",
      "  [profile p]\n  a = 1\n  [profile q]\n",
    ],
  ])("%s", (_name, before, after) => {
    expect(amend(before, profile("p", { a: "1" }))).toBe(after);
    expect(amend(after, profile("p", { a: "1" }))).toBe(after);
  });

  test.each(["[profile p]\na = 1\n  b = 2\n", "[profile p]\na =\n  b = 2\n"])(
    "a value on several lines is refused: %j",
    (text) => {
      expect(() => amend(text, profile("p", { a: "x" }))).toThrow(
        expect.objectContaining({
          code: "ConfigInvalid",
          message: expect.stringContaining("line 2"),
        }),
      );
    },
  );

  test("30 · a file that botocore rejects is refused with its line", () => {
    expect(() => amend("[x]\na = 1\nwords\n", profile("p", { a: "1" }))).toThrow(
      expect.objectContaining({
        code: "ConfigInvalid",
        message: expect.stringContaining("Line 3 "),
      }),
    );
  });

  test("an indented comment above an indented header that a new key would swallow", () => {
    // Whatever is written, what was there means the same, or the edit is refused.
    const text = "[profile p]\n b = 2\n  ; c\n [profile q]\nz = 1\n";
    const after = amend(text, profile("p", { a: "1" }));
    expect(parseConfigDocument(after).sections.map(({ name }) => name)).toEqual(["p", "q"]);
  });
});

describe("what not every AWS client could read is refused", () => {
  test.each(["a b", "", "__proto__", "a]b", "a\nb", "é", '"q"', "a".repeat(129)])(
    "the name %j",
    (name) => {
      expect(isWritableName(name)).toBe(false);
      expect(() => amend("", profile(name, { a: "1" }))).toThrow(
        expect.objectContaining({ code: "Usage" }),
      );
    },
  );

  test.each([
    "",
    " x",
    "x\u00a0",
    "x\x85",
    "a\nb",
    "a\rb",
    "x # c",
    "x\t;c",
    "# c",
    "'a'",
    '"a"',
    "\\n",
  ])("the value %j", (value) => {
    expect(() => amend("", profile("p", { a: value }))).toThrow(
      expect.objectContaining({ code: "Usage" }),
    );
  });

  test.each(["https://x/start#/", "a=b", "a b", "it's", "c:\\x", "%(a)s", "eu-west-1"])(
    "but the value %j is written",
    (value) => {
      const { sections } = parseConfigDocument(amend("", profile("p", { a: value })));
      expect(sections[0]?.entries[0]?.value).toBe(value);
    },
  );

  test("a section that is there may have any name", () => {
    expect(amend('[profile "a b"]\n', profile("a b", { a: "1" }))).toBe('[profile "a b"]\na = 1\n');
  });
});

describe("whatever else stands in the file", () => {
  const OWN = ["a", "b"];
  const eol = fc.constantFrom("\n", "\n", "\r\n");
  const indent = fc.constantFrom("", "", "", " ", "  ", "\t");
  const header = fc.constantFrom(
    ...["p", "q", "r"].flatMap((n) => [
      `[profile ${n}]`,
      `[profile "${n}"]`,
      `[profile\t${n}] # c`,
    ]),
    "[sso-session p]",
    "[services x]",
    "[plugins]",
    "[default]",
  );
  const line = fc.oneof(
    fc.constantFrom("", "  ", "# c", "  ; c", "#", "x = 1", "y = 2 # c", "z=", "s3 =", "W : 3"),
    fc.constantFrom("a = 1", "a=0 ; c", "  a = 0", "b = 2", "b ="),
    fc.constantFrom("  k = v", "    l = w # c", "\tm = n"),
    header,
    fc.tuple(indent, header).map(([space, text]) => space + text),
  );
  const file = fc
    .array(fc.tuple(line, eol), { maxLength: 14 })
    .chain((lines) => fc.tuple(fc.constant(lines), header, eol, fc.boolean()))
    .map(([lines, first, end, cut]) => {
      const text = first + end + lines.map(([words, ending]) => words + ending).join("");
      return cut ? text.replace(/\r?\n$/, "") : text;
    })
    .filter((text) => !parseConfigDocument(text).problems.some(({ fatal }) => fatal));
  const edits = fc
    .uniqueArray(fc.constantFrom("p", "q", "r", "n", "m"), { minLength: 1 })
    .map((names) => names.map((name) => profile(name, { a: "1", b: "2" })));

  test("29 · stays, byte for byte, and a second time changes nothing", () => {
    let amended = 0;
    fc.assert(
      fc.property(file, edits, (before, wanted) => {
        let after: string;
        try {
          after = amend(before, ...wanted);
        } catch (error) {
          // Only a value on several lines may stand in the way.
          expect(error).toMatchObject({ code: "ConfigInvalid" });
          expect(before).toMatch(/^\s*[ab]\s*=.*(\r?\n\s*([#;].*)?)*\r?\n\s+\S/m);
          return;
        }
        amended += 1;
        const document = parseConfigDocument(after);
        expect(document.problems.filter(({ fatal }) => fatal)).toEqual([]);
        for (const { name } of wanted) {
          const section = document.sections.findLast(
            (each) => each.kind === "profile" && each.name === name,
          );
          const values = section?.entries.filter(({ key }) => OWN.includes(key));
          expect(values?.map(({ key, value }) => `${key}=${value}`).sort()).toEqual(["a=1", "b=2"]);
        }
        expect(foreign(after, wanted, before)).toEqual(foreign(before, wanted, before));
        expect(amend(after, ...wanted)).toBe(after);
      }),
      { numRuns: 3000 },
    );
    expect(amended).toBeGreaterThan(1000);
  });

  /** Per section of the old file its bytes, without the lines of own keys where those were to be written. */
  function foreign(text: string, wanted: SectionEdit[], before: string): string[] {
    const count = parseConfigDocument(before).sections.length;
    const { sections } = parseConfigDocument(text);
    return sections.slice(0, count).map((section, index) => {
      const isLast =
        sections.findLastIndex(
          ({ kind, name }) => kind === section.kind && name === section.name,
        ) === index;
      const isEdited =
        isLast && section.kind === "profile" && wanted.some(({ name }) => name === section.name);
      let bytes = text.slice(section.start, section.end);
      for (const entry of isEdited ? section.entries.toReversed() : []) {
        if (!OWN.includes(entry.key)) continue;
        const own = text.slice(entry.start, entry.end);
        const comment = /\s[;#].*/.exec(own)?.[0].trim();
        const kept =
          comment === undefined
            ? ""
            : `${entry.indent}${comment}${/\r?\n$/.exec(own)?.[0] ?? "\n"}`;
        bytes =
          bytes.slice(0, entry.start - section.start) +
          kept +
          bytes.slice(entry.end - section.start);
      }
      // New sections come behind an empty line, and a last line gets its end.
      return index === count - 1 ? bytes.trimEnd() : bytes;
    });
  }
});

describe("a key that is to go", () => {
  const removing = (...removed: string[]): SectionEdit => {
    return { kind: "profile", name: "p", settings: [["c", "3"]], removed };
  };

  test.each([
    ["[profile p]\na = 1\nb = 2\n", "[profile p]\nb = 2\nc = 3\n"],
    [
      "[profile p]\r\n# x\r\nA = 1\r\n# y\r\n[q]\r\n",
      "[profile p]\r\n# x\r\nc = 3\r\n# y\r\n[q]\r\n",
    ],
    [
      "[profile p]\n  a = 1 # x\n  s3 =\n    k = v\n",
      "[profile p]\n  # x\n  c = 3\n  s3 =\n    k = v\n",
    ],
    ["[profile p]\nc = 3\n", "[profile p]\nc = 3\n"],
  ])("takes its line with it: %j", (before, after) => {
    expect(amend(before, removing("a"))).toBe(after);
  });

  test("is refused where it goes over several lines", () => {
    expect(() => amend("[profile p]\ns3 =\n  k = v\n", removing("s3"))).toThrow(
      /cannot be amended/,
    );
  });
});
