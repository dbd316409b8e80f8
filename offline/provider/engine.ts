import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { channelOptions } from "../grpc";
import type { Operation, Severity } from "./provider";

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** Our way back to the engine: its log, and the user's interruption. */
export class Engine {
  private client: EngineClient | undefined;
  /** Ends when the engine has taken all that was logged so far. */
  private taken: Promise<void> = Promise.resolve();
  private readonly cancellation = new AbortController();

  connect(address: string): void {
    this.client ??= new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);
  }

  /** Tells all running operations to stop. */
  cancel(): void {
    this.cancellation.abort(new Error("interrupted"));
  }

  operation(urn: string): Operation {
    return {
      log: (severity, message) => this.send(urn, severity, message, false),
      status: (message) => this.send(urn, "info", message, true),
      signal: this.cancellation.signal,
    };
  }

  /** Waits until the engine has taken everything that was logged: what arrives after a call's response would be lost. */
  async flush(): Promise<void> {
    await this.taken;
  }

  /** One after the other: calls side by side overtake each other, and the last status would not be the one that stays. */
  private send(urn: string, severity: Severity, message: string, ephemeral: boolean): void {
    const { client } = this;
    if (client === undefined) return;
    const request = new LogRequest().setUrn(urn).setSeverity(severities[severity]).setMessage(message).setEphemeral(ephemeral);
    const sent = () =>
      new Promise<void>((resolve) => {
        client.log(request, (error) => {
          if (error) process.stderr.write(`${message}\n(the engine's log can't be reached: ${error.details})\n`);
          resolve();
        });
      });
    this.taken = this.taken.then(sent);
  }
}
