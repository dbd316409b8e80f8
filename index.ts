import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "./components/ClusterNetwork";
import { stackArgs } from "./components/stackArgs";
import { UserError } from "./core/finding";

try {
  new ClusterNetwork(pulumi.getStack(), stackArgs());
} catch (error) {
  // A mistake in the stack file is shown as it is, without a stack trace (which Node 20 takes many seconds to colour).
  if (!(error instanceof UserError)) throw error;
  const mistake = new pulumi.RunError(error.message);
  mistake.stack = error.message;
  throw mistake;
}
