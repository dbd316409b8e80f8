import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { corefile } from "../../../components/dns/corefile";
import { planNetwork } from "../../../components/plan";
import { parseStack, requireStack } from "../../../core/stack/parse";
import { expectGolden } from "../../support/golden";
import { builtProgram, missingNamespaces, testsWith } from "../../support/judges";
import { stackFile, stackWith } from "../../support/stacks";
import { whole } from "../../support/wholeStack";

const stacks = {
  lab: stackFile("lab"),
  "prod-example": stackFile("prod-example"),
  whole: requireStack(parseStack(whole)),
  uncached: stackWith({
    dns: { cache: 0, upstream: ["10.0.0.53", "fd00::53"], hosts: [{ address: "fd00::7", names: ["a.example", "b.example"] }] },
  }),
};

test.each(Object.entries(stacks))("the Corefile of the stack %s", (name, stack) => {
  expectGolden(path.join(__dirname, "golden", `${name}.Corefile`), corefile(stack));
});

test("without settings it is kubeadm's own", () => {
  // k8s.io/kubernetes v1.34, cmd/kubeadm/app/phases/addons/dns/manifests.go; that indents blocks by three columns.
  expect(corefile(stackWith({})).replaceAll(/^ {8}/gm, "       ")).toBe(`.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`);
});

const program = builtProgram("coredns");
const judged = testsWith(program ? missingNamespaces() : "CoreDNS isn't built: `plumbline lab up` builds it");

describe("CoreDNS itself", () => {
  let folder: string;
  let server: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "plumbline-coredns-"));
  });
  afterEach(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  /** Starts CoreDNS as in a pod, in a network of its own, until it has read the file and waits for the API server, or ends. */
  function start(text: string): Promise<string> {
    const file = path.join(folder, "Corefile");
    writeFileSync(file, text);
    const account = "/run/secrets/kubernetes.io/serviceaccount";
    const pod = `ip link set lo up && mount -t tmpfs none /run && mkdir -p ${account} && echo token >${account}/token && exec "$0" -conf "$1"`;
    server = spawn("unshare", ["--net", "--mount", "sh", "-c", pod, program ?? "", file], {
      env: { ...process.env, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "1" },
    });
    return new Promise((resolve) => {
      let output = "";
      const read = (chunk: Buffer) => {
        output += chunk;
        if (/waiting for Kubernetes API/.test(output)) resolve("reads it, and waits for the API server");
      };
      server?.stdout?.on("data", read);
      server?.stderr?.on("data", read);
      server?.on("close", () => resolve(output));
    });
  }

  judged.test.each(Object.entries(stacks))(`reads the Corefile of %s${judged.note}`, async (_, stack) => {
    expect(await start(corefile(stack))).toBe("reads it, and waits for the API server");
  });

  judged.test(`would refuse a mistake${judged.note}`, async () => {
    expect(await start(corefile(stacks.lab).replace("lameduck", "lameduk"))).toMatch(/unknown property|Unknown|Wrong argument/i);
  });
});

test("the Corefile goes into kubeadm's ConfigMap, and a changed one rolls CoreDNS out", () => {
  const manifests = (ttl: number) => planNetwork(stackWith({ dns: { ttl } })).manifests.filter(({ part }) => part === "dns");
  const annotations = { "plumbline.dev/config-hash": expect.stringMatching(/^[0-9a-f]{16}$/) };
  expect(manifests(30)).toEqual([
    {
      part: "dns",
      patch: true,
      object: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "coredns", namespace: "kube-system", annotations: { ...annotations, "plumbline.dev/former-corefile": "" } },
        data: { Corefile: corefile(stackWith({})) },
      },
    },
    {
      part: "dns",
      patch: true,
      object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "coredns", namespace: "kube-system" },
        spec: { template: { metadata: { annotations } } },
      },
    },
  ]);
  expect(manifests(5)[1]).not.toEqual(manifests(30)[1]);
});
