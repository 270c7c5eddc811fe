/** Environment variables. An unset one is absent, never empty. */
export type Environment = Readonly<Record<string, string | undefined>>;
