import { stackEnvironment, stackOf } from "../../setup/stacks";

test.each([
  [["up"], "lab"],
  [["preview", "--diff", "--stack", "mine"], "mine"],
  [["up", "-s", "mine"], "mine"],
  [["up", "--stack=mine"], "mine"],
  [["stack", "init", "mine"], "mine"],
  [["stack", "--non-interactive", "rm", "mine", "--yes"], "mine"],
  [["stack", "ls"], "lab"],
])("%j is about the stack %s", (args, stack) => {
  expect(stackOf(args)).toBe(stack);
});

test("only the checkout's own stacks get the public passphrase", () => {
  expect(stackEnvironment("lab")).toEqual({ PULUMI_STACK: "lab", PULUMI_CONFIG_PASSPHRASE: "plumbline-lab" });
  expect(stackEnvironment("mine")).toEqual({ PULUMI_STACK: "mine" });
});
