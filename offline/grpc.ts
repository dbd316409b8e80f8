import * as grpc from "@grpc/grpc-js";

/** The engine sends whole states in one message; it allows itself 400 MB, so do we. */
const maxMessageBytes = 400 * 1024 * 1024;

export const channelOptions = { "grpc.max_receive_message_length": maxMessageBytes, "grpc.max_send_message_length": maxMessageBytes };

/** An error that carries gRPC status details for the engine, ready to be sent. */
export class StatusError extends Error {
  constructor(
    message: string,
    readonly code: grpc.status,
    readonly metadata?: grpc.Metadata,
  ) {
    super(message);
  }
}

/** Wraps an asynchronous function as the handler of a unary call; what it throws reaches the engine as the call's error. */
export function unary<Request, Response>(
  handler: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(handler)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(serverError(error)),
      );
  };
}

function serverError(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof StatusError) return { code: error.code, details: error.message, metadata: error.metadata };
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

/**
 * Serves plugin services on a loopback port of the system's choice and prints the port, alone on a line, as the engine expects of a
 * plugin. Ends the process when the engine goes away: it holds our stdin open for as long as it lives.
 */
export async function servePlugin(addServices: (server: grpc.Server) => void): Promise<void> {
  const server = new grpc.Server(channelOptions);
  addServices(server);
  const port = await listen(server);
  process.stdout.write(`${port}\n`);
  process.stdin.on("end", () => process.exit(0)).resume();
}

/** Starts a server on loopback; returns its port. */
export function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
  });
}
