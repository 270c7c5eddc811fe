/** The command that somebody means who types what other tools call it; undefined where none is known. */
export function commandMeantBy(word: string): string | undefined {
  return Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
}

const OTHER_WORDS: Readonly<Record<string, string>> = {
  config: "configure",
  setup: "configure",
  sso: "login",
  signin: "login",
  "sign-in": "login",
  signout: "logout",
  "sign-out": "logout",
  list: "roles",
  ls: "roles",
  profiles: "roles",
  sync: "sync-profiles",
  populate: "sync-profiles",
  run: "exec --help",
  assume: "shell",
  use: "shell",
  eval: "env --help",
  open: "console",
};
