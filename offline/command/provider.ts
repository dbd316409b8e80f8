import type { Provider } from "../provider/provider";
import { pluginVersions } from "../versions";
import { runLocally } from "./local";
import { runRemotely } from "./remote";
import { commandResource } from "./resource";
import { inputs, schema } from "./schema";

const resources = Object.fromEntries(
  Object.entries(inputs).map(([type, spec]) => [type, commandResource(spec, type === "command:remote:Command" ? runRemotely : runLocally)]),
);

/** The stand-in for the official plugin `command`. */
export const commandProvider: Provider = {
  name: "command",
  version: pluginVersions.command,
  schema,
  // The official plugin leaves the version of its library in the state; without it there, changing between the two would show a difference.
  checkConfig: (news) => ({ inputs: { ...news, "__pulumi-go-provider-version": "v1.5.0" } }),
  // It has no settings, so there is nothing in which it could differ.
  diffConfig: () => ({ changes: new Map() }),
  configure: () => undefined,
  resource: (type) => resources[type],
};
