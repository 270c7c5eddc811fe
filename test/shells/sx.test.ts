import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FOREIGN, FOREIGN_PREFIXES } from "../../src/domain/child-environment.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { builtShellCode, openShell, SHELLS, script } from "../helpers/shells.ts";

const CONFIG = `[default]
region = eu-west-1
[profile dev]
[profile prod]
[profile "two words"]
[profile "$(touch ran)"]
[profile "-rf"]
[profile "--off"]
[not-a-profile]
[profile windows]\r
`;

const CREDENTIALS = "[keys]\naws_access_key_id = AKIA\n[profile odd]\n";

/** `env`, one variable a line, without those of the shell itself. */
const ENV = "env | grep -E '^(AWS|SSOX|SECRET|_AWS)' | LC_ALL=C sort";

const FILES = { config: CONFIG, credentials: CREDENTIALS };

const ALL = [...FOREIGN, ...FOREIGN_PREFIXES.map((prefix) => `${prefix}OF_A_TEST`)];

describe.for(SHELLS.filter((name) => name !== "bash with bash-completion"))("in %s", (shell) => {
  it("sx exports the profile, and unsets all that would be somebody else", async (context) => {
    const place = await openShell(shell, context, FILES);
    const foreign = {
      ...Object.fromEntries(ALL.map((name) => [name, "x"])),
      SSOX_AWS_CONFIG_FILE: place.configFile,
    };
    const end = await place.run(`${place.load}; sx dev; echo ${place.status}; ${ENV}`, foreign);
    expect(end).toEqual({
      status: 0,
      stdout: `0\nAWS_CONFIG_FILE=${place.configFile}\nAWS_PROFILE=dev\nAWS_SDK_LOAD_CONFIG=1\n`,
      stderr: "",
    });
    const off = await place.run(`${place.load}; sx --off; ${ENV}`, foreign);
    expect(off).toEqual({ status: 0, stdout: `AWS_CONFIG_FILE=${place.configFile}\n`, stderr: "" });
  });

  it("sx - goes back to the profile before, to none as well", async (context) => {
    const place = await openShell(shell, context, FILES);
    const lines = ["sx prod", "sx -", "sx -", "sx --off", "sx -", "sx -", "sx -"];
    const told = lines.map((line) => `${line}; echo "${line}: $AWS_PROFILE"`);
    const { stdout } = await place.run([place.load, ...told].join("\n"), { AWS_PROFILE: "dev" });
    expect(stdout.split("\n")).toEqual([
      "sx prod: prod",
      "sx -: dev",
      "sx -: prod",
      "sx --off: ",
      "sx -: prod",
      "sx -: ",
      "sx -: prod",
      "",
    ]);
    const first = await place.run(`${place.load}; sx -; echo ${place.status}`);
    expect(first).toMatchObject({
      stdout: "2\n",
      stderr: "sx: there is no profile to go back to\n",
    });
  });

  it.for([
    ["dev", "dev"],
    ["default", "default"],
    ["keys", "keys"],
    ["'two words'", "two words"],
    ["'$(touch ran)'", "$(touch ran)"],
    ["-rf", "-rf"],
    ["-- --off", "--off"],
    ["windows", "windows"],
  ])("sx %s", async ([typed, name], context) => {
    const place = await openShell(shell, context, FILES);
    const end = await place.run(`${place.load}; sx ${typed}; ${ENV}`);
    expect(end).toMatchObject({ stdout: `AWS_PROFILE=${name}\nAWS_SDK_LOAD_CONFIG=1\n` });
  });

  it.for([
    "nope",
    "de",
    "DEV",
    "'dev '",
    "not-a-profile",
    "odd",
    "DEFAULT",
    "''",
    "'.*'",
    "'dev]\n[profile prod'",
    "-",
    "--",
    "dev prod",
  ])("sx %s is refused, and changes nothing", async (typed, context) => {
    const place = await openShell(shell, context, FILES);
    const before = { AWS_ACCESS_KEY_ID: "AKIA", AWS_PROFILE: "prod", AWS_DEFAULT_PROFILE: "x" };
    const end = await place.run(`${place.load}; sx ${typed}; echo ${place.status}; ${ENV}`, before);
    const lines = Object.entries(before).map(([key, value]) => `${key}=${value}\n`);
    expect(end.stdout).toBe(`2\n${lines.sort().join("")}`);
    expect(end.stderr).toMatch(/UnknownProfile|Usage: sx|no profile to go back to/);
  });

  // What the picker itself does is in sx-pick.test.ts.
  it("sx ends as ssox pick does", async (context) => {
    const place = await openShell(shell, context, FILES);
    const { run, load, status } = place;
    // There is no terminal for it.
    const refused = await run(`${load}; sx; echo ${status}; ${ENV}`);
    expect(refused.stdout).toBe("2\n");
    const ssox = readFileSync(path.join(place.bin, "ssox"), "utf8").split("\n")[1];
    for (const [does, shown] of [
      ["echo gone", "2\n"],
      ["echo dev; exit 3", "3\n"],
      [":", "2\n"],
    ] as const) {
      script(place.bin, "ssox", `if [ "$1" = pick ]; then ${does}; exit; fi\n${ssox}`);
      expect(await run(`${load}; sx; echo ${status}; ${ENV}`)).toMatchObject({ stdout: shown });
    }
  });

  it("the plainest names need no ssox", async (context) => {
    const place = await openShell(shell, context, FILES);
    const code = path.join(place.home, "code");
    writeFileSync(code, builtShellCode(shell === "zsh" || shell === "fish" ? shell : "bash"));
    script(place.bin, "ssox", "echo ssox was started; exit 1");
    script(place.bin, "node", "echo node was started; exit 1");
    const { stdout } = await place.run(`. ${code}; sx dev; sx keys; sx --off; sx -; ${ENV}`);
    expect(stdout).toBe("AWS_PROFILE=keys\nAWS_SDK_LOAD_CONFIG=1\n");
  });

  it("the files are where the variables say", async (context) => {
    const place = await openShell(shell, context);
    const env = { AWS_CONFIG_FILE: "~/elsewhere", AWS_SHARED_CREDENTIALS_FILE: "~/keys" };
    writeFileSync(path.join(place.home, "elsewhere"), "[profile there]\n");
    writeFileSync(path.join(place.home, "keys"), "[as-well]\n");
    const { stdout } = await place.run(
      `${place.load}; sx there; echo $AWS_PROFILE; sx as-well; echo $AWS_PROFILE`,
      env,
    );
    expect(stdout).toBe("there\nas-well\n");
  });

  it("sx leaves the role of ssox exec", async (context) => {
    const place = await openShell(shell, context);
    const lab = await startTestLab();
    const accountId = lab.organisation.accounts[0]?.id ?? "";
    const role = { accountId, roleName: "ReadOnlyAccess" };
    const config = awsConfigFor(lab, [
      { name: "dev", ...role },
      { name: "other", ...role },
    ]);
    const desk = testContext({ lab, home: place.home, config });
    await signInAsAwsCli(lab, desk);
    const code = path.join(place.home, "code");
    const text = (line: string) =>
      writeFileSync(
        code,
        `${place.load}\n${line}\necho "$AWS_PROFILE"\nsx -\n${ENV} | grep -vE 'ENDPOINT|PAGER'\n`,
      );
    const words =
      shell === "bash" ? "bash --norc" : shell === "zsh" ? "zsh -f" : "fish --no-config";
    const env = { ...desk.env, AWS_REGION: "us-east-2", PATH: place.env["PATH"] ?? "" };
    for (const [target, back] of [
      ["--profile dev", "AWS_PROFILE=dev\n"],
      [`--account ${accountId} --role ReadOnlyAccess`, ""],
    ] as const) {
      text("sx other");
      const { stdout, stderr } = await place.run(`ssox exec ${target} -- ${words} ${code}`, env);
      const own = `AWS_CONFIG_FILE=${place.configFile}\n`;
      const after = `AWS_EC2_METADATA_DISABLED=true\n${back}AWS_REGION=us-east-2\nAWS_SDK_LOAD_CONFIG=1\n`;
      expect({ stdout, stderr }).toEqual({ stdout: `other\n${own}${after}`, stderr: "" });
    }
    // What the user has set there is the user's.
    text(`${place.set("AWS_CONFIG_FILE", "/dev/null")}; ${place.set("AWS_REGION", "x")}; sx --off`);
    const { stdout } = await place.run(`ssox exec --profile dev -- ${words} ${code}`, env);
    expect(stdout).toContain("AWS_CONFIG_FILE=/dev/null\n");
    expect(stdout).toContain("AWS_REGION=x\n");
  });

  it("options, aliases and functions of the user's do not matter", async (context) => {
    const place = await openShell(shell, context, FILES);
    const names = [
      "local",
      "export",
      "unset",
      "printf",
      "grep",
      "return",
      "typeset",
      "print",
      "read",
    ];
    const settings = {
      bash: [
        "set -euo pipefail -o noclobber; shopt -s expand_aliases failglob; IFS=dev",
        ...names.map((name) => `alias ${name}='false '`),
        ...["grep", "export", "unset", "printf"].map((name) => `function ${name} { false; }`),
      ],
      zsh: [
        "setopt ERR_EXIT NO_UNSET KSH_ARRAYS SH_WORD_SPLIT NO_NOMATCH NO_CLOBBER WARN_CREATE_GLOBAL; IFS=dev",
        ...names.map((name) => `alias ${name}='false '`),
        ...["grep", "export", "unset"].map((name) => `function ${name} { false; }`),
      ],
      fish: ["function grep; false; end", "function printf; false; end"],
    };
    const lines = settings[shell === "zsh" || shell === "fish" ? shell : "bash"];
    const text = [...lines, place.load, "sx prod", "sx 'two words'", "sx -", "command env", ""];
    const { stdout, stderr } = await place.run(text.join("\n"), { AWS_CONTAINER_TEST: "x" });
    expect(stderr).toBe("");
    expect(stdout.match(/^AWS.*$/gm)?.sort()).toEqual([
      "AWS_PROFILE=prod",
      "AWS_SDK_LOAD_CONFIG=1",
    ]);
  });

  it("a variable that is read-only leaves all as it was", async (context) => {
    // Fish has none.
    if (shell === "fish") return;
    const place = await openShell(shell, context, FILES);
    const before = { AWS_ACCESS_KEY_ID: "AKIA", AWS_PROFILE: "prod", AWS_ROLE_ARN: "x" };
    for (const name of ["AWS_PROFILE", "AWS_ROLE_ARN"]) {
      const text = `${place.load}; readonly ${name}; sx dev; echo $?; sx -; echo $?; ${ENV}`;
      const { stdout, stderr } = await place.run(text, before);
      expect(stdout).toBe("1\n2\nAWS_ACCESS_KEY_ID=AKIA\nAWS_PROFILE=prod\nAWS_ROLE_ARN=x\n");
      expect(stderr).toMatch(/read-?only/);
    }
  });

  it("at a terminal it tells what is chosen now", async (context) => {
    const place = await openShell(shell, context, FILES);
    const { shown } = await place.type(["sx dev", "sx '$(touch ran)'", "sx --off"], [place.load]);
    expect(shown).toContain("sx: dev\r\n");
    expect(shown).toMatch(/sx: ('\$\(touch ran\)'|\\\$\\\(touch\\ ran\\\))\r\n/);
    expect(shown).toContain("sx: no profile\r\n");
  });
});

