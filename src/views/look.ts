/**
 * What each of the terminal's own colours means: the one place that names them.
 * All can be read on a dark and on a light background, which yellow, white, and
 * blue cannot; and none says anything that a word or a sign does not say, too.
 */
export const LOOK = {
  /** Headings of tables and of help, names of codes, the files of a diff. */
  heading: "bold",
  error: "red",
  warning: "magenta",
  /** Where something is: places in a diff, the arrow before what mends an error. */
  accent: "cyan",
  added: "green",
  removed: "red",
} as const;

/** Gives a text one of these looks, where the stream that it is for shows colours. */
export type Styling = (look: (typeof LOOK)[keyof typeof LOOK], text: string) => string;
