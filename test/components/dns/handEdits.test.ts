import { configHash } from "../../../components/configHash";
import { corefile } from "../../../components/dns/corefile";
import { handEdits, interrupted } from "../../../components/dns/handEdits";
import { stackWith } from "../../support/stacks";

const kubeadms = corefile(stackWith({}));
const stub = { zones: [{ zone: "corp.example", forward: ["10.0.0.53"] }] };
const withStub = corefile(stackWith({ dns: stub }));
const edited = withStub.replace("ttl 30", "ttl 7");

test("kubeadm's own Corefile, before the first `pulumi up`, is nobody's work", () =>
  expect(handEdits({ text: kubeadms, annotations: undefined }, stackWith({ dns: stub }))).toBeUndefined());

test("what Plumbline wrote is replaced", () =>
  expect(handEdits({ text: withStub, annotations: configHash(withStub) }, stackWith({}))).toBeUndefined());

test("what means the same as the stack is adopted", () =>
  expect(handEdits({ text: `# ours\n${withStub}`, annotations: undefined }, stackWith({ dns: stub }))).toBeUndefined());

test("lines that the stack doesn't have are not lost before the first `pulumi up`", () =>
  expect(handEdits({ text: withStub, annotations: undefined }, stackWith({}))).toBe(
    `The cluster's Corefile isn't kubeadm's any more, and \`pulumi up\` would change this of it:
  corp.example is no zone of its own any more; it went to 10.0.0.53, and is answered as every other name is
Take it into the stack (plumbline adopt), or write dns.overwrite: true to have it replaced.`,
  ));

test("an edit after ours is refused, whether or not the stack changed since", () => {
  const live = { text: edited, annotations: configHash(withStub) };
  const ttl = `The cluster's Corefile was changed by hand, and \`pulumi up\` would change this of it:
  kubernetes: ttl 7 to 30`;
  const mend = "Take it into the stack (plumbline adopt), or write dns.overwrite: true to have it replaced.";
  expect(handEdits(live, stackWith({ dns: stub }))).toBe(`${ttl}\n${mend}`);
  expect(handEdits(live, stackWith({ dns: { ...stub, log: true } }))).toBe(`${ttl}\n  log is new\n  corp.example: log is new\n${mend}`);
});

test("an edit that the stack says too is no edit", () =>
  expect(handEdits({ text: edited, annotations: configHash(withStub) }, stackWith({ dns: { ...stub, ttl: 7 } }))).toBeUndefined());

test("dns.overwrite", () =>
  expect(handEdits({ text: edited, annotations: undefined }, stackWith({ dns: { overwrite: true } }))).toBeUndefined());

describe("a rollout that was broken off", () => {
  const former = { "plumbline.dev/former-corefile": JSON.stringify({ corefile: kubeadms, answered: [] }) };
  const live = { text: withStub, annotations: { ...configHash(withStub), ...former } };

  test("the stack says the former Corefile again: Pulumi alone would see nothing to do", () =>
    expect(interrupted(live, stackWith({}))).toBe(
      "The rollout of another Corefile was broken off, and the cluster still has it. `pulumi up --refresh` brings the stack's back.",
    ));

  test.each([
    ["the stack still says the new one", live, { dns: stub }],
    ["or yet another one", live, { dns: { ttl: 5 } }],
    ["the former one was brought back", { ...live, text: kubeadms }, {}],
    ["nothing was broken off", { text: withStub, annotations: configHash(withStub) }, {}],
  ])("%s: nothing to say", (_what, now, sections) => expect(interrupted(now, stackWith(sections))).toBeUndefined());
});