it("in zsh the options of sh do not matter", async (context) => {
  const place = await openShell("zsh", context, FILES);
  for (const other of ["sh", "ksh", "csh"]) {
    const text = `emulate ${other}; ${place.load}; sx dev; echo $AWS_PROFILE; sx -; ${ENV}`;
    const { stdout, stderr } = await place.run(text, { AWS_CONTAINER_TEST: "x" });
    expect({ stdout, stderr }).toEqual({ stdout: "dev\nAWS_SDK_LOAD_CONFIG=1\n", stderr: "" });
  }
});

it("in fish the profile of all shells stays, one of this shell hides it", async (context) => {
  const place = await openShell("fish", context, FILES);
  const code = path.join(place.home, "code.fish");
  const told = ["sx dev", "echo $AWS_PROFILE", "sx -", "echo $AWS_PROFILE"];
  writeFileSync(code, ["set -Ux AWS_PROFILE prod", place.load, ...told].join("\n"));
  // With --no-config there are no such variables.
  const { stdout, stderr } = await place.run(`fish ${code}; fish -c 'echo $AWS_PROFILE'`);
  expect({ stdout, stderr }).toEqual({ stdout: "dev\nprod\nprod\n", stderr: "" });
});

it("PowerShell gets the same list", () => {
  const code = builtShellCode("ps1");
  for (const name of FOREIGN) expect(code).toContain(`'${name}'`);
  for (const prefix of FOREIGN_PREFIXES)
    expect(code).toMatch(new RegExp(`\\^\\(\\?:.*${prefix}.*\\)`));
  expect(code).toContain('init "--check-profile=$Name"');
});
