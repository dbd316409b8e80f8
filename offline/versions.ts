import { version as command } from "@pulumi/command/package.json";
import { version as kubernetes } from "@pulumi/kubernetes/package.json";

/** The plugin versions that the installed SDKs ask the engine for. package.json pins the SDKs, so it alone decides. */
export const pluginVersions = { command, kubernetes };
