import { describe, expect, it } from "vitest";
import { credentialProcessLine, roleOfLine } from "../../src/domain/credential-process-line.ts";

const ROLE = { accountId: "012345678901", roleName: "Read+Only=,.@-x", session: "acme" };
const WORDS = `credential-process --account 012345678901 --role ${ROLE.roleName} --session acme`;

describe("the credential_process line", () => {
  const paths: [node: string, script: string, written: string][] = [
    ["/usr/bin/node", "/opt/ssox/bin/ssox.js", "/usr/bin/node /opt/ssox/bin/ssox.js"],
    ["/My Apps/node", "/opt/ssox.js", '"/My Apps/node" /opt/ssox.js'],
    [
      "C:\\Program Files\\node.exe",
      "C:\\ssox\\ssox.js",
      '"C:\\Program Files\\node.exe" C:\\ssox\\ssox.js',
    ],
  ];
  it.each(paths)("of %s and %s is read back", (node, script, written) => {
    const line = credentialProcessLine([node, script], ROLE);
    expect(line).toBe(`${written} ${WORDS}`);
    expect(roleOfLine(line)).toEqual(ROLE);
  });

  const odd = [
    "/a$b/node",
    "/a`b/node",
    '/a"b/node',
    "/a\\b/node",
    "/a #b/node",
    "/a;b/node",
    "/a'b",
  ];
  it.each(odd)("is not written for %s", (node) => {
    expect(() => credentialProcessLine([node, "/ssox.js"], ROLE)).toThrow(/cannot stand/);
  });

  it("is not written for a session whose name some client would split", () => {
    const role = { ...ROLE, session: "a'b" };
    expect(() => credentialProcessLine(["/node", "/ssox.js"], role)).toThrow(/cannot stand/);
  });

  it("of another program says nothing", () => {
    for (const line of ["", "aws-vault exec x", "ssox credential-process --profile p"]) {
      expect(roleOfLine(line)).toBeUndefined();
    }
  });
});
