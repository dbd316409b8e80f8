import { args, many, type PropertySpec } from "./spec";
import { oneOf, word } from "./values";

export const zone = word("a zone", "example.org");

export const file = word("a file", "/etc/coredns/db.example.org");

export const fallthrough: PropertySpec = { args: args(0, many, zone) };

export const upstream: PropertySpec = {
  args: args(0, many, word("a server", "10.0.0.53")),
  changes: [{ since: "1.5.0", state: "ignored", why: "names are looked up by the server itself", mend: "Remove the line." }],
};

export const text = (what: string, example: string): PropertySpec => ({ args: args(1, 1, word(what, example)), reads: 1 });

export const key: PropertySpec = { args: args(2, many, oneOf(["file", "aws_secretsmanager"]), file) };
