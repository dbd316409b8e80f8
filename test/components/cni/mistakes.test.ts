import path from "node:path";
import { partFindings } from "../../../components/plan";
import { parseStackText } from "../../../core/stack/file";
import { testCases } from "../../support/cases";
import { showFindings } from "../../support/stacks";

const nodes =
  "  plumbline:nodes: [{ name: cp1, roles: [control-plane, etcd], address: 192.168.0.20 }, { name: w1, address: 192.168.0.21 }]\n";

/** What `plumbline check` says of a pod network: mistakes of every kind, alone and together. */
testCases(path.join(__dirname, "mistakes.txt"), (input) => {
  const own = input.replaceAll(/^(?=.)/gm, "  ");
  const text = `config:\n${own}${input.includes("plumbline:nodes:") ? "" : nodes}  plumbline:ssh: { privateKeyFile: id }\n`;
  return showFindings(parseStackText(text, __dirname, partFindings));
});
