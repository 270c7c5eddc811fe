import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { onTerminal, type Step } from "../helpers/terminal.ts";

const ACCOUNT = { id: "111122223333", name: "sandbox", roles: [{ name: "ReadOnlyAccess" }] };
const [ENTER, CTRL_C, CTRL_D, CTRL_U, CTRL_Z] = ["\r", "\u0003", "\u0004", "\u0015", "\u001a"];

/** Makes the moment before the terminal passes on every key, in which a Ctrl-D gets lost, a long one. */
const LATE_RAW_MODE = `--import=data:text/javascript,${encodeURIComponent(`
  import { ReadStream } from "node:tty";
  const { setRawMode } = ReadStream.prototype;
  ReadStream.prototype.setRawMode = function (mode) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    return setRawMode.call(this, mode);
  };
`)}`;

/** The built program at a terminal, before a lab whose user approves in the browser. */
async function start(running: TestContext) {
  const lab = await startTestLab({
    organisation: { users: [{ name: "ada" }], accounts: [ACCOUNT] },
  });
  const BROWSER = `${node()} -e 'fetch(process.argv[1])' %s`;
  const env = { ...homeEnvironment(temporaryHome(), lab), BROWSER, TERM: "xterm-256color" };
  const program = [node(), path.join(root, "bin", "ssox.js"), "configure"];
  const type = async (steps: readonly Step[]) => await onTerminal(steps, program, { env }, running);
  const [NODE, PROGRAM] = program;
  const shell = { env: { ...env, NODE, PROGRAM, NODE_OPTIONS: LATE_RAW_MODE } };
  const onShell = async (steps: readonly Step[]) =>
    await onTerminal(steps, ["bash", "--norc", "-i"], shell, running);
  return { lab, type, onShell, text: () => readFileSync(resolvePaths(env).configFile, "utf8") };
}

const FIRST: readonly Step[] = [
  ["Start URL", `nonsense here${ENTER}`],
  ["is no start URL", `${CTRL_U}d-1234567890.awsapps.com/start#/${ENTER}`],
  ["Region of IAM", `eu-west-1${ENTER}`],
  ["Name of the session", `acme${ENTER}`],
  ["Sign in to acme now?", ENTER],
  ["Template", `{role_name|lower}${ENTER}`],
  ["readonlyaccess", ENTER],
  ["Region of the profiles", ENTER],
  ["Write this profile?", ENTER],
];

describe("ssox configure at a terminal", () => {
  it("leads from nothing to the first profile, and by Enter alone changes nothing", async (running) => {
    const { lab, type, text } = await start(running);
    const first = await type(FIRST);
    expect(first, first.shown).toMatchObject({ status: 0, restored: true });
    expect(first.shown).toContain(`That is ${lab.startUrl}`);
    expect(first.shown).toContain("\u001b[32m+[profile readonlyaccess]\u001b[39m");
    expect(first.shown).toContain("Next: ssox exec --profile readonlyaccess -- aws s3 ls");
    const written = text();
    expect(written).toBe(
      `[sso-session acme]\nsso_start_url = ${lab.startUrl}\nsso_region = eu-west-1\n` +
        "sso_registration_scopes = sso:account:access\nssox_profile_template = {role_name|lower}\n" +
        "ssox_profile_region = eu-west-1\n\n[profile readonlyaccess]\nsso_session = acme\n" +
        "sso_account_id = 111122223333\nsso_role_name = ReadOnlyAccess\nregion = eu-west-1\nssox_managed = acme\n",
    );
    const again = await type([
      ["Which session?", ENTER],
      ["Start URL", ENTER],
      ["Region of IAM", ENTER],
      ["Template", ENTER],
      ["Region of the profiles", ENTER],
    ]);
    expect(again, again.shown).toMatchObject({ status: 0, restored: true });
    expect(again.shown).toContain("The session acme is as it was.");
    expect(text()).toBe(written);
  });

  it("a question goes on after Ctrl-Z and fg, with what was typed, and Ctrl-D still ends it", async (running) => {
    const { onShell } = await start(running);
    const end = await onShell([
      ["bash-", `"$NODE" "$PROGRAM" configure${ENTER}`],
      ["Start URL", "d-1234"],
      ["d-1234", CTRL_Z],
      ["Stopped", `fg${ENTER}`],
      ["d-1234", `567890${ENTER}`],
      ["Region of IAM", CTRL_Z],
      ["Stopped", `fg${ENTER}`],
      ["Region of IAM", CTRL_D],
      ["bash-", `exit $?${ENTER}`],
    ]);
    expect(end, end.shown).toMatchObject({ status: 130, restored: true });
  });

  it("ends with 129, as by SIGHUP, when the terminal is closed", async (running) => {
    const { type } = await start(running);
    expect(await type([["Start URL", null]])).toMatchObject({ status: 129 });
  });

  it("Ctrl-C ends it with 130, says nothing, and leaves what is whole", async (running) => {
    const { lab, type, text } = await start(running);
    const end = await type([...FIRST.slice(0, -2), ["Region of the profiles", CTRL_C]]);
    expect(end, end.shown).toMatchObject({ status: 130, restored: true });
    expect(end.shown).not.toMatch(/ssox: error|[Ff]orce closed/);
    expect(text()).toBe(
      `[sso-session acme]\nsso_start_url = ${lab.startUrl}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`,
    );
  });
});
