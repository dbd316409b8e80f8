import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Operation } from "../provider/provider";
import type { Connection } from "./connection";
import { connect, forward, prepare } from "./ssh";

// The pauses between dials, as in the official plugin: from 0.1 s on, half as much again each time, at most 5 s.
const firstPause = 100;
const growth = 1.5;
const longestPause = 5000;

/** Logs in on the host, through its bastion if it has one, with as many dials as the connection allows. The caller ends the client. */
export async function dial(connection: Connection, operation: Operation): Promise<Client> {
  const login = prepare(connection);
  const { proxy } = connection;
  if (proxy === undefined) return retry("Dial", connection.dialErrorLimit, operation, () => connect(login, operation.signal));
  try {
    const proxyLogin = prepare(proxy);
    const bastion = await retry("Dial proxy", proxy.dialErrorLimit, operation, () => connect(proxyLogin, operation.signal));
    try {
      const client = await retry("Dial from proxy", connection.dialErrorLimit, operation, async () => {
        return connect(login, operation.signal, await forward(bastion, connection));
      });
      return client.on("close", () => bastion.end());
    } catch (error) {
      bastion.end();
      throw error;
    }
  } catch (error) {
    throw new Error(`proxy: ${messageOf(error)}`);
  }
}

async function retry<T>(what: string, limit: number, operation: Operation, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0, pause = firstPause; ; pause = Math.min(pause * growth, longestPause)) {
    try {
      return await attempt();
    } catch (error) {
      operation.signal.throwIfAborted();
      if (limit >= 0 && failures >= limit) throw new Error(`after ${failures} failed attempts: ${messageOf(error)}`);
      failures++;
      operation.status(`${what} ${failures}/${limit < 0 ? "inf" : limit} failed: retrying`);
    }
    // It is cut short by an interruption only, and then that is the error.
    await sleep(pause, undefined, { signal: operation.signal }).catch(() => operation.signal.throwIfAborted());
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
