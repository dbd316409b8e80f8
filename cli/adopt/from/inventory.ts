import { Entry } from "./entry";

/** An Ansible inventory: hosts with their variables, and groups. */
export class Inventory {
  readonly hosts = new Map<string, Map<string, Entry>>();
  /** Where each host is named first. */
  readonly places = new Map<string, Entry>();
  private readonly groups = new Map<string, { hosts: Set<string>; children: Set<string>; vars: Map<string, Entry> }>();

  group(name: string) {
    const group = this.groups.get(name) ?? { hosts: new Set(), children: new Set(), vars: new Map() };
    this.groups.set(name, group);
    return group;
  }

  addHost(host: string, groupName: string, place: Entry, vars: Iterable<readonly [string, Entry]>): void {
    if (!this.places.has(host)) this.places.set(host, place);
    const known = this.hosts.get(host) ?? new Map<string, Entry>();
    for (const [key, entry] of vars) known.set(key, entry);
    this.hosts.set(host, known);
    this.group(groupName).hosts.add(host);
  }

  /** The hosts of a group and of the groups below it, in the order of the file. */
  members(name: string, seen: ReadonlySet<string> = new Set()): Set<string> {
    const group = this.groups.get(name);
    if (!group || seen.has(name)) return new Set();
    const below = [...group.children].flatMap((child) => [...this.members(child, new Set([...seen, name]))]);
    return new Set([...group.hosts, ...below]);
  }

  vars(group: string): ReadonlyMap<string, Entry> {
    return this.groups.get(group)?.vars ?? new Map();
  }
}

/** Whether a YAML document reads like an inventory: groups with hosts or children. */
export function isYamlInventory(document: Entry): boolean {
  const isGroup = (value: unknown) => typeof value === "object" && value !== null && ("hosts" in value || "children" in value);
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value) || "apiVersion" in value) return false;
  return Object.values(value).some((group) => isGroup(group) && !Array.isArray((group as { hosts?: unknown }).hosts));
}

/** Adds what a YAML inventory says. */
export function readYamlInventory(document: Entry, inventory: Inventory): void {
  const readGroup = (name: string, entry: Entry) => {
    const group = inventory.group(name);
    for (const [key, value] of entry.at("vars").fields()) group.vars.set(key, value);
    for (const [host, vars] of entry.at("hosts").fields())
      for (const one of expand(host)) inventory.addHost(one, name, vars, vars.fields());
    for (const [child, below] of entry.at("children").fields()) {
      group.children.add(child);
      readGroup(child, below);
    }
  };
  for (const [name, entry] of document.fields()) readGroup(name, entry);
}

/** Ansible's INI form: [group], [group:children], [group:vars]; hosts with key=value; hosts before any section are ungrouped. */
export function readIniInventory(file: string, text: string, inventory: Inventory): void {
  let [section, kind] = ["ungrouped", ""];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)[#;].*$/, "").trim();
    if (line === "") continue;
    const header = /^\[([^\]:]+)(?::(\w+))?\]$/.exec(line);
    if (header) {
      [section, kind] = [header[1] ?? "", header[2] ?? ""];
      inventory.group(section);
      continue;
    }
    const entry = (key: string, value: string) =>
      [key, Entry.plain(file, [section, key], literal(value), { line: index + 1, column: Math.max(raw.indexOf(key), 0) + 1 })] as const;
    if (kind === "children") inventory.group(section).children.add(line);
    else if (kind === "vars") {
      const [, key = "", value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (key !== "") inventory.group(section).vars.set(...entry(key, value));
    } else {
      const [pattern = "", ...words] = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
      const vars = words.flatMap((word) => {
        const [, key, value = ""] = /^([^=]+)=(.*)$/.exec(word) ?? [];
        return key === undefined ? [] : [entry(key, value)];
      });
      const [, host = pattern, port] = /^([^:]+):(\d+)$/.exec(pattern) ?? [];
      for (const one of expand(host))
        inventory.addHost(one, section, entry(one, "")[1], port === undefined ? vars : [entry("ansible_port", port), ...vars]);
    }
  }
}

/** Quotes are not part of a value. */
const literal = (value: string) => value.trim().replace(/^(["'])(.*)\1$/, "$2");

/** Ansible's host patterns: node[01:03] is node01, node02, node03. */
function expand(pattern: string): string[] {
  const match = /^(.*?)\[(\d+):(\d+)\](.*)$/.exec(pattern);
  if (!match) return [pattern];
  const [, before = "", from = "0", to = "0", after = ""] = match;
  const count = Math.min(Math.max(Number(to) - Number(from) + 1, 0), 5000);
  return Array.from({ length: count }, (_, index) => `${before}${String(Number(from) + index).padStart(from.length, "0")}${after}`).flatMap(
    expand,
  );
}
