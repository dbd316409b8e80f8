import { writeFileSync } from "node:fs";
import path from "node:path";
import { type AuthContext, type Connection, Server, type ServerChannel, utils } from "ssh2";
import { corefile } from "../../../components/dns/corefile";
import type { KubeObject } from "../../../offline/kubernetes/objects";
import { initStack, pulumi, stackFile, stateFolder } from "../../e2e/support/testLab";
import { describeWithApiServer, freePort } from "../../offline/kubernetes/apiServer";
import { stackWith } from "../../support/stacks";

/** `pulumi preview` and `pulumi up` of a whole stack, against a real API server; the one host says yes to every command. */
describeWithApiServer("a Corefile that was changed by hand", (server) => {
  let host: Host;

  beforeAll(async () => {
    host = await startHost();
    writeFileSync(path.join(stateFolder, "kubeconfig"), server.kubeconfig);
    writeFileSync(path.join(stateFolder, "id"), utils.generateKeyPairSync("ed25519").private);
    for (const object of kubeadms) await server.cluster.send(object, { method: "POST", body: object });
    await initStack();
  }, 120_000);

  afterAll(async () => {
    await host?.stop();
  });

  const stack = (name: string, dns: string) =>
    stackFile(`Pulumi.${name}`, (text) =>
      [
        "config:",
        `  plumbline:cluster: {kubernetes: "1.34", kubeconfig: ${path.join(stateFolder, "kubeconfig")}, podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/16]}`,
        "  plumbline:nodes:",
        `    - {name: cp1, roles: [control-plane, etcd], address: 10.99.0.1, podCIDRs: [10.244.0.0/24], ssh: {host: 127.0.0.1, port: ${host.port}, hostKey: ${host.key}}}`,
        `  plumbline:ssh: {privateKeyFile: ${path.join(stateFolder, "id")}}`,
        `  plumbline:dns: {${dns}}`,
        /^encryptionsalt: .*$/m.exec(text)?.[0],
        "",
      ].join("\n"),
    );
  const up = (file: string) => pulumi(file, "up", "--yes", "--skip-preview");
  const failure = (work: Promise<string>) =>
    work.then(
      () => "nothing failed",
      ({ message }: Error) => message,
    );
  const live = async () => (await server.cluster.read(coredns("ConfigMap", {})))?.data as { Corefile: string };
  const edit = async (from: string, to: string) => {
    const now = (await server.cluster.read(coredns("ConfigMap", {}))) as KubeObject;
    const { Corefile } = now.data as { Corefile: string };
    expect(Corefile).toContain(from);
    await server.cluster.send(now, { method: "PUT", body: { ...now, data: { Corefile: Corefile.replace(from, to) } } });
  };

  test("kubeadm's becomes the stack's, and a second run changes nothing", async () => {
    const file = stack("first", "ttl: 300");
    await up(file);
    expect((await live()).Corefile).toBe(corefile(stackWith({ dns: { ttl: 300 } })));
    await pulumi(file, "preview", "--expect-no-changes");
  }, 300_000);

  test("an edit is not overwritten unless that is asked for", async () => {
    await edit("ttl 300", "ttl 7");
    const before = await live();
    const file = stack("first", "ttl: 300");
    for (const said of [await failure(pulumi(file, "preview")), await failure(up(stack("other", "log: true")))]) {
      expect(said).toContain("The cluster's Corefile was changed by hand, and `pulumi up` would change this of it:\n");
      expect(said).toMatch(/ {2}kubernetes: ttl 7 to 30+\n/);
      expect(said).toContain("Take it into the stack (plumbline adopt), or write dns.overwrite: true to have it replaced.\n");
      expect(await live()).toEqual(before);
    }
    await up(stack("overwrite", "ttl: 300, overwrite: true"));
    expect((await live()).Corefile).toBe(corefile(stackWith({ dns: { ttl: 300 } })));
  }, 300_000);
});

const inKubeSystem = (name: string) => ({ name, namespace: "kube-system" });
const coredns = (kind: "ConfigMap" | "Deployment", fields: object): KubeObject => ({
  apiVersion: kind === "ConfigMap" ? "v1" : "apps/v1",
  kind,
  metadata: inKubeSystem("coredns"),
  ...fields,
});
const pods = (name: string) => ({
  selector: { matchLabels: { "k8s-app": name } },
  template: { metadata: { labels: { "k8s-app": name } }, spec: { containers: [{ name, image: name }] } },
});
const kubeProxyConfig = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n";

/** What kubeadm leaves, without nodes that could run it. */
const kubeadms: KubeObject[] = [
  coredns("ConfigMap", { data: { Corefile: corefile(stackWith({})) } }),
  coredns("Deployment", { spec: { replicas: 0, ...pods("kube-dns") } }),
  { apiVersion: "v1", kind: "ConfigMap", metadata: inKubeSystem("kube-proxy"), data: { "config.conf": kubeProxyConfig } },
  { apiVersion: "apps/v1", kind: "DaemonSet", metadata: inKubeSystem("kube-proxy"), spec: pods("kube-proxy") },
];

interface Host {
  readonly port: number;
  readonly key: string;
  stop(): Promise<void>;
}

async function startHost(): Promise<Host> {
  const key = utils.generateKeyPairSync("ed25519");
  const accept = (client: Connection) => {
    client.on("error", () => undefined); // A client that breaks off.
    client.on("authentication", (context: AuthContext) => context.accept());
    client.on("session", (takeSession) =>
      takeSession().on("exec", (take) => {
        const channel: ServerChannel = take();
        channel.resume();
        channel.on("end", () => {
          channel.exit(0);
          channel.end();
        });
      }),
    );
  };
  const server = new Server({ hostKeys: [key.private] }, accept);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    key: key.public.trim().split(" ").slice(0, 2).join(" "),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
