import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { homeEnvironment, temporaryHome } from "./context.ts";
import { node, root } from "./program.ts";
import { onTerminal, type Step } from "./terminal.ts";
import { requireOrSkip } from "./witness.ts";

export const SHELLS = ["bash", "bash with bash-completion", "zsh", "fish"] as const;

export type ShellName = (typeof SHELLS)[number];

const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

/** How the shells differ in what a test needs of them. */
interface Syntax {
  readonly program: string;
  /** Words after the program for a shell at a terminal that reads the start-up file, and for one that runs a text. */
  readonly interactive: (rc: string) => readonly string[];
  readonly script: readonly string[];
  /** The start-up file's place in the folder that ZDOTDIR and XDG_CONFIG_HOME name. */
  readonly rc: string;
  /** The prompts are READY1, READY2 and so on: fish shows each one several times. */
  readonly prompt: string;
  readonly load: string;
  /** From here on `ssox` only tells its arguments. */
  readonly stub: string;
  readonly set: (name: string, value: string) => string;
  /** The exit status of what ran last. */
  readonly status: string;
}

const BASH: Syntax = {
  program: "bash",
  interactive: (rc) => ["--rcfile", rc, "-i"],
  script: ["--norc", "--noprofile", "-c"],
  rc: "bashrc",
  prompt: `n=0; PROMPT_COMMAND='PS1="READY$((++n))> "'`,
  load: 'eval "$(ssox init bash)"',
  stub: 'ssox() { args "$@"; }',
  set: (name, value) => `export ${name}=${value}`,
  status: "$?",
};

const SYNTAX: Record<ShellName, Syntax> = {
  bash: BASH,
  "bash with bash-completion": { ...BASH, prompt: `${BASH.prompt}; . ${BASH_COMPLETION}` },
  zsh: {
    ...BASH,
    program: "zsh",
    interactive: () => ["-i"],
    script: ["-f", "-c"],
    rc: ".zshrc",
    prompt: 'n=0; precmd() { PS1="READY$((++n))> " }; autoload -Uz compinit; compinit -D -u',
    load: 'eval "$(ssox init zsh)"',
  },
  fish: {
    program: "fish",
    interactive: () => ["-i"],
    script: ["--no-config", "-c"],
    rc: "fish/config.fish",
    prompt: `set fish_greeting; set -g n 0; function fish_prompt; echo -n "READY$n> "; end
function count_prompts --on-event fish_prompt; set -g n (math $n + 1); end`,
    load: "ssox init fish | source",
    stub: "function ssox; args $argv; end",
    set: (name, value) => `set -gx ${name} ${value}`,
    status: "$status",
  },
};

export interface ShellPlaceOptions {
  readonly config?: string;
  readonly credentials?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A home with the built program on its PATH, and one of the shells in it. */
export interface ShellPlace extends Omit<Syntax, "interactive" | "script" | "rc"> {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly configFile: string;
  /** A folder that is first on the PATH: for programs of the test. */
  readonly bin: string;
  /**
   * Types lines at a terminal, each at a prompt, with Return behind it; in place of a line may stand what is typed as
   * it is, and what is waited for before that.
   * @param start lines of the start-up file, after the prompt was set
   * @returns all that was shown, and the arguments of each `ssox` (after `stub`)
   */
  type(
    lines: readonly (string | Step)[],
    start: readonly string[],
  ): Promise<{ shown: string; calls: readonly string[] }>;
  /** Runs a text without a terminal. */
  run(script: string, env?: Readonly<Record<string, string>>): Promise<ShellEnd>;
}

export interface ShellEnd {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Skips the test where the shell is missing. */
export async function openShell(
  name: ShellName,
  running: TestContext,
  options: ShellPlaceOptions = {},
): Promise<ShellPlace> {
  const syntax = SYNTAX[name];
  const { program } = syntax;
  const found = await promisify(execFile)("sh", ["-c", `command -v ${program}`]).catch(() => {});
  requireOrSkip(found, program, running);
  if (name === "bash with bash-completion") {
    requireOrSkip(existsSync(BASH_COMPLETION) || undefined, "bash-completion", running);
  }
  const home = temporaryHome();
  const file = (...names: string[]) => path.join(home, ...names);
  const bin = file("bin");
  const rc = file("rc", syntax.rc);
  for (const folder of [".aws", "bin", "run", path.dirname(path.relative(home, rc))]) {
    mkdirSync(file(folder), { recursive: true, mode: 0o700 });
  }
  writeFileSync(file(".aws", "config"), options.config ?? "");
  if (options.credentials) writeFileSync(file(".aws", "credentials"), options.credentials);
  script(bin, "ssox", `exec ${node()} ${path.join(root, "bin", "ssox.js")} "$@"`);
  script(bin, "args", `printf 'CALLED'; printf '<%s>' "$@"; echo`);
  const env = {
    ...homeEnvironment(home),
    PATH: `${bin}:${process.env["PATH"]}`,
    ZDOTDIR: file("rc"),
    XDG_CONFIG_HOME: file("rc"),
    TERM: "dumb",
    LC_ALL: "C.UTF-8",
    ...options.env,
  };
  const { interactive, script: words, rc: _, ...rest } = syntax;
  return {
    ...rest,
    home,
    env,
    bin,
    configFile: file(".aws", "config"),
    async type(lines, start) {
      writeFileSync(rc, `${[syntax.prompt, ...start].join("\n")}\n`);
      let prompts = 0;
      const steps = [...lines, "exit"].map((line): Step => {
        return typeof line === "string" ? [`READY${++prompts}> `, `${line}\r`] : line;
      });
      const shell = [program, ...interactive(rc)];
      const { shown } = await onTerminal(steps, shell, { env, cwd: home }, running);
      const calls = [...shown.matchAll(/^.*?CALLED(.*?)\r?$/gm)].map(([, call = ""]) => call);
      return { shown, calls };
    },
    async run(text, more = {}) {
      const settings = { env: { ...env, ...more }, cwd: home };
      return await new Promise((resolve) => {
        const child = execFile(program, [...words, text], settings, (error, stdout, stderr) => {
          const status = error === null ? 0 : Number(error.code);
          resolve({ status, stdout, stderr });
        });
        child.stdin?.end();
      });
    },
  };
}

/** A program of the test's. */
export function script(folder: string, name: string, text: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** What `ssox init` prints for a shell, as the build left it. */
export function builtShellCode(ending: "bash" | "zsh" | "fish" | "ps1"): string {
  return readFileSync(path.join(root, "dist", `init.${ending}`), "utf8");
}
