import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Where an apply leaves the agent; a host that was installed anew has none, and nothing to destroy. */
const agent = "/var/lib/plumbline/agent";

export interface NodeNetworkArgs {
  /** The node's name, as in the bundle. */
  readonly node: string;
  /** How to reach the host. Kept as a secret. */
  readonly connection: remote.CommandArgs["connection"];
  /** The agent and the host's bundle, as `applyScript` makes it. */
  readonly script: pulumi.Input<string>;
  /** The generation that the bundle is. */
  readonly generation: pulumi.Input<string>;
  /** Log in as another user than root: run the agent by sudo. */
  readonly sudo: boolean;
}

/**
 * The network of one host: applied over one SSH connection, confirmed over a second, new one.
 * What isn't confirmed in time goes back by itself, on the host.
 */
export class NodeNetwork extends pulumi.ComponentResource {
  /** Later changes wait for this: the host answered over a new connection with the new network in place. */
  readonly confirmed: remote.Command;

  constructor(name: string, args: NodeNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("plumbline:node:NodeNetwork", name, {}, options);
    const sudo = args.sudo ? "sudo -n " : "";
    const command = {
      connection: args.connection,
      // The plugin would log every line and send the last output back along otherwise.
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    };
    const children = { parent: this, hideDiffs: ["connection"] };
    const apply = new remote.Command(
      `${name}-apply`,
      {
        ...command,
        create: `${sudo}sh -s`,
        stdin: args.script,
        delete: `${sudo}sh -c '[ ! -e ${agent} ] || exec sh ${agent} destroy ${args.node}'`,
      },
      { ...children, deleteBeforeReplace: true },
    );
    this.confirmed = new remote.Command(
      `${name}-confirm`,
      { ...command, create: `${sudo}sh ${agent} confirm`, stdin: pulumi.interpolate`${args.generation}\n` },
      { ...children, dependsOn: [apply] },
    );
    this.registerOutputs();
  }
}
