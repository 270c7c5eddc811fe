import { isRegion } from "../../aws/config-session.ts";
import type { SessionFacts } from "../../domain/findings/facts.ts";
import { parseTemplate } from "../../domain/profile-template.ts";
import { roleFilter } from "../../domain/role-filter.ts";
import { SIGN_IN_FLOWS } from "../../domain/sign-in-flow.ts";
import { SsoxError } from "../../errors.ts";
import { CONSOLE_IN, consoleInOf } from "../console-plan.ts";
import { oddSetting } from "../odd-setting.ts";
import { configuredLength } from "../session-outlook.ts";
import { callbackPortOf, signInFlowOf } from "../session-settings.ts";

type Section = Pick<SessionFacts, "name" | "settings">;

/** What the commands that need them would say of the `ssox_` keys of a session; of `ssox_store` the store does. */
export function oddSettings(section: Section): SessionFacts["oddSettings"] {
  return Object.entries(READERS).flatMap(([key, { read, values }]) => {
    try {
      if (section.settings[key]) read(section, section.settings[key]);
      return [];
    } catch (error) {
      if (!(error instanceof SsoxError)) throw error;
      return [{ key, message: error.message, values: values ?? [] }];
    }
  });
}

interface Reader {
  readonly read: (section: Section, value: string) => unknown;
  /** All that it may be. */
  readonly values?: readonly string[];
}

const READERS: Readonly<Record<string, Reader>> = {
  ssox_login_flow: { read: signInFlowOf, values: SIGN_IN_FLOWS },
  ssox_callback_port: { read: callbackPortOf },
  ssox_console_in: { read: consoleInOf, values: CONSOLE_IN },
  ssox_session_duration: { read: configuredLength },
  ssox_profile_template: { read: (_section, value) => parseTemplate(value) },
  ssox_profile_region: {
    read: (section, value) => {
      if (!isRegion(value)) throw oddSetting(section, "ssox_profile_region", "a name of a region");
    },
  },
  ssox_include: { read: (_section, value) => roleFilter([value], []) },
  ssox_exclude: { read: (_section, value) => roleFilter([], [value]) },
};
