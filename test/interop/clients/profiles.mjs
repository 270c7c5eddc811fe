// Prints the names of all profiles as JSON.
import { loadSharedConfigFiles } from "@smithy/core/config";

const { configFile } = await loadSharedConfigFiles();
// Sessions stand beside the profiles, with their kind before the name.
const isProfile = (name) => !name.startsWith("sso-session.");
console.log(JSON.stringify(Object.keys(configFile).filter(isProfile)));
