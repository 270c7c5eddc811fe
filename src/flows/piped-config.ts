import { removeFile, writeOwned } from "../aws/owned-file.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { reasonOf } from "../system/files/errno.ts";
import { isPipe, readPipe } from "../system/files/read-pipe.ts";

/**
 * Where AWS_CONFIG_FILE is a pipe, which can be read once (`<(…)`), the body gets a file in
 * its place that can be read again and again, by its program too. It goes with the body.
 *
 * @throws SsoxError `ConfigInvalid`, `WriteFailed`, and what the body throws
 */
export async function withReadableConfig<T>(
  context: Context,
  body: (context: Context) => Promise<T>,
): Promise<T> {
  const { paths, env, signal } = context;
  if (!isPipe(paths.configFile)) return await body(context);
  const text = await readPipe(paths.configFile, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const message = `Cannot read ${paths.configFile}: ${reasonOf(error)}.`;
    throw new SsoxError("ConfigInvalid", message, {
      hint: "set AWS_CONFIG_FILE to a file",
      cause: error,
    });
  });
  const { file } = writeOwned(paths.runtime, ended(text));
  try {
    return await body({
      ...context,
      paths: { ...paths, configFile: file },
      env: { ...env, AWS_CONFIG_FILE: file },
    });
  } finally {
    removeFile(file);
  }
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
