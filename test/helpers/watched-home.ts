import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { homeEnvironment, sha1, temporaryHome } from "./context.ts";
import { awsConfigFor } from "./lab.ts";
import { filesIn, type Place, placesOf } from "./places.ts";
import { ended, node, type ProgramEnd, spawnSsox } from "./program.ts";
import { type Secret, SecretSearch } from "./search.ts";

export interface WatchedRun {
  /** The secrets that are its result: on stdout, or in the environment of its program. */
  readonly stdout?: readonly string[];
  readonly child?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Happens while it runs; gets its pid. stdin stays open until then. */
  readonly meanwhile?: (pid: number, said: () => string) => Promise<void>;
}

/** Something that was seen, and the secrets that may stand there. */
interface Sight {
  readonly place: string;
  readonly content: string | Buffer;
  readonly allowed: readonly string[];
}

/**
 * A home in which everything that programs leave, say, and are called with is
 * kept, to be searched for secrets at the end: one that is used early may be
 * known late.
 */
export class WatchedHome {
  readonly home = temporaryHome();
  /** What is no part of the home: the programs of the test and what they note. */
  readonly outside = mkdtempSync(path.join(tmpdir(), "ssox-outside-"));
  readonly env: Readonly<Record<string, string>>;
  readonly places: readonly Place[];
  readonly #lab: Lab;
  readonly #secrets: Secret[] = [];
  readonly #sights = new Map<string, Sight>();

  constructor(lab: Lab, env: Readonly<Record<string, string>> = {}) {
    this.#lab = lab;
    onTestFinished(() => rmSync(this.outside, { recursive: true, force: true }));
    const TMPDIR = path.join(this.home, "tmp");
    mkdirSync(TMPDIR);
    mkdirSync(path.join(this.home, ".aws"), { mode: 0o700 });
    const configKey = "static/key+of+the/user/in/the/file";
    this.#secrets.push({ kind: "configKey", value: configKey });
    writeFileSync(
      path.join(this.home, ".aws", "config"),
      `${awsConfigFor(lab)}\n[profile static]\naws_access_key_id = AKIA\naws_secret_access_key = ${configKey}\n`,
      { mode: 0o600 },
    );
    const browser = this.#program("browser.mjs", "await fetch(process.argv[2]);");
    this.env = { ...homeEnvironment(this.home, lab), TMPDIR, BROWSER: `${browser} %s`, ...env };
    this.places = placesOf(this.env);
  }

  /**
   * Something else that must not turn up, from here on and before. A `variable`
   * is in the user's own environment, and so in that of every process.
   */
  also(kind: string, value: string): string {
    this.#secrets.push({ kind, value });
    return value;
  }

