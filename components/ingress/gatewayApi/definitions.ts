import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest, ManifestItem, Part } from "../../../core/part";

const part = "definitions/gateway-api";

/** By this the live ones are known as Plumbline's. */
export const ownLabel = { "app.kubernetes.io/managed-by": "plumbline" };

/**
 * The definitions (CRDs) of Gateway API's standard channel, at the version that core/versions.ts pins. The experimental channel isn't needed:
 * whatever the stack file can say is v1 there.
 */
const definitions = (): Manifest[] => JSON.parse(readFileSync(join(__dirname, "standardChannel.json"), "utf8")) as Manifest[];

function item(object: Manifest): ManifestItem {
  const { metadata } = object;
  return { part, shared: true, object: { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...ownLabel } } } };
}

/** The kinds that Gateway API's objects are of. They stay when the stack is destroyed: with them would go every Gateway and route in the cluster. */
export const gatewayDefinitions = (): Part => ({ name: part, manifests: () => definitions().map(item) });
