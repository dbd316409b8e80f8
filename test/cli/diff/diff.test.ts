import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../run";
import { inProject } from "../stacks";

inProject();

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-diff-"));
function labWith(edit: (text: string) => string): string {
  const file = path.join(folder, "new.yaml");
  writeFileSync(file, edit(readFileSync("stacks/Pulumi.lab.yaml", "utf8")));
  return file;
}

test("a stack and itself", async () => {
  expect(await run("diff", "lab", "lab")).toEqual({
    code: 0,
    stdout: "stacks/Pulumi.lab.yaml and stacks/Pulumi.lab.yaml mean the same network.\n",
    stderr: "",
  });
});

test("removals first, each change with its class, what it means and the recipe", async () => {
  const file = labWith((text) =>
    text
      .replace(/ {4}- \{name: w2.*\n/, "")
      .replace('kubernetes: "1.34"', 'kubernetes: "1.34"\n    domain: corp.local')
      .replace("{provider: bridge}", "{provider: bridge, mtu: 1400}"),
  );
  const { code, stdout } = await run("diff", "lab", file);
  expect(code).toBe(1);
  expect(stdout).toBe(`- node w2: worker at 10.100.0.22, pods 10.244.2.0/24  [disruptive]
    no host has a route to its pods any more, and none lets it in.
    First \`kubectl drain w2\` and \`kubectl delete node w2\`.
~ domain: cluster.local -> corp.local  [refuse]
    running pods, certificates and configurations have the old domain in them: every name that ends in it stops to exist.
    Have CoreDNS serve both for a time (kubernetes cluster.local corp.local in dns's Corefile), give kubelets clusterDomain: corp.local, restart all pods, make the API server's certificate anew with the new names, then take the old domain out.
~ pods' MTU: 1500 -> 1400  [rolling]
    new pods get it; those that run keep theirs until they are restarted.
    Restart pods that send large UDP packets: theirs are refused by the host until then.

3 differences: 1 refuse, 1 disruptive, 1 rolling.
`);
  const { differences } = JSON.parse((await run("diff", "lab", file, "--json")).stdout);
  expect(differences.map((one: { kind: string; what: string; class: string }) => [one.kind, one.what, one.class])).toEqual([
    ["removed", "node w2", "disruptive"],
    ["changed", "domain", "refuse"],
    ["changed", "pods' MTU", "rolling"],
  ]);
});

test("a stack with mistakes isn't compared", async () => {
  const { code, stderr } = await run(
    "diff",
    "lab",
    labWith((text) => text.replace("10.96.0.0/16", "10.244.0.0/16")),
  );
  expect(code).toBe(2);
  expect(stderr).toContain("cluster.serviceCIDRs[0]: 10.244.0.0/16 overlaps cluster.podCIDRs[0] 10.244.0.0/16.");
});
