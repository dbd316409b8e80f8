import { compareDns } from "../../../cli/adopt/compareDns";
import { editStack } from "../../../cli/adopt/edit";
import { corefile } from "../../../components/dns/corefile";
import { parseStackText } from "../../../core/stack/file";
import { requireStack } from "../../../core/stack/parse";
import { stackWith } from "../../support/stacks";

const never = () => false;
const always = () => true;
const stack = stackWith({});
const kubeadms = corefile(stack);
const live = (text: string) => ({ kubernetes: "1.34", nodes: [], corefile: text });

test("kubeadm's Corefile is nothing to adopt, nor is one that only looks different", () => {
  expect(compareDns(stack, live(kubeadms.replaceAll("        ", "\t").replace("    errors", "    # hello\n    errors")), never)).toEqual({
    changes: [],
    findings: [],
  });
});

const grown = kubeadms
  .replace("    errors", "    errors\n    log")
  .replace("    loop", "    acl {\n        block type ANY\n    }\n    loop")
  .concat("corp.example {\n    cache 30\n    errors\n    log\n    forward . 10.0.0.53\n}\n");

test("what was added by hand goes into the stack file, and the plan then means the same", () => {
  const { changes, findings } = compareDns(stack, live(grown), never);
  expect(findings).toEqual([]);
  expect(changes.map(({ path, live: shown }) => [path.join("."), shown])).toEqual([
    ["dns.log", "true"],
    ["dns.extra", "acl { ; block type ANY ; }"],
    ["dns.zones", '[{"zone":"corp.example","forward":["10.0.0.53"],"cache":30}]'],
  ]);
  const text =
    "config:\n  plumbline:nodes: [{ name: cp1, roles: [control-plane, etcd], address: 192.168.0.20 }]\n  plumbline:ssh: { privateKeyFile: id }\n";
  const adopted = requireStack(parseStackText(editStack(text, changes)));
  expect(compareDns(adopted, live(grown), always)).toEqual({ changes: [], findings: [] });
});

test("what can't be said in the stack is shown", () => {
  const odd = kubeadms.replace("lameduck 5s", "lameduck 20s");
  expect(compareDns(stack, live(odd), never)).toEqual({
    changes: [],
    findings: [
      {
        severity: "warning",
        path: ["dns"],
        message: "the cluster's Corefile was changed, and `pulumi up` will change it: health: lameduck 20s to 5s.",
        mend: "Say in the stack what it has to be (docs/dns.md), or leave it so.",
      },
    ],
  });
});

test("what the stack says stays, and what becomes of the cluster's is said", () => {
  const declared = stackWith({ dns: { ttl: 30 } });
  const { changes, findings } = compareDns(declared, live(kubeadms.replace("ttl 30", "ttl 5")), always);
  expect(changes).toEqual([]);
  expect(findings.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    "info: the cluster's Corefile was changed, and `pulumi up` will change it: kubernetes: ttl 5 to 30.",
  ]);
});
