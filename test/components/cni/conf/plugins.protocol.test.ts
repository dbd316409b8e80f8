import { buildCniPlugins } from "../../../../lab/cniPlugins";
import { showProgress } from "../../../../setup/progress";
import { attachAll, missingGo } from "../../../support/cni";
import { missingNamespaces, testsWith } from "../../../support/judges";
import { addresses, listOf } from "./say";

// Whether lint and the real plugins are of one mind.
const { test: realTest, note } = testsWith(missingNamespaces() ?? missingGo());

let plugins = "";
jest.setTimeout(600_000);
beforeAll(async () => {
  plugins = await buildCniPlugins(showProgress());
});

realTest(`bridge${note}`, async () => {
  const text = listOf(`"type": "bridge", "isGateway": true, ${addresses}`, '"type": "portmap", "capabilities": {"portMappings": true}');
  process.stderr.write(JSON.stringify(await attachAll(plugins, [{ text }]), undefined, 1));
});
