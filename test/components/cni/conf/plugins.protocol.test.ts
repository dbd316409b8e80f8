import { type Conflist, confText } from "../../../../components/cni/conf/build";
import { buildCniPlugins } from "../../../../lab/cniPlugins";
import { showProgress } from "../../../../setup/progress";
import { attachAll, missingForPlugins } from "../../../support/cni";
import { testsWith } from "../../../support/judges";
import { asks, runs } from "./built";
import { examples } from "./examples/all";
import { lint } from "./examples/example";
import { changed, sequence } from "./mutate";

// Whether lint and the real plugins, v1.9.1, called by libcni v1.3.1 (cnitool), are of one mind: an error is what they refuse.
const { test: realTest, note } = testsWith(missingForPlugins());

/** Errors for what the plugins take, and which can't do what it is written for. */
const unseenEverywhere = /has no type, so it isn't read|routes\[\d+\]\.mtu: found -1/;

/** What only the machine knows: which programs there are, a daemon, what the kernel has (here neither vlan, ipvlan, dummy nor vrf, nor VLANs on bridges). */
const machine =
  /operation not supported|[Ll]ink not found|(open|write) \/proc\/sys\/net\/.*: (no such file or directory|invalid argument)|error dialing DHCP daemon|failed to find plugin/;

/** A hostPort of the pod's; portmap does nothing without one. */
const hostPort = { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }] };

interface Case {
  readonly text: string;
  readonly file: string;
  readonly capabilities?: object;
  readonly errors: readonly string[];
  readonly unseen?: string;
}

let plugins = "";
jest.setTimeout(600_000);
beforeAll(async () => {
  plugins = await buildCniPlugins(showProgress());
});

/** A line for each text on which the two differ. */
async function disagreements(cases: readonly Case[]): Promise<string[]> {
  const attachments = await attachAll(plugins, cases);
  return cases.flatMap(({ text, errors, unseen }, index) => {
    const refusal = attachments[index]?.error;
    // Bridges without addresses fail in CHECK, which Kubernetes' runtimes don't call.
    const isRefused = refusal !== undefined && !refusal.startsWith("check:");
    if (
      isRefused
        ? errors.length > 0 || machine.test(refusal)
        : errors.length === 0 || unseen !== undefined || errors.every((error) => unseenEverywhere.test(error))
    )
      return [];
    return [`${text}\n${isRefused ? `lint has nothing; ${refusal}` : `the plugins take it; lint: ${errors.join(" | ")}`}`];
  });
}

const errorsIn = (findings: readonly string[]) => findings.filter((finding) => finding.startsWith("error"));

describe.each(Object.entries(examples))("%s", (_, cases) => {
  realTest(`real plugins refuse what is an error, and nothing else${note}`, async () => {
    const tries = cases.flatMap(({ bad, good, options, passed, unseen }): Case[] => {
      const common = {
        file: options?.kind === "plugin" ? "10-pods.conf" : "10-pods.conflist",
        ...(passed ? { capabilities: passed } : {}),
      };
      return [
        { ...common, text: bad, errors: errorsIn(lint(bad, options)), ...(unseen ? { unseen } : {}) },
        { ...common, text: good, errors: errorsIn(lint(good, options)) },
      ];
    });
    expect(await disagreements(tries)).toEqual([]);
  });
});

describe("what the builders make", () => {
  const attachments = async (lists: Readonly<Record<string, Conflist>>) => {
    const results = await attachAll(
      plugins,
      Object.values(lists).map((list) => ({ text: confText(list), capabilities: hostPort })),
    );
    return Object.fromEntries(
      Object.keys(lists).map((name, index) => [name, results[index]?.error ?? Object.keys(results[index]?.output ?? {}).join(", ")]),
    );
  };
  const every = (lists: object, outcome: unknown) => Object.fromEntries(Object.keys(lists).map((name) => [name, outcome]));

  realTest(`ADD, CHECK and DEL by the real plugins${note}`, async () => {
    expect(await attachments(runs)).toEqual(every(runs, "add, check, del"));
  });

  realTest(`as far as the kernel goes: the plugin refuses nothing${note}`, async () => {
    expect(await attachments(asks)).toEqual(every(asks, expect.stringMatching(/^add, check, del$|: operation not supported$/)));
  });
});

realTest(`what is built, with one thing changed: refused when it has an error, and only then${note}`, async () => {
  const next = sequence(Number(process.env.SEED ?? 4));
  const texts = [...Object.values(runs), ...Object.values(asks)].map(confText);
  const cases = Array.from({ length: 200 }, (): Case => {
    const text = changed(texts[next(texts.length)] ?? "", next);
    return { text, file: "10-pods.conflist", capabilities: hostPort, errors: errorsIn(lint(text, { kind: "list" })) };
  });
  expect(await disagreements(cases)).toEqual([]);
});
