import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { fromStruct, type Properties, toStruct } from "../../offline/provider/values";
import { call, type RunningPlugin } from "./plugin";

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
const kinds = new Map([
  [ADD, "add"],
  [ADD_REPLACE, "add, replace"],
  [DELETE, "delete"],
  [DELETE_REPLACE, "delete, replace"],
  [UPDATE, "update"],
  [UPDATE_REPLACE, "update, replace"],
]);

/** Speaks to a provider as the engine does; urns are made from type and name. */
export class ProviderClient {
  readonly rpc: ResourceProviderClient;

  constructor(
    plugin: RunningPlugin,
    readonly type: string,
  ) {
    this.rpc = new ResourceProviderClient(plugin.address, grpc.credentials.createInsecure());
  }

  async check(name: string, news: Properties) {
    const request = new proto.CheckRequest().setUrn(this.urn(name)).setName(name).setType(this.type).setNews(toStruct(news));
    const response = await call<proto.CheckResponse>((done) => this.rpc.check(request, done));
    return { inputs: fromStruct(response.getInputs()), failures: response.getFailuresList().map((failure) => failure.getReason()) };
  }

  async diff(name: string, state: Properties, news: Properties) {
    const request = new proto.DiffRequest().setUrn(this.urn(name)).setName(name).setType(this.type).setId(`${name}01234567`);
    request.setOlds(toStruct(state)).setNews(toStruct(news));
    const response = await call<proto.DiffResponse>((done) => this.rpc.diff(request, done));
    return {
      changes: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
      diffs: response.getDiffsList(),
      replaces: response.getReplacesList(),
      details: Object.fromEntries([...response.getDetaileddiffMap().entries()].map(([path, diff]) => [path, kinds.get(diff.getKind())])),
    };
  }

  async create(name: string, inputs: Properties, preview = false) {
    const request = new proto.CreateRequest().setUrn(this.urn(name)).setName(name).setType(this.type).setPreview(preview);
    request.setProperties(toStruct(inputs));
    const response = await call<proto.CreateResponse>((done) => this.rpc.create(request, done));
    return { id: response.getId(), state: fromStruct(response.getProperties()) };
  }

  async read(name: string, state: Properties, inputs: Properties) {
    const request = new proto.ReadRequest().setUrn(this.urn(name)).setName(name).setType(this.type).setId(`${name}01234567`);
    request.setProperties(toStruct(state)).setInputs(toStruct(inputs));
    const response = await call<proto.ReadResponse>((done) => this.rpc.read(request, done));
    return { id: response.getId(), state: fromStruct(response.getProperties()), inputs: fromStruct(response.getInputs()) };
  }

  async update(name: string, state: Properties, news: Properties, preview = false): Promise<Properties> {
    const request = new proto.UpdateRequest().setUrn(this.urn(name)).setName(name).setType(this.type).setId(`${name}01234567`);
    request.setOlds(toStruct(state)).setNews(toStruct(news)).setPreview(preview);
    const response = await call<proto.UpdateResponse>((done) => this.rpc.update(request, done));
    return fromStruct(response.getProperties());
  }

  async delete(name: string, state: Properties): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(this.urn(name)).setName(name).setType(this.type).setId(`${name}01234567`);
    request.setProperties(toStruct(state));
    await call((done) => this.rpc.delete(request, done));
  }

  urn(name: string): string {
    return `urn:pulumi:test::project::${this.type}::${name}`;
  }
}
