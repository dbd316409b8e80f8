import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Connection } from "./kubeconfig";
import type { KubeObject } from "./objects";

/** The official plugin's requests time out after as long. */
const requestTimeoutSeconds = 32;

/** The API server reports the start of this as the field manager of requests that name none. */
const userAgent = "pulumi-kubernetes/4.34.2 (plumbline offline provider)";

const contentTypes = {
  json: "application/json",
  apply: "application/apply-patch+yaml",
  jsonPatch: "application/json-patch+json",
} as const;

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: { [key: string]: string | undefined };
  body?: unknown;
  contentType?: keyof typeof contentTypes;
}

/** The API server refused a request: its status object's message, reason and code. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: number,
    readonly reason: string,
  ) {
    super(message);
  }
}

/** The API server could not be spoken to at all. */
export class UnreachableError extends Error {}

/** A client of one API server; JSON in, JSON out, no types of its own. */
export class Client {
  private readonly agent: HttpAgent;
  private readonly secure: boolean;

  constructor(private readonly connection: Connection) {
    const { ca, cert, key, serverName, insecure, server } = connection;
    this.secure = server.startsWith("https:");
    const pool = { keepAlive: true, maxSockets: 32 };
    this.agent = this.secure
      ? new HttpsAgent({ ...pool, ca, cert, key, servername: serverName, rejectUnauthorized: !insecure })
      : new HttpAgent(pool);
  }

  /** Sends a request and returns the object in the answer. Throws ApiError or UnreachableError. */
  async send({ method, path, query = {}, body, contentType = "json" }: ApiRequest): Promise<KubeObject> {
    const url = new URL(this.connection.server + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers: { [name: string]: string } = { accept: "application/json", "user-agent": userAgent };
    if (this.connection.token) headers.authorization = `Bearer ${this.connection.token}`;
    if (payload !== undefined) {
      headers["content-type"] = contentTypes[contentType];
      // Node adds none to a DELETE, and the server would take the body for the next request.
      headers["content-length"] = String(Buffer.byteLength(payload));
    }
    const { status, text } = await this.exchange(url, { method, headers, agent: this.agent }, payload);
    const answer = parseAnswer(text);
    if (status >= 200 && status < 300 && answer) return answer;
    const message = typeof answer?.message === "string" ? answer.message : `${method} ${url.pathname}: HTTP status ${status}`;
    throw new ApiError(message, status, typeof answer?.reason === "string" ? answer.reason : "");
  }

  private exchange(url: URL, options: RequestOptions, payload: string | undefined): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new UnreachableError(`${options.method} ${url.origin}${url.pathname}: ${error.message}`));
      const receive = (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      };
      const request = (this.secure ? httpsRequest : httpRequest)(url, options, receive);
      request.setTimeout(requestTimeoutSeconds * 1000, () => request.destroy(new Error(`no answer within ${requestTimeoutSeconds} s`)));
      request.on("error", fail);
      request.end(payload);
    });
  }
}

function parseAnswer(text: string): KubeObject | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null ? (answer as KubeObject) : undefined;
  } catch {
    // Not JSON: a proxy's or a load balancer's answer. The caller reports the HTTP status.
    return undefined;
  }
}
