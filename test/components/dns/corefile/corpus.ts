import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

type Named = readonly (readonly [name: string, text: string])[];

const read = (folder: string): Named =>
  readdirSync(path.join(__dirname, folder))
    .sort()
    .map((name) => [name, readFileSync(path.join(__dirname, folder, name), "utf8")] as const);

/** Corefiles as kubeadm, clouds and CoreDNS's documentation have them, by name. All of them are fine. */
export const corpus = read("corpus");

/** Corefiles with every property of every plugin that starts without a file or a service of its own. */
export const everything = read("everything");
