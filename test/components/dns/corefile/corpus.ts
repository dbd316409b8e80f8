import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.join(__dirname, "corpus");

/** Corefiles as kubeadm, clouds and CoreDNS's documentation have them, by name. All of them are fine. */
export const corpus: readonly (readonly [name: string, text: string])[] = readdirSync(folder)
  .sort()
  .map((name) => [name, readFileSync(path.join(folder, name), "utf8")] as const);
