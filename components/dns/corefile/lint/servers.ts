import type { Problem, Server, Word } from "../expand";
import type { Stanza } from "../stanza";
import { isIn, type Key, parseKey } from "../zones";

/** A server block with everything read. */
export interface ReadServer {
  readonly server: Server;
  /** The addresses that CoreDNS takes, each with its word. */
  readonly keys: readonly { readonly word: Word; readonly key: Key }[];
  readonly stanzas: ReadonlyMap<string, readonly Stanza[]>;
  /** What is imported into it can't be read here, so it may have more plugins. */
  readonly hasMore: boolean;
}

const error = (word: Word, message: string, mend: string, plugin?: string): Problem => ({
  severity: "error",
  at: word.at,
  message,
  mend,
  ...(plugin ? { plugin } : {}),
});

/** Judges the addresses of a server block one by one. */
export function keyProblems({ keys }: Server): Problem[] {
  return keys.flatMap((word): Problem[] => {
    if (word.variable) return [];
    const { text } = word;
    if (text === "}")
      return [{ severity: "warning", at: word.at, message: "This } closes nothing; CoreDNS takes it for a zone.", mend: "Remove it." }];
    if (/\{$/.test(text))
      return [
        error(
          word,
          `A space is missing before the { in ${JSON.stringify(text)}; CoreDNS takes it for a part of the zone.`,
          `Write: ${text.slice(0, -1)} {`,
        ),
      ];
    if (/[{}]/.test(text))
      return [
        error(word, `${JSON.stringify(text)} is no zone.`, "Write { at the end of the line of addresses, and } on a line of its own."),
      ];
    const key = parseKey(text);
    if (typeof key === "string") {
      const yaml = /^[A-Za-z]+:$/.test(text)
        ? "This looks like YAML: write the text under Corefile: | only."
        : "Write for example: example.org:53";
      return [error(word, `${JSON.stringify(text)} is no address of a server block: ${key}.`, yaml)];
    }
    if (/,/.test(text))
      return [
        error(
          word,
          `${JSON.stringify(text)} is one zone to CoreDNS, with a comma in its name.`,
          `Write spaces behind the commas: ${text.replace(/,/g, ", ")}`,
        ),
      ];
    if (/;/.test(text)) return [error(word, `${JSON.stringify(text)} is a zone with a semicolon in its name.`, "Remove the semicolon.")];
    return scheme(word, text);
  });
}

function scheme(word: Word, text: string): Problem[] {
  const [, name] = /^([a-z0-9]+):\/\//i.exec(text) ?? [];
  if (!name || ["dns", "tls", "quic", "grpc", "https", "https3"].includes(name)) return [];
  if (name === "unix") return [error(word, "A server block can't listen on a socket.", "Write a zone and a port.")];
  return [
    error(
      word,
      `CoreDNS doesn't know ${name}://, and takes it for a part of the zone.`,
      "Write dns://, tls://, quic://, grpc:// or https://.",
    ),
  ];
}

/** The same zone on the same port twice: CoreDNS refuses that (core/dnsserver/register.go), unless views or addresses tell them apart. */
export function duplicates(servers: readonly ReadServer[]): Problem[] {
  const problems: Problem[] = [];
  const seen: { zone: string; address: string; word: Word }[] = [];
  for (const { keys, stanzas } of servers) {
    if (stanzas.has("view")) continue;
    const bound = stanzas.get("bind")?.flatMap(({ args }) => args.map(({ text }) => text)) ?? [];
    for (const { word, key } of keys) {
      for (const zone of key.zones.map((name) => `${key.transport}://${name}:${key.port}`)) {
        for (const address of bound.length > 0 ? bound : [""]) {
          const other = seen.find((one) => one.zone === zone && (one.address === address || one.address === "" || address === ""));
          if (other) problems.push(twice(word, zone, other.word, address !== other.address));
          else seen.push({ zone, address, word });
        }
      }
    }
  }
  return problems;
}

function twice(word: Word, zone: string, other: Word, boundOnce: boolean): Problem {
  const shown = zone.replace(/^dns:\/\//, "");
  const where = word.at.line === other.at.line ? "on the same line" : `on line ${other.at.line}`;
  return boundOnce
    ? error(
        word,
        `${shown} is served ${where} too, there or here on all addresses; CoreDNS doesn't start.`,
        "Write bind with different addresses in both blocks.",
      )
    : error(word, `${shown} is already served ${where}; CoreDNS doesn't start.`, "Merge the two server blocks, or give one another port.");
}

/** Zones in one server block that can't be reached, or hide others. */
export function shadows(server: ReadServer, all: readonly ReadServer[]): Problem[] {
  if (server.server.keys.some(({ variable }) => variable)) return [];
  return [...kubernetesZones(server, all), ...forwards(server)];
}

const zonesOfKeys = (server: ReadServer) => server.keys.flatMap(({ key }) => key.zones);
const touches = (a: string, b: string) => isIn(a, b) || isIn(b, a);

/** The zones that words name, each with its word. */
const named = (words: readonly Word[]) =>
  words.flatMap((word) => {
    const key = word.variable ? "" : parseKey(word.text);
    return typeof key === "string" ? [] : key.zones.map((zone) => ({ word, zone }));
  });

function kubernetesZones(server: ReadServer, all: readonly ReadServer[]): Problem[] {
  const problems: Problem[] = [];
  const warn = (word: Word, message: string, mend: string) =>
    problems.push({ severity: "warning", at: word.at, message, mend, plugin: "kubernetes" });
  for (const stanza of server.stanzas.get("kubernetes") ?? []) {
    const zones = named(stanza.args);
    for (const [index, { word, zone }] of zones.entries()) {
      const hiding = zones.find((other, at) => at !== index && (other.zone === zone ? at < index : isIn(zone, other.zone)));
      if (hiding?.zone === zone) warn(word, `kubernetes serves ${word.text} twice.`, "Remove one of the two.");
      else if (hiding)
        warn(
          word,
          `kubernetes serves ${hiding.word.text} already; names in ${word.text} are looked for in the wrong place then.`,
          `Remove ${word.text}.`,
        );
      if (!zonesOfKeys(server).some((key) => touches(zone, key))) {
        warn(
          word,
          `Queries for ${word.text} never come to this server block.`,
          `Write ${word.text} among its addresses, or remove it here.`,
        );
      }
    }
    for (const { zone, word } of zones.length > 0 ? zones : named(server.server.keys).map(({ zone }) => ({ zone, word: stanza.name }))) {
      const thief = all.find((other) => other !== server && !other.stanzas.has("view") && takes(other, server, zone));
      if (!thief) continue;
      const key = thief.keys.find(({ key }) => key.zones.some((name) => isIn(zone, name)));
      const message = `The server block on line ${key?.word.at.line} takes all of ${zone}; nothing of it comes to kubernetes here.`;
      warn(word, message, `Write kubernetes into that block, or remove ${key?.word.text} from its addresses.`);
    }
  }
  return problems;
}

/** Whether another server block on the same port is nearer to a zone. */
function takes(other: ReadServer, own: ReadServer, zone: string): boolean {
  return other.keys.some(({ key }) =>
    key.zones.some(
      (name) =>
        isIn(zone, name) &&
        own.keys.some(
          (mine) =>
            mine.key.port === key.port &&
            mine.key.transport === key.transport &&
            mine.key.zones.some((ownZone) => isIn(name, ownZone) && name !== ownZone),
        ) &&
        !own.keys.some((mine) => mine.key.port === key.port && mine.key.zones.some((ownZone) => isIn(ownZone, name))),
    ),
  );
}

function forwards(server: ReadServer): Problem[] {
  const problems: Problem[] = [];
  const earlier: { zone: string; stanza: Stanza }[] = [];
  for (const stanza of server.stanzas.get("forward") ?? []) {
    const [first] = named(stanza.args.slice(0, 1));
    if (!first) continue;
    const warn = (message: string, mend: string) =>
      problems.push({ severity: "warning", at: first.word.at, message, mend, plugin: "forward" });
    if (!zonesOfKeys(server).some((key) => touches(first.zone, key))) {
      warn(
        `Queries for ${first.word.text} never come to this server block.`,
        `Write a server block for it: ${first.word.text} { forward . … }`,
      );
    }
    const hiding = earlier.find((other) => isIn(first.zone, other.zone) && !passesOn(other.stanza, first.zone));
    if (hiding) {
      const what = hiding.zone === first.zone ? "the same zone" : `${hiding.stanza.args[0]?.text} too`;
      const mend = hiding.zone === first.zone ? "Write all upstreams behind one forward." : "Move this line above that one.";
      warn(`forward on line ${hiding.stanza.name.at.line} answers for ${what}; this one is never asked.`, mend);
    }
    earlier.push({ zone: first.zone, stanza });
  }
  return problems;
}

function passesOn(stanza: Stanza, zone: string): boolean {
  return stanza.properties.some(
    ({ name, args }) =>
      ["next", "next_on_nodata"].includes(name.text) || (name.text === "except" && named(args).some((except) => isIn(zone, except.zone))),
  );
}