  /** So far. */
  secrets(): readonly Secret[] {
    return [...this.#lab.secrets(), ...this.#secrets];
  }

  /** As if its hour were over. */
  expireToken(): void {
    const text = readFileSync(this.tokenFile, "utf8");
    writeFileSync(
      this.tokenFile,
      text.replace(/"expiresAt": "[^"]*"/, '"expiresAt": "2020-01-01T00:00:00Z"'),
    );
  }

  get configFile(): string {
    return path.join(this.home, ".aws", "config");
  }

  get tokenFile(): string {
    return path.join(this.home, ".aws", "sso", "cache", `${sha1("acme")}.json`);
  }

  /** Adds sections to the config file. */
  configure(text: string): void {
    appendFileSync(this.configFile, text);
  }

  /** The variable that makes such a program the user's shell. */
  get shell(): Readonly<Record<string, string>> {
    const SHELL = path.join(this.outside, "shell");
    writeFileSync(SHELL, `#!/bin/sh\nexec ${this.child.join(" ")}\n`, { mode: 0o700 });
    return { SHELL };
  }

  /** The words for a program that notes its environment, and waits for the end of stdin. */
  get child(): string[] {
    return this.#program("child.mjs", "for await (const _ of process.stdin);").split(" ");
  }

  /** How many of these programs have noted themselves in this run. */
  notes(program: "browser" | "child"): number {
    return this.#notes().filter((note) => note.startsWith(program)).length;
  }

  async run(words: readonly string[], options: WatchedRun = {}): Promise<ProgramEnd> {
    const child = spawnSsox(words, { env: { ...this.env, ...options.env } });
    child.stdin.on("error", () => {});
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const end = Promise.all([textOf(child.stdout), textOf(child.stderr), ended(child)]);
    const { pid = 0 } = child;
    const name = `ssox ${words.join(" ")}`;
    let over = false;
    const sampling = (async () => {
      for (; !over; await delay(2)) this.#samples(pid, name, options.child ?? []);
    })();
    await options.meanwhile?.(pid, () => said);
    this.#files(`${name} (meanwhile)`);
    child.stdin.end();
    const [stdout, stderr] = await end;
    over = true;
    await sampling;
    this.#see(`stdout of ${name}`, stdout, options.stdout ?? []);
    this.#see(`stderr of ${name}`, stderr, []);
    this.#seeNotes(options.child ?? []);
    this.#files(name);
    return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
  }

  /** Where a secret was that has no business there, each with its kind. */
  findings(): string[] {
    const search = this.#search();
    return [...this.#sights.values()].flatMap(({ place, content, allowed }) =>
      search
        .findIn(content)
        .filter(({ kind }) => !allowed.includes(kind))
        .map(({ kind, form, at }) => {
          const excerpt = content.toString("latin1").slice(Math.max(0, at - 40), at + 20);
          return `${kind} (${form}) in ${place}: …${excerpt}…`;
        }),
    );
  }

  /** The kinds of secrets that were in their own place at some time: what a search found where it may. */
  kindsInPlace(): Set<string> {
    const search = this.#search();
    const found = [...this.#sights.values()].flatMap(({ content, allowed }) =>
      search.findIn(content).filter(({ kind }) => allowed.includes(kind)),
    );
    return new Set(found.map(({ kind }) => kind));
  }

  /** Of every process that was seen. */
  commandLines(): string[] {
    const seen = [...this.#sights.values()].filter(({ place }) => place.includes("command line"));
    return seen.map(({ content }) => content.toString("latin1"));
  }

  #search(): SecretSearch {
    return new SecretSearch(this.secrets());
  }

  /** @param what the same content of the same thing is looked at once */
  #see(
    place: string,
    content: string | Buffer,
    allowed: readonly string[],
    what: string = place,
  ): void {
    const key = `${what}\n${content.toString("latin1")}\n${allowed}`;
    if (!this.#sights.has(key)) this.#sights.set(key, { place, content, allowed });
  }

  /** The command lines and environments of the program and of all that it started. */
  #samples(pid: number, name: string, ofChild: readonly string[], isChild = false): void {
    const read = (file: string): string => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "latin1").replaceAll("\0", " ");
      } catch {
        return "";
      }
    };
    const who = isChild ? `a child of ${name}` : name;
    this.#see(`the command line of ${who}`, read("cmdline"), []);
    const allowed = isChild ? [...ofChild, "variable"] : ["variable"];
    this.#see(`the environment of ${who}`, read("environ"), allowed);
    for (const child of read(`task/${pid}/children`).split(" ").filter(Boolean)) {
      this.#samples(Number(child), name, ofChild, true);
    }
  }

  #notes(): string[] {
    return readdirSync(this.outside).filter((name) => name.endsWith(".json"));
  }

  /** What the browser and the programs of `exec` noted of themselves. */
  #seeNotes(ofChild: readonly string[]): void {
    for (const note of this.#notes()) {
      const file = path.join(this.outside, note);
      const { argv, env } = JSON.parse(readFileSync(file, "utf8"));
      rmSync(file);
      const token: unknown = env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
      if (typeof token === "string") this.also("endpointToken", token);
      const isChild = note.startsWith("child");
      this.#see(`the arguments of ${note}`, JSON.stringify(argv), []);
      const allowed = isChild ? [...ofChild, "variable"] : ["variable"];
      this.#see(`the environment of ${note}`, JSON.stringify(env), allowed);
    }
  }

  #files(when: string): void {
    for (const { file, content } of filesIn(this.home)) {
      const name = path.relative(this.home, file);
      const place = this.places.find(({ patterns }) => patterns.some((one) => one.test(file)));
      this.#see(`the name of a file, after ${when}`, name, [], "the name of a file");
      this.#see(`~/${name}, after ${when}`, content, place?.secrets ?? [], name);
    }
  }

  /** Its command line; it notes its arguments and its environment first. */
  #program(name: string, body: string): string {
    const file = path.join(this.outside, name);
    const note = JSON.stringify(path.join(this.outside, name.replace(/\.mjs$/, "-")));
    if (!existsSync(file)) {
      writeFileSync(
        file,
        `import { renameSync, writeFileSync } from "node:fs";
const { argv, env, pid } = process;
const note = ${note} + pid;
writeFileSync(note, JSON.stringify({ argv, env }));
renameSync(note, note + ".json");
${body}
`,
      );
    }
    return `${node()} ${file}`;
  }
}
