// What the AWS SDK for JavaScript reads in each of the config files named: {"profiles", "sessions"}.
import { loadSharedConfigFiles, loadSsoSessionData } from "@smithy/core/config";

const read = async (configFilepath) => {
  const places = { configFilepath, filepath: "/dev/null" };
  const { configFile } = await loadSharedConfigFiles(places);
  // It keeps services and sessions beside the profiles, with their kind before the name.
  const isProfile = ([name]) => !/^(sso-session|services)\./.test(name);
  return {
    profiles: Object.fromEntries(Object.entries(configFile).filter(isProfile)),
    sessions: await loadSsoSessionData(places),
  };
};

console.log(JSON.stringify(await Promise.all(process.argv.slice(2).map(read))));
