import { COMMANDS } from "../../src/commands/index.ts";

/** An example of a command's help. */
export interface Example {
  /** The word that calls the command. */
  readonly id: string;
  /** What it says that it does; undefined where it says nothing. */
  readonly description: string | undefined;
  /** What is typed. */
  readonly command: string;
}

/** Every example of every command, as `--help` shows them. */
export async function allExamples(): Promise<readonly Example[]> {
  const found = Object.entries(COMMANDS).map(async ([id, load]) => {
    const { examples = [] } = await load();
    return examples.map((example) => {
      const { description, command } =
        typeof example === "string" ? { description: undefined, command: example } : example;
      const typed = command.replaceAll("<%= config.bin %>", "ssox").replace(/^\$ /, "");
      return { id, description, command: typed };
    });
  });
  return (await Promise.all(found)).flat();
}
