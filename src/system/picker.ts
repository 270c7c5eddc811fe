import type { styleText } from "node:util";
import { useContinued } from "./continued.ts";

export type Style = Parameters<typeof styleText>[0];

/** Choices that are found by typing. */
export interface ChoiceList<T> {
  readonly size: number;
  find(
    typed: string,
    columns: number,
  ): {
    readonly lines: readonly FoundLine<T>[];
    readonly total: number;
  };
}

interface FoundLine<T> {
  readonly value: T;
  /** What it is called once it is chosen. */
  readonly short: string;
  /** @param accent marks the letters that match */
  line(accent: (text: string) => string): string;
}

export interface PickerOptions<T> {
  readonly question: string;
  readonly list: ChoiceList<T>;
  /** Stands below. */
  readonly note: string | undefined;
  readonly style: (style: Style, text: string) => string;
}

export interface PromptContext {
  readonly output: NodeJS.WriteStream;
  readonly input: NodeJS.ReadableStream;
  readonly signal: AbortSignal;
}

/**
 * Lets one of the choices be found by typing and chosen with Enter. What stays
 * on the screen is the question with the answer, and without one nothing.
 *
 * @throws what @inquirer/core throws when it is ended
 */
export async function pick<T>(options: PickerOptions<T>, context: PromptContext): Promise<T> {
  const core = await import("@inquirer/core");
  const { output } = context;
  const { question, list, note, style } = options;
  const accent = (text: string): string => style("cyan", text);
  const head = `${accent("?")} ${style("bold", question)} `;
  const prompt = core.createPrompt<FoundLine<T>, undefined>((_config, done) => {
    useContinued(core);
    const [typed, setTyped] = core.useState("");
    const [active, setActive] = core.useState(0);
    const [{ columns, rows: height }, setSize] = core.useState(() => sizeOf(output));
    core.useEffect(() => {
      const resized = (): void => setSize(sizeOf(output));
      output.on("resize", resized);
      return () => void output.off("resize", resized);
    }, []);
    const { lines, total } = core.useMemo(
      () => list.find(typed, columns - MARGIN),
      [typed, columns],
    );
    const count = total === list.size ? `${total}` : `${total} of ${list.size}`;
    const told = [`${count} · ↑↓ and Enter choose`, ...(note === undefined ? [] : [note])];
    // The question, one line of the list, and one for the cursor when all is over come first.
    const below = told.slice(0, Math.max(0, height - 3));
    const asked = Math.ceil((question.length + typed.length + 4) / columns);
    const page = Math.max(1, Math.min(height - asked - below.length - 1, MOST_ROWS));
    const move = (by: number): void => {
      setActive(Math.max(0, Math.min(active + by, lines.length - 1)));
    };
    core.useKeypress((key, readline) => {
      const chosen = lines[active];
      if (core.isEnterKey(key) && chosen) return done(chosen);
      const by = movement(key, page);
      if (by !== undefined) move(by);
      // Enter and the arrows do what they do to a line of input: it stays as it was.
      if (core.isEnterKey(key) || by !== undefined || core.isTabKey(key)) {
        readline.clearLine(0);
        readline.write(typed);
        return;
      }
      if (readline.line !== typed) setActive(0);
      setTyped(readline.line);
    });

    const rows = lines.map(({ line }, index) => {
      return index === active
        ? `${accent(">")} ${style("bold", line(accent))}`
        : `  ${line(accent)}`;
    });
    const from = Math.max(0, Math.min(active - Math.floor(page / 2), rows.length - page));
    const shown = rows.slice(from, from + page);
    return [
      `${head}${typed}`,
      [
        ...(shown.length > 0 ? shown : ["  Nothing matches."]),
        ...below.map((text) => `  ${text}`.slice(0, columns)),
      ].join("\n"),
    ];
  });
  const { value, short } = await prompt(undefined, { ...context, clearPromptOnDone: true });
  output.write(`${head}${accent(short)}\n`);
  return value;
}

/** Stands before each line: what marks the one that Enter chooses. */
const MARGIN = 2;
const MOST_ROWS = 12;

/** A terminal without a size has 0. */
function sizeOf({ columns, rows }: NodeJS.WriteStream) {
  return { columns: columns || 80, rows: rows || 24 };
}

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}

/** By how many lines the key goes down, or up; undefined for one that does not. */
function movement({ name, ctrl = false }: Key, page: number): number | undefined {
  if (name === "down" || (ctrl && name === "n")) return 1;
  if (name === "up" || (ctrl && name === "p")) return -1;
  if (name === "pagedown") return page;
  return name === "pageup" ? -page : undefined;
}
