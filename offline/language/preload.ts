import util from "node:util";

// Loaded into every program before anything else. The SDK shows an error through `util.inspect` with colours. Its stack has lines such as
// "node_modules/@pulumi/resource.ts:1598:22" (that is what the SDK's source maps say), and on a scoped package's line without another slash
// Node 20's colouring runs in circles until the text is too long for a string: half a minute of work for one error. Without colours it doesn't.
const { inspect } = util;
const withoutColours: typeof inspect = Object.assign((value: unknown, options: util.InspectOptions) => {
  return inspect(value, value instanceof Error ? { ...options, colors: false } : options);
}, inspect);
util.inspect = withoutColours;
