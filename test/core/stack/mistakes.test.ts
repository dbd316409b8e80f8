import path from "node:path";
import { parseStackText } from "../../../core/stack/file";
import { testCases } from "../../support/cases";
import { showFindings } from "../../support/stacks";

const sections: Record<string, string> = {
  "plumbline:nodes:":
    "  plumbline:nodes: [{ name: cp1, roles: [control-plane, etcd], address: 192.168.0.20 }, { name: w1, address: 192.168.0.21 }]\n",
  "plumbline:ssh:": "  plumbline:ssh: { privateKeyFile: id }\n",
};

/** The sections of a case, from line 2 on, and below them what a stack can't do without. */
function stackText(input: string): string {
  const own = input.replaceAll(/^(?=.)/gm, "  ");
  const rest = Object.entries(sections).flatMap(([name, text]) => (input.includes(name) ? [] : [text]));
  return `config:\n${own}${rest.join("")}`;
}

const cases = (name: string) => path.join(__dirname, "mistakes", `${name}.txt`);

describe("mistakes of form", () => testCases(cases("form"), (input) => showFindings(parseStackText(stackText(input)))));
describe("mistakes of meaning", () => testCases(cases("meaning"), (input) => showFindings(parseStackText(stackText(input)))));
describe("many mistakes at once", () => testCases(cases("many"), (input) => showFindings(parseStackText(stackText(input)))));
describe("mistakes of syntax", () => testCases(cases("syntax"), (input) => showFindings(parseStackText(input))));
