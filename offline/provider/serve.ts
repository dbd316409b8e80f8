import * as grpc from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { StatusError, servePlugin, unary } from "../grpc";
import { Engine } from "./engine";
import { checkResponse, diffResponse, initializationFailed } from "./messages";
import { InitializationFailed, type Operation, type Provider, type Resource } from "./provider";
import { fromStruct, toStruct } from "./values";

/** Runs a provider as a plugin: prints its port and answers the engine until that ends. */
export async function serveProvider(provider: Provider): Promise<void> {
  const engine = new Engine();
  const address = process.argv[2];
  if (address !== undefined && !address.startsWith("-")) engine.connect(address);
  await servePlugin((server) => server.addService(ResourceProviderService, implementation(provider, engine)));
}

/** The `ResourceProvider` service of a provider. What is missing here (`Construct`, `Call`, `Invoke`...) answers UNIMPLEMENTED. */
function implementation(provider: Provider, engine: Engine): grpc.UntypedServiceImplementation {
  return {
    handshake: unary((request: proto.ProviderHandshakeRequest) => {
      engine.connect(request.getEngineAddress());
      return new proto.ProviderHandshakeResponse().setAcceptSecrets(true);
    }),
    attach: unary((request: PluginAttach) => {
      engine.connect(request.getAddress());
      return new Empty();
    }),
    cancel: unary(() => {
      engine.cancel();
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(provider.version)),
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema(JSON.stringify(provider.schema))),

    checkConfig: unary(async (request: proto.CheckRequest) => checkResponse(await provider.checkConfig(fromStruct(request.getNews())))),
    diffConfig: unary(async (request: proto.DiffRequest) => diffResponse(await provider.diffConfig(diffRequest(request)))),
    configure: unary(async (request: proto.ConfigureRequest) => {
      await provider.configure(fromStruct(request.getArgs()));
      return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),

    check: unary(async (request: proto.CheckRequest) => {
      const { resource, identity } = find(provider, request);
      const olds = fromStruct(request.getOlds());
      const news = fromStruct(request.getNews());
      return checkResponse(await resource.check({ ...identity, olds, news, randomSeed: request.getRandomseed_asU8() }));
    }),
    diff: operation(provider, engine, async (request: proto.DiffRequest, resource, context) => {
      return diffResponse(await resource.diff(diffRequest(request), context));
    }),
    create: operation(provider, engine, async (request: proto.CreateRequest, resource, context) => {
      const inputs = fromStruct(request.getProperties());
      const settings = { preview: request.getPreview(), timeout: request.getTimeout() };
      const { id, state } = await resource.create({ ...identify(request), inputs, ...settings }, context);
      return new proto.CreateResponse().setId(id).setProperties(toStruct(state));
    }),
    read: operation(provider, engine, async (request: proto.ReadRequest, resource, context) => {
      const state = fromStruct(request.getProperties());
      const inputs = fromStruct(request.getInputs());
      const found = await resource.read({ ...identify(request), id: request.getId(), state, inputs }, context);
      // An empty id tells the engine that the resource is gone.
      if (found === undefined) return new proto.ReadResponse();
      return new proto.ReadResponse().setId(request.getId()).setProperties(toStruct(found.state)).setInputs(toStruct(found.inputs));
    }),
    update: operation(provider, engine, async (request: proto.UpdateRequest, resource, context) => {
      const settings = { preview: request.getPreview(), timeout: request.getTimeout() };
      const state = await resource.update({ ...diffRequest(request), ...settings }, context);
      return new proto.UpdateResponse().setProperties(toStruct(state));
    }),
    delete: operation(provider, engine, async (request: proto.DeleteRequest, resource, context) => {
      const state = fromStruct(request.getProperties());
      const oldInputs = fromStruct(request.getOldInputs());
      await resource.delete({ ...identify(request), id: request.getId(), state, oldInputs, timeout: request.getTimeout() }, context);
      return new Empty();
    }),
  };
}

interface Identified {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

function identify(request: Identified) {
  return { urn: request.getUrn(), name: request.getName(), type: request.getType() };
}

function find(provider: Provider, request: Identified): { resource: Resource; identity: ReturnType<typeof identify> } {
  const identity = identify(request);
  const resource = provider.resource(identity.type);
  if (resource !== undefined) return { resource, identity };
  const advice = `Plumbline's stand-in for the plugin '${provider.name}' ${provider.version} supports only what Plumbline uses; install the official plugin for the rest`;
  throw new StatusError(
    `${identity.name}: resources of type ${identity.type} are not supported here. ${advice}.`,
    grpc.status.UNIMPLEMENTED,
  );
}

/** An operation on a resource: with a way back to the engine, and with everything logged before the answer. */
function operation<Request extends Identified, Response>(
  provider: Provider,
  engine: Engine,
  run: (request: Request, resource: Resource, context: Operation) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return unary(async (request: Request) => {
    const { resource } = find(provider, request);
    const context = engine.operation(request.getUrn());
    try {
      return await run(request, resource, context);
    } catch (error) {
      if (error instanceof Error) context.log("debug", error.stack ?? error.message);
      throw error instanceof InitializationFailed ? initializationFailed(error) : error;
    } finally {
      await engine.flush();
    }
  });
}

function diffRequest(request: proto.DiffRequest | proto.UpdateRequest) {
  return {
    ...identify(request),
    id: request.getId(),
    state: fromStruct(request.getOlds()),
    oldInputs: fromStruct(request.getOldInputs()),
    news: fromStruct(request.getNews()),
    ignoreChanges: request.getIgnorechangesList(),
  };
}
